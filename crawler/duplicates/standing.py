"""Which of several copies of an article is the best."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from crawler.moments import moment, utc_text
from crawler.states import State
from crawler.urls.canonical import url_key
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from crawler.ledger.records import SourceRecord

_UNKNOWN: Final = "9999-12-31T23:59:59Z"
_MOST_WORDS: Final = 999_999_999


def standing(record: SourceRecord) -> str:
    """Return a text by which the copies of an article sort, the best one first.

    A page that names another site's as the canonical one is behind all that do not, and a page
    that only an archive has behind those that are there. Then the earliest is the best: by what
    the page says, or else the item; a date without a time is the end of its day, one that nobody
    gives later than all. At the same time the page that is canonical itself goes first, before
    those that redirect to it, then the longest text. The key decides the rest, so that it does not
    matter who was crawled first.

    The record holds a text.
    """
    held = record.held
    assert held is not None
    assert held.article is not None
    # Where a lost page redirects to now is not where its snapshot was taken.
    led_to = () if held.state is State.ARCHIVED else held.hop.redirects
    own = (led_to or (held.hop.url,))[-1]
    canonical = held.article.canonical_url or own
    is_elsewhere = registered_domain(canonical) != registered_domain(own)
    is_other_page = url_key(canonical) != url_key(held.hop.url)
    published = _in_utc(held.article.published) or record.published or _UNKNOWN
    missing = max(_MOST_WORDS - held.article.word_count, 0)
    return (
        f"{is_elsewhere:d}{held.state is State.ARCHIVED:d} {published} "
        f"{is_other_page:d} {missing:09} {record.key}"
    )


def _in_utc(published: str | None) -> str | None:
    if published is None:
        return None
    try:
        if "T" in published:
            return utc_text(moment(published))
        day = datetime.fromisoformat(published).date()
        return utc_text(datetime.combine(day, time(23, 59, 59), UTC))
    except (ValueError, OverflowError):  # no such date, or beyond what a date can say in UTC
        return None
