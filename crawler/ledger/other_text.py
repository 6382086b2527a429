"""A page that suddenly has another text than the one that is held: is it still the article?

Errors that answer 200, a region's notice, a name's next owner: whatever no detector knows shows
here, since it is much shorter than the article was, or has nothing of it. Such a text is told
beside the article, and takes its place only once it has stayed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crawler.duplicates.likeness import FEWEST_RUNS, likeness
from crawler.duplicates.wording import wording
from crawler.extraction.article import Article
from crawler.extraction.measure import words
from crawler.moments import moment
from crawler.reconcile.titles import titles_agree
from crawler.states import State

if TYPE_CHECKING:
    from crawler.duplicates.wording import Wording
    from crawler.ledger.records import SourceRecord, Visit

STAYED: Final = timedelta(hours=20)
"""How long a text is there before it is believed: less than a day, for runs once a day."""

_SHRUNK: Final = 0.5  # of the words that were there
_GROWN: Final = 1.5
_STILL_THERE: Final = 0.15  # of the runs of the shorter text; a rewritten article has more
_STILL_THERE_SHORT: Final = 0.5  # of its words, where it has but a few runs


def as_settled(record: SourceRecord, visit: Visit) -> Visit:
    """Return the visit as it counts: one that met another text in the article's place says so.

    Such a visit is `other-text`, its evidence is how much is left of the text that is held, and
    of its article the hash is kept, to know that text again. Any other is returned as it is.
    """
    held = None if record.held is None else record.held.article
    now = visit.article
    if held is None or now is None or not visit.state.has_text or not held.word_count:
        return visit
    if (evidence := _what_is_left(held, now)) is None or _has_stayed(record.last, visit):
        return visit
    hops = list(visit.hops)
    hops[visit.answered] = replace(visit.hop, state=State.OTHER_TEXT, detail=evidence)
    mark = Article(content_hash=now.content_hash)
    return replace(visit, state=State.OTHER_TEXT, hops=tuple(hops), article=mark)


def as_it_counted(record: SourceRecord, visit: Visit) -> Visit:
    """Return a visit as it was settled, by the record after it."""
    last = record.last
    if last is None or last.state is not State.OTHER_TEXT or not visit.state.has_text:
        return visit
    return replace(last, at=visit.at)


def met_again(last: Visit | None, visit: Visit) -> bool:
    """Whether a visit met the same other text as the last one did."""
    if last is None or last.state is not State.OTHER_TEXT or last.article is None:
        return False
    if visit.state is not State.OTHER_TEXT and not visit.state.has_text:
        return False
    again = visit.article
    return again is not None and last.article.content_hash == again.content_hash


def _has_stayed(last: Visit | None, visit: Visit) -> bool:
    if last is None or not met_again(last, visit):
        return False
    return moment(visit.at) - moment(last.at) >= STAYED  # `last` has the time of its first visit


def _what_is_left(held: Article, now: Article) -> str | None:
    """Say how little of a text is left in the one that came in its place; None: it may be new."""
    if held.content_hash == now.content_hash:
        return None
    one, other = wording(held.markdown), wording(now.markdown)
    left = likeness(one, other).containment
    is_other = left < _STILL_THERE and not _has_its_words(held, now, one, other)
    if now.word_count < _SHRUNK * held.word_count:
        pass
    elif not is_other or (now.word_count > _GROWN * held.word_count and _may_grow(held, now, one)):
        return None
    told = f"{now.word_count} words where {held.word_count} are held"
    return f"{told}, {left:.0%} of the shorter text in both"


def _may_grow(held: Article, now: Article, one: Wording) -> bool:
    """Whether a longer text may be what became of one: a news flash, or under the same title."""
    if len(one.runs) < FEWEST_RUNS:
        return True
    return bool(held.title and now.title and titles_agree(held.title, now.title))


def _has_its_words(held: Article, now: Article, one: Wording, other: Wording) -> bool:
    """Whether two texts have most words in common, of which one is too short to compare runs."""
    if min(len(one.runs), len(other.runs)) >= FEWEST_RUNS:
        return False
    known, new = set(words(held.markdown.lower())), set(words(now.markdown.lower()))
    return len(known & new) >= _STILL_THERE_SHORT * min(len(known), len(new))
