"""What of a visit is written, to know whether two visits would be written alike."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.ledger.codec import visit_json
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.extraction.article import Article, Image
    from crawler.ledger.records import ImageRecord, SourceRecord, Visit


def revision_of(record: SourceRecord) -> str:
    """Return a hash that changes exactly when what is written of a source would, in hex."""
    digest = hashlib.sha256()
    for visit in (record.held, record.last):
        if visit is None:
            digest.update(b"-")
        else:
            digest.update(visit_json(_as_written(visit)) + visit.open_state.encode())
    return digest.hexdigest()


def says_the_same(one: Visit, other: Visit, images: Mapping[str, ImageRecord]) -> bool:
    """Whether two visits brought the same news, as far as it is written.

    Fields that only the ledger has, such as where on the page one was found, do not count: they
    are lost with the ledger, and the same news is then still the same.

    Args:
        images: what was learned of the files of images, whose sizes are written.
    """
    return (
        one.state is other.state
        and one.open_state is other.open_state
        and one.hop.url == other.hop.url
        and one.hop.status == other.hop.status
        and _led_to(one) == _led_to(other)
        and _written_article(one.article, other.article, images)
        == _written_article(with_sizes_of(one.article, other.article), one.article, images)
    )


def with_sizes_of(before: Article | None, now: Article | None) -> Article | None:
    """Give the images of an article whose page tells no size the one that was known before.

    That one may have been read off the file, of which an entry that was read back says nothing.
    """
    if before is None or now is None:
        return now
    known = {image.url: image for image in before.images}
    sized = tuple(
        replace(image, width=known[image.url].width, height=known[image.url].height)
        if image.width is None and image.height is None and image.url in known
        else image
        for image in now.images
    )
    return replace(now, images=sized)


def _as_written(visit: Visit) -> Visit:
    redirects = _led_to(visit)
    hop = replace(visit.hop, redirects=redirects, seconds=None, retry_at=None)
    article = visit.article and _written(visit.article)
    return replace(visit, hops=(hop,), answered=0, article=article, etag=None, last_modified=None)


def _led_to(visit: Visit) -> tuple[str, ...]:
    """Return where redirects led, as far as that is told."""
    is_told = visit.hop.status is not None and visit.state is not State.ARCHIVED
    led_to = visit.hop.redirects[-1:] if is_told else ()
    return () if led_to == (visit.hop.url,) else led_to


def _written(article: Article) -> Article:
    return replace(
        article, origins={}, declared_words=None, next_page=None, kind=None, rule_misses=()
    )


def _written_article(
    article: Article | None, beside: Article | None, images: Mapping[str, ImageRecord]
) -> Article | None:
    if article is None:
        return None
    if beside is not None and article.content_hash == beside.content_hash:
        # Of a text whose file is missing only the hash is known.
        text = article.markdown if beside.markdown else ""
    else:
        text = article.markdown
    told = tuple(_measured(image, images.get(image.url)) for image in article.images)
    return replace(_written(article), markdown=text, images=told)


def _measured(image: Image, record: ImageRecord | None) -> Image:
    if record is None or record.width is None or record.height is None:
        return image
    return replace(image, width=record.width, height=record.height)
