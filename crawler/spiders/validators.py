"""Conditional requests (RFC 9110, section 13) for feeds and sitemaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from crawler.fetch.conditional import changed_at, condition_fields
from crawler.ledger.records import FeedAnswer
from crawler.timestamps import moment, now_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.http import Response

    from crawler.discovery.found import FoundArticle

# For so long "not modified" is believed: for a day, or as long as the body has been the same.
_BELIEVED: Final = timedelta(days=1)
_BELIEVED_AT_MOST: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)


def conditions_of(known: FeedAnswer | None) -> dict[str, str]:
    """Return the header fields that ask for a feed only if it differs from what was taken in.

    Empty, so that all of it is asked for, where its validators cannot be believed: from time to
    time in any case.
    """
    if known is None or known.is_doubtful:
        return {}
    asked = moment(known.asked_at)
    unchanged = asked - moment(known.unchanged_since or known.asked_at)
    believed = min(max(unchanged, _BELIEVED), _BELIEVED_AT_MOST)
    if not timedelta() <= datetime.now(UTC) - asked < believed:  # or the clock was ahead
        return {}
    return condition_fields(known.etag, known.last_modified)


def answer_of(
    response: Response,
    known: FeedAnswer | None,
    articles: Iterable[FoundArticle],
    *,
    hubs: tuple[str, ...] = (),
    topic: str | None = None,
) -> FeedAnswer:
    """Return what is to be remembered of a feed that was taken in whole.

    Args:
        known: what was remembered before.
        articles: those that it tells of. What is older than they are is not when it was changed.

    The validators of another URL's answer, to which the feed's redirected, are not its own.
    """
    now, digest = now_text(), sha256(response.body).hexdigest()
    is_own = response.request is None or not response.meta.get("redirect_urls")
    names = ("ETag", "Last-Modified")
    etag, changed = (_field(response, name) if is_own else None for name in names)
    if changed is not None and not _may_be_change(changed, response, articles):
        changed = None
    is_same = known is not None and known.digest == digest
    has_same = known is not None and (known.etag, known.last_modified) == (etag, changed)
    return FeedAnswer(
        asked_at=now,
        etag=etag,
        last_modified=changed,
        hubs=hubs,
        topic=topic,
        digest=digest,
        unchanged_since=known.unchanged_since if known is not None and is_same else now,
        is_doubtful=known is not None
        and has_same
        and (known.is_doubtful or (known.digest is not None and not is_same)),
    )


def _may_be_change(
    last_modified: str, response: Response, articles: Iterable[FoundArticle]
) -> bool:
    """Whether a feed can have been changed last at this time, by what is in it and what it says."""
    at = changed_at(last_modified)
    if at is None:
        return False
    sent = changed_at(_field(response, "Date") or "")
    if sent is not None and at > sent + timedelta(minutes=1):
        return False
    now = datetime.now(UTC)
    dates = [article.modified or article.published for article in articles]
    told = [moment(date) for date in dates if date is not None]
    return not any(at + _DAY < date <= now for date in told)


def _field(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")
