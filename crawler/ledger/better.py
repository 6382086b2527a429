"""Bad news from the web never destroys good data: which of two visits a source keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.ledger.other_text import as_settled, met_again
from crawler.ledger.revision import says_the_same, with_sizes_of
from crawler.moments import now_text
from crawler.states import State
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    from crawler.ledger.records import SourceRecord, Visit


def after_visit(record: SourceRecord, visit: Visit) -> SourceRecord:
    """The record after one more visit.

    A visit that is worse than what is held is kept as `last`, without replacing it; a visit
    that brings what is held already (or fails as the last one did) keeps the earlier time, so
    that a run which learns nothing new changes nothing that is written. Nor does another text
    than the one that is held replace it, before it has stayed.
    """
    record = _without_what_was_taken_back(record)
    if record.held is not None and _may_replace(visit, record.held):
        visit = as_settled(record, visit)
    failures = _failures_in_a_row(record, visit)
    last_state = visit.open_state
    return replace(_with_news(record, visit), failures=failures, last_state=last_state)


def _failures_in_a_row(record: SourceRecord, visit: Visit) -> int:
    state = visit.open_state
    if not state.was_asked:
        return record.failures
    if state.is_good and state is not State.ARCHIVED:
        return 0
    before = record.last or record.held
    is_same_kind = before is not None and before.open_state.is_transient == state.is_transient
    return record.failures + 1 if is_same_kind else 1


def _without_what_was_taken_back(record: SourceRecord) -> SourceRecord:
    """The record without what a URL gave that the author has taken back."""
    held = record.held
    if held is None or url_key(held.hop.url) in map(url_key, record.urls):
        return record
    return replace(record, held=None, last=None)


def _with_news(record: SourceRecord, visit: Visit) -> SourceRecord:
    held = record.held
    if held is not None and not visit.state.was_asked:
        return record  # nothing was learned
    if held is not None and visit.state is State.NOT_MODIFIED:
        return replace(record, last=None, checked_at=visit.at)
    if held is not None and held.state is State.ARCHIVED and visit.state.is_lost:
        return replace(record, last=None, checked_at=visit.at)  # it is said already
    if held is not None and not _may_replace(visit, held):
        last = _bad_news(visit)
        if record.last is not None and last is not None and _fails_the_same(record.last, last):
            last = record.last
        return replace(record, last=last, checked_at=visit.at)
    if held is not None and says_the_same(held, visit, record.images):
        # The article just read has also what is not written, and what a lost file would have had.
        article = with_sizes_of(held.article, visit.article)
        held = replace(held, article=article, at=_believable(held.at, visit))
        held = replace(held, etag=visit.etag, last_modified=visit.last_modified)
        return replace(record, held=held, last=None, checked_at=visit.at)
    return replace(record, held=visit, last=None, checked_at=visit.at)


def _bad_news(visit: Visit) -> Visit | None:
    """Return the visit as one that failed: of an AMP page's stand-in, the article's own failure."""
    if visit.state is State.OTHER_TEXT:
        return visit
    if not visit.state.is_good:
        return replace(visit, article=None)
    first = visit.hops[0].state
    return None if first.is_good else replace(visit, state=first, answered=0, article=None)


def _may_replace(visit: Visit, held: Visit) -> bool:
    return worth(visit) >= worth(held) and not _lacks_pages(visit, held)


def _lacks_pages(visit: Visit, held: Visit) -> bool:
    """Whether a page that failed made an article shorter than it is held."""
    now, before = visit.article, held.article
    if now is None or now.next_page is None or before is None or worth(visit) > worth(held):
        return False
    return (now.page_count or 1) < (before.page_count or 1)


def worth(visit: Visit) -> int:
    """How much a visit brought; one that brought less never replaces one that brought more."""
    if visit.state is State.OK:
        return 6 if visit.via_amp else 7
    if visit.state is State.ARCHIVED:
        return 5
    if visit.state is State.PAYWALLED:
        return 4
    if visit.state is State.UNSUPPORTED:
        return 3
    if visit.article is not None:
        return 2  # a page without a text still has its metadata
    return 0 if visit.state.is_transient else 1


def _fails_the_same(last: Visit, visit: Visit) -> bool:
    return met_again(last, visit) or says_the_same(last, visit, {})


def _believable(at: str, visit: Visit) -> str:
    """Return when the content was first received; a time still to come was never that."""
    return visit.at if at > max(visit.at, now_text()) else at
