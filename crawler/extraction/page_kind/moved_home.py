"""Redirects from an article to the front page: how sites say that the article is gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml.etree import XPath

from crawler.extraction.page_kind.page import host_of, parameters_of, path_of

if TYPE_CHECKING:
    from crawler.extraction.page_kind.page import Page

_FRONT: Final = re.compile(
    r"^/(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?"
    r"(?:(?:index|home|default|main|start|startseite|accueil|inicio)(?:\.[a-z]{3,5})?/?)?$"
)
_SAME_SITE: Final = re.compile(r"^(?:www\d?|m|mobile|amp|old|new)\.")
_HEADLINES: Final = XPath("//*[self::h2 or self::h3 or self::h4][.//a or parent::a]")
_LISTING_LINKS: Final = 8
_SECTION_LENGTH: Final = 8  # characters; a longer name at the top is that of a page


def evidence_of_moved_home(page: Page) -> str | None:
    """What shows that the front page answered in place of a page below it."""
    if not page.is_redirected or not _is_front(page.url) or not _is_deep(page.asked):
        return None
    asked, answered = (_site(url) for url in (page.asked, page.url))
    if page.is_declared_article and not page.types & {"website", "collectionpage"}:
        return None  # a single story as a site of its own
    if asked == answered:
        return f"redirected to the front page: {page.url}"
    is_one_owner = asked.endswith(f".{answered}") or answered.endswith(f".{asked}")
    is_site = bool(page.types & {"website", "collectionpage"})
    if is_site and not page.has_publication and (is_one_owner or _has_headlines(page)):
        return f"redirected to another front page: {page.url}"
    return None


def _is_front(url: str) -> bool:
    if not _FRONT.match(path_of(url)) or "#" in url:
        return False  # some sites have their whole address behind the "#"
    return not any(_is_id(value) for value in parameters_of(url).values())


def _is_deep(url: str) -> bool:
    path = path_of(url)
    named = [part for part in path.split("/") if part]
    return not _FRONT.match(path) and (
        len(named) > 1 or any(len(part) > _SECTION_LENGTH for part in named)
    )


def _is_id(value: str) -> bool:
    """Whether a parameter may name an article."""
    return any(character.isdigit() for character in value) or "-" in value


def _site(url: str) -> str:
    return _SAME_SITE.sub("", host_of(url))


def _has_headlines(page: Page) -> bool:
    return len(_HEADLINES(page.tree)) >= _LISTING_LINKS
