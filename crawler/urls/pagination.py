"""Which page of an article over several pages a URL is, as its page number tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from crawler.urls.canonical import url_key
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGE: Final = 99
# Words for "page" in the languages of the web. "part" and "p" are not here: the parts of a series
# are articles of their own, and so are WordPress's posts (?p=7).
PAGE_WORDS: Final = (
    "(?:page|pages|paged|pageno|pagenum|pagenumber|pag|pg|pagina|página|pagine|seite|sida|side|sivu"
    "|strana|stranica|strona|oldal|sayfa|halaman|trang)"
)
_NUMBER: Final = "([1-9][0-9]?)"
_NAMED_PARAMETER: Final = re.compile(rf"(?:[a-z]+[-_])?{PAGE_WORDS}(?:[-_]?(?:no|num|number))?")
_SHORT_PARAMETERS: Final = frozenset({"p", "s"})
_NAMED_PATH: Final = re.compile(rf"(.+?)[-/_.,;]{PAGE_WORDS}[-/_=]?{_NUMBER}")
_BARE_PATH: Final = re.compile(rf"(.+?)(?:[-_,.]|/|[-/_.,;]p){_NUMBER}")
_EXTENSION: Final = re.compile(r"\.(?:[xs]?html?|php\d?|aspx?|jsp|cfm)$")


@dataclass(frozen=True, slots=True)
class PageNumber:
    """The page of an article that a URL is.

    Attributes:
        number: 1 for the first one.
        is_named: whether the URL itself says that it is a page number. A bare number at the end of
            a path may as well belong to another article.
    """

    number: int
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class _Reading:
    path: str
    parameters: frozenset[str]
    page: PageNumber


def page_number(url: str, first: str) -> PageNumber | None:
    """Return which page of the article that begins at `first` an http or https URL is.

    None: it is none of its pages, since it differs by more than a page number of 1 to 99, is of
    another registered domain, or `first` is itself a page further on or a front page. Never
    raises.
    """
    if registered_domain(url) != registered_domain(first):
        return None
    begins = list(_firsts(first))
    if not begins:
        return None
    for page in _readings(url):
        for begin in begins:
            if page.path == begin.path and page.parameters == begin.parameters:
                return page.page
    return None


def _firsts(url: str) -> Iterator[_Reading]:
    """The ways to read the URL of a first page: without a number, or with a 1 that says so."""
    for reading in _readings(url):
        is_front_page = not reading.path and not reading.parameters
        if reading.page.number == 1 and reading.page.is_named and not is_front_page:
            yield reading


def _readings(url: str) -> Iterator[_Reading]:
    parts = urlsplit("//" + url_key(url))  # without tracking parameters, and never raises
    path = unquote(parts.path).lower().rstrip("/")
    stem = _EXTENSION.sub("", path)
    pairs = [pair for pair in parts.query.split("&") if pair]
    parameters = frozenset(pairs)
    yield _Reading(stem, parameters, PageNumber(1))
    for pair in pairs:
        name, _, value = unquote(pair).lower().partition("=")
        if not re.fullmatch(_NUMBER, value):
            continue
        if _NAMED_PARAMETER.fullmatch(name) or name in _SHORT_PARAMETERS:
            page = PageNumber(int(value), name not in _SHORT_PARAMETERS)
            yield _Reading(stem, parameters - {pair}, page)
    if (named := _NAMED_PATH.fullmatch(stem)) is not None:
        yield _Reading(_EXTENSION.sub("", named[1]), parameters, PageNumber(int(named[2])))
    if (bare := _BARE_PATH.fullmatch(stem)) is not None:
        yield _Reading(
            _EXTENSION.sub("", bare[1]), parameters, PageNumber(int(bare[2]), is_named=False)
        )
