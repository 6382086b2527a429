"""The name by which sites speak to a crawler (RFC 9309, 2.2.1)."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r"[A-Za-z0-9_.-]+")
_COMPATIBLE: Final = re.compile(r"\(\s*compatible\s*;\s*([A-Za-z0-9_.-]+)", re.IGNORECASE)


def product_token(user_agent: str) -> str:
    """Return the product token of a User-Agent in lower case, "" where it names none.

    It is the name of the first product (RFC 9110, 10.1.5): "frontmatter-crawler" of
    "frontmatter-crawler/1.0 (+https://example.com/bot)". A crawler that calls itself a browser
    gives its own name in the comment: "examplebot" of "Mozilla/5.0 (compatible; ExampleBot/2.1)".
    """
    if match := _COMPATIBLE.search(user_agent):
        return match[1].lower()
    first = _TOKEN.match(user_agent.strip())
    return first[0].lower() if first else ""
