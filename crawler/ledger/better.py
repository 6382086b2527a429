"""Bad news from the web never destroys good data: which of two visits a source keeps.

Errors that answer 200, a region's notice, a name's next owner: whatever no detector knows shows
here, since it is much shorter than the article was, or has nothing of it. Such a text is told
beside the article, and takes its place only once it has stayed.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crawler.conflicts.titles import titles_agree
from crawler.duplicates import FEWEST_RUNS, shingles, similarity
from crawler.extraction.article import Article, words
from crawler.ledger.events import failing_since
from crawler.ledger.records import visit_json
from crawler.states import State
from crawler.timestamps import moment, now_text
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.duplicates import Shingles
    from crawler.extraction.article import Image
    from crawler.ledger.records import ImageRecord, SourceRecord, Visit


def revision_of(record: SourceRecord) -> str:
    """Return a hash that changes exactly when what is written of a source would, in hex."""
    digest = hashlib.sha256()
    for visit in (record.held, record.last):
        if visit is None:
            digest.update(b"-")
        else:
            digest.update(visit_json(_as_written(visit)) + visit.open_state.encode())
    digest.update((record.failing_since or "-").encode())
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
        and one.attempt.url == other.attempt.url
        and one.attempt.status == other.attempt.status
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
    attempt = replace(visit.attempt, redirects=redirects, seconds=None, retry_at=None)
    attempt = replace(attempt, permanent_redirects=0)
    article = visit.article and _written(visit.article)
    return replace(
        visit, attempts=(attempt,), answered=0, article=article, etag=None, last_modified=None
    )


def _led_to(visit: Visit) -> tuple[str, ...]:
    """Return where redirects led, as far as that is told."""
    is_told = visit.attempt.status is not None and visit.state is not State.ARCHIVED
    led_to = visit.attempt.redirects[-1:] if is_told else ()
    return () if led_to == (visit.attempt.url,) else led_to


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
    attempts = list(visit.attempts)
    attempts[visit.answered] = replace(visit.attempt, state=State.OTHER_TEXT, detail=evidence)
    mark = Article(content_hash=now.content_hash)
    return replace(visit, state=State.OTHER_TEXT, attempts=tuple(attempts), article=mark)


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
    one, other = shingles(held.markdown), shingles(now.markdown)
    left = similarity(one, other).containment
    is_other = left < _STILL_THERE and not _has_its_words(held, now, one, other)
    if now.word_count < _SHRUNK * held.word_count:
        pass
    elif not is_other or (now.word_count > _GROWN * held.word_count and _may_grow(held, now, one)):
        return None
    told = f"{now.word_count} words where {held.word_count} are held"
    return f"{told}, {left:.0%} of the shorter text in both"


def _is_alike(held: Article | None, other: Article | None) -> bool:
    """Whether a text has enough of the one that is held to be the same article."""
    if held is None or other is None:
        return False
    if held.content_hash == other.content_hash:
        return True
    one, two = shingles(held.markdown), shingles(other.markdown)
    is_there = similarity(one, two).containment >= _STILL_THERE
    return is_there or _has_its_words(held, other, one, two)


def _may_grow(held: Article, now: Article, one: Shingles) -> bool:
    """Whether a longer text may be what became of one: a news flash, or under the same title."""
    if len(one.runs) < FEWEST_RUNS:
        return True
    return bool(held.title and now.title and titles_agree(held.title, now.title))


def _has_its_words(held: Article, now: Article, one: Shingles, other: Shingles) -> bool:
    """Whether two texts have most words in common, of which one is too short to compare runs."""
    if min(len(one.runs), len(other.runs)) >= FEWEST_RUNS:
        return False
    known, new = set(words(held.markdown.lower())), set(words(now.markdown.lower()))
    return len(known & new) >= _STILL_THERE_SHORT * min(len(known), len(new))


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
    since = failing_since(record, visit)
    last_state = visit.open_state
    return replace(
        _with_news(record, visit), failures=failures, failing_since=since, last_state=last_state
    )


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
    if held is None or url_key(held.attempt.url) in map(url_key, record.urls):
        return record
    return replace(record, held=None, last=None, failing_since=None)


def _with_news(record: SourceRecord, visit: Visit) -> SourceRecord:
    held = record.held
    if held is not None and not visit.state.was_asked:
        return record  # nothing was learned
    if held is not None and visit.state is State.NOT_MODIFIED:
        return replace(record, last=None, checked_at=visit.at)
    if held is not None and held.state is State.ARCHIVED and visit.state.is_lost:
        return replace(record, last=None, checked_at=visit.at)  # it is said already
    if held is not None and not _may_replace(visit, held):
        last = _bad_news(visit, held.article)
        if record.last is not None and last is not None and _fails_the_same(record.last, last):
            last = replace(record.last, snapshot=record.last.snapshot or last.snapshot)
        return replace(record, last=last, checked_at=visit.at)
    if held is not None and says_the_same(held, visit, record.images):
        # The article just read has also what is not written, and what a lost file would have had.
        article = with_sizes_of(held.article, visit.article)
        held = replace(held, article=article, at=_believable(held.at, visit))
        held = replace(held, etag=visit.etag, last_modified=visit.last_modified)
        held = _with_ways_of(held, visit)
        return replace(record, held=held, last=None, checked_at=visit.at)
    return replace(record, held=visit, last=None, checked_at=visit.at)


def _with_ways_of(held: Visit, visit: Visit) -> Visit:
    """Return what is held with the attempts of a visit that brought the same, but its evidence."""
    attempts = list(visit.attempts)
    attempts[visit.answered] = replace(visit.attempt, detail=held.attempt.detail)
    return replace(held, attempts=tuple(attempts), answered=visit.answered)


def _bad_news(visit: Visit, held: Article | None) -> Visit | None:
    """Return the visit as one that failed: of an AMP page's stand-in, the article's own failure.

    It names the archive's snapshot of a lost page only where that has the article that is held.
    """
    if visit.state is State.OTHER_TEXT:
        return visit
    if not visit.state.is_good:
        return replace(visit, article=None)
    if visit.snapshot is not None and not _is_alike(held, visit.article):
        visit = replace(visit, snapshot=None)
    first = visit.attempts[0].state
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
