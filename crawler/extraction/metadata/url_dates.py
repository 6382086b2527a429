"""The day that is written into an article's address: /2025/04/01/a-bridge."""

from __future__ import annotations

import re
from typing import Final

# A month alone is no date; eight digits are one only where nothing else is in their part.
_DAY: Final = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?:/(?P<m1>\d{1,2})/(?P<d1>\d{1,2})(?=[/-])"
    r"|-(?P<m2>\d\d)-(?P<d2>\d\d)(?=[/-]|$)|(?P<m3>\d\d)(?P<d3>\d\d)/)"
)


def url_date(url: str) -> str | None:
    """The day in the path of a URL, as it stands there but written 2025-04-01."""
    match = _DAY.search(url.partition("?")[0])
    if match is None:
        return None
    month = match["m1"] or match["m2"] or match["m3"]
    day = match["d1"] or match["d2"] or match["d3"]
    return f"{match['year']}-{month:0>2}-{day:0>2}"
