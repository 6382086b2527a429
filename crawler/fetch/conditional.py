"""Conditional requests (RFC 9110, section 13): ask only for what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.states import State
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    from crawler.ledger.records import SourceRecord


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
    fields = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
    return {name: value for name, value in fields.items() if value and value.isascii()}
