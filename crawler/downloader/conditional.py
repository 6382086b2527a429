"""Conditional requests (RFC 9110, section 13): ask only for what has changed.

What identifies a version of a page belongs to the URL that gave it. So it is sent to that URL, also
where redirects lead there, and to no other; and 304 is an answer only where it was sent.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urldefrag

from crawler.extraction.metadata.dates import parse_date_time
from crawler.ledger.records import FeedAnswer
from crawler.states import State
from crawler.timestamps import moment, now_text
from crawler.urls.canonical import url_key
from crawler.urls.host import safe_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scrapy.http import Request, Response

    from crawler.discovery.found import FoundArticle
    from crawler.ledger.records import SourceRecord


_ETAG: Final = re.compile(r"(?:W/)?\"(.*)\"", re.IGNORECASE)
_OF_NOTHING: Final = frozenset(
    {"null", "none", "nil", "undefined", "false", "nan"}
    | {
        hashlib.new(name, b"", usedforsecurity=False).hexdigest()
        for name in ("md5", "sha1", "sha256")
    }
)

CONDITIONS: Final = "crawler_conditions"
"""Meta key of the `Conditions` of a request, which its redirects take along."""

_FIELDS: Final = ("If-None-Match", "If-Modified-Since")
_NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class Conditions:
    """Header fields that ask for a page only if it has changed, and the URL that they are for."""

    url: str
    fields: Mapping[str, str]


def conditions(source: SourceRecord, url: str) -> Conditions | None:
    """Return the conditions of a request that begins with this URL.

    None where nothing is held that this URL gave, or where more is wanted of it by now.
    """
    held = source.held
    if held is None or url_key(held.attempt.url) != url_key(url):
        return None
    is_enough = held.state is State.OK or (
        held.state is State.UNSUPPORTED and not source.wants_body
    )
    if not is_enough:
        return None
    sent = condition_fields(held.etag, held.last_modified)
    return Conditions((held.attempt.redirects or (held.attempt.url,))[-1], sent) if sent else None


def condition_fields(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Return the header fields for the validators of an answer, where they mean anything.

    Caches and frameworks send one that is the same for whatever they hold: an ETag of nothing, a
    day before the web. Sent back to them, it is "not modified" for ever.
    """
    fields = {}
    if etag and etag.isascii() and _is_telling(etag):
        fields["If-None-Match"] = etag
    if last_modified and changed_at(last_modified) is not None:
        fields["If-Modified-Since"] = last_modified
    return fields


def changed_at(last_modified: str) -> datetime | None:
    """Return the time that a Last-Modified field names; None: none that can be one of the web."""
    text = parse_date_time(last_modified) if last_modified.isascii() else None
    return None if text is None else moment(text)


def _is_telling(etag: str) -> bool:
    opaque = _ETAG.fullmatch(etag.strip())
    said = (opaque[1] if opaque else etag).strip().lower()
    return bool(said.strip("0-:. ")) and said not in _OF_NOTHING


class ConditionalMiddleware:
    """Puts the conditions of a request on it where its URL is the one that they are for.

    Conditions that are among its header fields from the start are for its first URL.
    """

    def process_request(self, request: Request) -> None:
        """Add or remove the header fields."""
        known: Conditions | None = request.meta.get(CONDITIONS)
        if known is None:
            given = {name: request.headers.get(name) for name in _FIELDS}
            fields = {name: value.decode("latin-1") for name, value in given.items() if value}
            if not fields:
                return
            request.meta[CONDITIONS] = known = Conditions(request.url, fields)
        for name in _FIELDS:
            request.headers.pop(name, None)
        if _page(request.url) == _page(known.url):
            request.headers.update(known.fields)


def is_not_modified(response: Response) -> bool:
    """Whether an answer says that a page has not changed, and was asked that."""
    if response.status != _NOT_MODIFIED or response.request is None:
        return False
    return any(name in response.request.headers for name in _FIELDS)


def _page(url: str) -> str:
    return urldefrag(safe_url(url)).url


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
    now, digest = now_text(), hashlib.sha256(response.body).hexdigest()
    is_own = response.request is None or not response.meta.get("redirect_urls")
    names = ("ETag", "Last-Modified")
    etag, changed = (header_field(response, name) if is_own else None for name in names)
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
    sent = changed_at(header_field(response, "Date") or "")
    if sent is not None and at > sent + timedelta(minutes=1):
        return False
    now = datetime.now(UTC)
    dates = [article.modified or article.published for article in articles]
    told = [moment(date) for date in dates if date is not None]
    return not any(at + _DAY < date <= now for date in told)


def header_field(response: Response, name: str) -> str | None:
    """Return a header field of an answer, bytes that are no ASCII as Latin-1; None without it."""
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")
