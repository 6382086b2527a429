"""URLs that are their own canonical form at first sight, as most are."""

from __future__ import annotations

import re
from typing import Final

# No port, user name, query, fragment, dot segment, escape or character that would become one; in
# the host only what no rule for names changes ("xn--" is left to those rules, as is an end in
# digits).
_PLAIN: Final = re.compile(
    r"https?://(?P<host>(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,})"
    r"(?:/(?![.]{1,2}(?:/|$))[A-Za-z0-9_.~-]*)*"
)


def plain_host(url: str) -> str | None:
    """Return the host of a URL that cleaning would not change; None: it might."""
    found = _PLAIN.fullmatch(url)
    return None if found is None else found["host"]
