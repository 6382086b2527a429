"""Conditional requests (RFC 9110, section 13) for feeds and sitemaps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.ledger.records import FeedAnswer
from crawler.moments import is_ahead, moment, now_text

if TYPE_CHECKING:
    from scrapy.http import Response


def conditions_of(known: FeedAnswer | None) -> dict[str, str]:
    """Return the header fields that ask for a feed only if it differs from what was taken in."""
    if known is None or is_ahead(moment(known.asked_at), datetime.now(UTC)):
        return {}
    fields = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in fields.items() if value and value.isascii()}


def answer_of(
    response: Response, *, hubs: tuple[str, ...] = (), topic: str | None = None
) -> FeedAnswer:
    """Return what is to be remembered of a feed that was taken in whole."""
    etag, changed = response.headers.get("ETag"), response.headers.get("Last-Modified")
    return FeedAnswer(
        asked_at=now_text(),
        etag=None if etag is None else etag.decode("latin-1"),
        last_modified=None if changed is None else changed.decode("latin-1"),
        hubs=hubs,
        topic=topic,
    )
