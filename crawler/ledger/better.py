"""Bad news from the web never destroys good data: which of two visits a source keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.states import State

if TYPE_CHECKING:
    from crawler.ledger.records import SourceRecord, Visit


def after_visit(record: SourceRecord, visit: Visit) -> SourceRecord:
    """The record after one more visit.

    A visit that is worse than what is held is kept as `last`, without replacing it; a visit
    that brings what is held already (or fails as the last one did) keeps the earlier time, so
    that a run which learns nothing new changes nothing that is written.
    """
    held = record.held
    if held is not None and _worth(visit) < _worth(held):
        last = replace(visit, article=None)
        if record.last is not None and _says_the_same(record.last, last):
            last = record.last
        return replace(record, last=last, checked_at=visit.at)
    if held is not None and _says_the_same(held, visit):
        held = replace(held, etag=visit.etag, last_modified=visit.last_modified)
        return replace(record, held=held, last=None, checked_at=visit.at)
    return replace(record, held=visit, last=None, checked_at=visit.at)


def _worth(visit: Visit) -> int:
    if visit.state is State.OK:
        return 4 if visit.via_amp else 5
    if visit.state is State.UNSUPPORTED:
        return 3
    if visit.article is not None:
        return 2  # a page without a text still has its metadata
    return 0 if visit.state.is_transient else 1


def _says_the_same(one: Visit, other: Visit) -> bool:
    return (
        one.state is other.state
        and one.article == other.article
        and one.hop.url == other.hop.url
        and one.hop.status == other.hop.status
        and one.hop.redirects == other.hop.redirects
    )
