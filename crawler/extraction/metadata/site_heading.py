"""Headings that name the site and not the article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LEVELS: Final = 3


def is_site_heading(heading: HtmlElement) -> bool:
    """Whether a heading is a link to the front page, or in one: the site's name as a logo."""
    around = zip(range(_LEVELS), heading.iterancestors(), strict=False)
    links = [parent for _, parent in around if parent.tag == "a"]
    if not links and not (heading.text or "").strip():
        links = [child for child in heading[:1] if child.tag == "a" and len(heading) == 1]
    return any(_is_front_page(link.get("href") or "") for link in links)


def _is_front_page(href: str) -> bool:
    try:
        parts = urlsplit(href.strip()[:2_000])
    except ValueError:
        return False
    return parts.path in {"", "/"} and not parts.query and not href.startswith("#")
