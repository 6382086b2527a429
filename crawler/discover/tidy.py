"""What a spider of somebody's own tells of an article, made plain, bounded and harmless."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.discover.feeds.feed import EXCERPT_LIMIT, ID_LIMIT, TITLE_LIMIT
from crawler.discover.feeds.values import (
    images_of,
    language_of,
    names_of,
    prose_of,
    text_of,
    url_of,
)
from crawler.extraction.metadata.dates import parse_date_time

if TYPE_CHECKING:
    from crawler.discover.found import FoundArticle


def tidied(told: FoundArticle, page_url: str) -> FoundArticle | None:
    """Return an article as items may have it; None: it has no usable URL.

    Args:
        told: its values may be just as they are on the page: relative URLs, dates in words, texts
            with markup, None for what is not there.
        page_url: the page that it was found on; "" where that is not known, and URLs are absolute.
    """
    url = url_of(told.url, page_url)
    if url is None:
        return None
    return replace(
        told,
        url=url,
        title=text_of(told.title, TITLE_LIMIT),
        excerpt=prose_of(told.excerpt, EXCERPT_LIMIT),
        published=parse_date_time(told.published or ""),
        modified=parse_date_time(told.modified or ""),
        authors=names_of(told.authors),
        kind="video" if told.kind == "video" else "article",
        provider=text_of(told.provider, TITLE_LIMIT),
        topics=names_of(told.topics),
        language=language_of(told.language),
        images=images_of(
            ((image.url, image.width, image.height) for image in told.images), page_url
        ),
        found_in=url_of(told.found_in, page_url) or page_url or None,
        found_title=text_of(told.found_title, TITLE_LIMIT),
        entry_id=text_of(told.entry_id, ID_LIMIT),
        seen=parse_date_time(told.seen or ""),
        via=url_of(told.via, page_url),
    )
