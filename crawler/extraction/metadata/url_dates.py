"""The day that is written into an article's address: /2025/04/01/a-bridge."""

from __future__ import annotations

import re
from typing import Final

from crawler.extraction.metadata.month_names import MONTHS

# A month alone is no date; eight digits are one only where nothing else is in their part.
_FORMS: Final = (
    re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?=[/-]|$)"),
    re.compile(r"[/_](?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?=[/_-]|$)"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)/(?P<d>\d\d)(?=[/-]|$)"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)(?P<m>\d\d)/?(?P<d>\d\d)(?=[/_]|$)"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>[a-z]{3,9})/(?P<d>\d{1,2})(?=[/-]|$)"),
    re.compile(r"/(?P<d>\d\d)[-.](?P<m>\d\d)[-.](?P<y>(?:19|20)\d\d)(?=[/_-]|$)"),
)


def url_date(url: str) -> str | None:
    """The day in the path of a URL, as it stands there but written 2025-04-01.

    Day, month and year in that order are read between hyphens or dots, where they are no date by
    any other order.
    """
    path = url.partition("?")[0].partition("#")[0].lower()
    for form in _FORMS:
        if match := form.search(path):
            month = MONTHS.get(match["m"], match["m"])
            if str(month).isdigit():
                return f"{match['y']}-{month:0>2}-{match['d']:0>2}"
    return None
