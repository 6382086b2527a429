"""Conditional requests (RFC 9110, section 13): ask only for what has changed."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.dates import parse_date_time
from crawler.moments import moment
from crawler.states import State
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.ledger.records import SourceRecord

_ETAG: Final = re.compile(r"(?:W/)?\"(.*)\"", re.IGNORECASE)
_OF_NOTHING: Final = frozenset(
    {"null", "none", "nil", "undefined", "false", "nan"}
    | {
        hashlib.new(name, b"", usedforsecurity=False).hexdigest()
        for name in ("md5", "sha1", "sha256")
    }
)


def conditions(source: SourceRecord, url: str) -> dict[str, str]:
    """Return the header fields that ask for a page only if it differs from what is held of it.

    Empty where nothing is held that this URL gave, or where more is wanted of it by now.
    """
    held = source.held
    if held is None or url_key(held.hop.url) != url_key(url):
        return {}
    is_enough = held.state is State.OK or (
        held.state is State.UNSUPPORTED and not source.wants_body
    )
    if not is_enough:
        return {}
    return condition_fields(held.etag, held.last_modified)


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
