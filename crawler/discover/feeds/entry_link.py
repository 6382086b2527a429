"""Which of the links of a feed's entry is the article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from crawler.discover.feeds.values import url_of
from crawler.urls.amp_cache import origin_of_amp_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

# What FeedBurner and Pheedo put their own link in the place of.
_ORIGINS: Final = ("feedburner_origlink", "pheedo_origlink")
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_NO_PAGE: Final = re.compile(
    r"(?:image|audio|video)/|(?:application|text)/(?:[\w.-]+\+)?(?:xml|json)\b|application/pdf"
)
_AMP: Final = re.compile(
    r"^https?://amp\.|/amp(?:/|$|\?)|[?&](?:amp\b|outputType=amp)", re.IGNORECASE
)
_RELATION: Final = re.compile(r"(?:.*[/#])?([\w.-]+)", re.DOTALL)  # registered ones are URIs, too


def article_url(entry: Any, base: str, language: str | None) -> str | None:
    """Return the URL of the article that an entry is about; None: it tells of none.

    The alternate link is the article, of several the HTML page in the feed's language that is no
    AMP page; without one the canonical link, and then an identifier that is a URL and may be one.
    What else a link is (an enclosure, the answers, the entry itself) is not the article.

    Args:
        entry: as feedparser has it, with `is_permalink` where it has an id.
        base: the URL of the feed.
    """
    for name in _ORIGINS:
        if origin := url_of(entry.get(name), ""):
            return origin
    alternates = sorted(
        ((link, url) for link, url in _links(entry, "alternate", base) if _may_be_page(link)),
        key=lambda pair: _rank(pair[0], pair[1], language),
    )
    for _, url in (*alternates, *_links(entry, "canonical", base)):
        return url
    # `rdf:about` is no element, and says nothing of being a link.
    return url_of(entry.get("id"), "") if entry.get("is_permalink", True) else None


def _links(entry: Any, rel: str, base: str) -> Iterator[tuple[Any, str]]:
    for link in entry.get("links", ()):
        rels = str(link.get("rel") or "alternate").lower().split()
        names = {match[1] for word in rels if (match := _RELATION.fullmatch(word))}
        if rel in names and (url := url_of(link.get("href"), base)):
            yield link, url


def _may_be_page(link: Any) -> bool:
    return _NO_PAGE.match(_type(link)) is None or _type(link) in _PAGES


def _type(link: Any) -> str:
    return str(link.get("type") or "text/html").partition(";")[0].strip().lower()


def _rank(link: Any, url: str, language: str | None) -> tuple[bool, ...]:
    """Return what speaks against a link, the weightiest first."""
    said = str(link.get("hreflang") or "").lower().partition("-")[0]
    wanted = (language or "").lower().partition("-")[0]
    is_amp = _AMP.search(url) is not None or origin_of_amp_cache(url) is not None
    is_foreign = bool(said and wanted) and said != wanted
    return (_type(link) not in _PAGES, is_foreign, is_amp, "media" in link)
