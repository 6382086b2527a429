"""What to write in the place of an address that is dead or has moved, and why; asks nobody.

The report and `crawler fix` say the same, since both ask here. What the web says in a bad night
(a login, a front page, a name for sale, a 404 of a site that is being rebuilt) must not get into
an item. So a redirect counts only where it is permanent and led to what is surely the item's
article, and a loss only once it has stayed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from crawler.conflicts.titles import titles_agree
from crawler.items.link import url_defect
from crawler.sanitize import http_url, plain_text, printable_url
from crawler.states import State
from crawler.timestamps import moment
from crawler.urls.aliases import url_family
from crawler.urls.canonical import clean_url, url_key
from crawler.urls.registered_domain import site_of
from crawler.web_archive import for_readers, may_be_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.extraction.article import Article
    from crawler.items.item import Item
    from crawler.ledger.records import Attempt, Mention, SourceRecord, Visit

    Known = Callable[[str], SourceRecord | None]

FIELDS: Final = ("originalUrl", "webUrl")
"""The fields whose addresses are looked at, of an item and of its related ones."""
STAYED: Final = timedelta(days=3)
"""How long an address is dead, at two visits or more, before it is replaced."""
_FEWEST_FAILURES: Final = 2
_TOO_EARLY: Final = f"another address is proposed once that has stayed for {STAYED.days} days"
_EXTENSION: Final = re.compile(r"\.[a-z]{2,5}\Z")
_SLUG: Final = re.compile(r"(?=.*[^\W\d_]).{8,}", re.DOTALL)
_TITLE_LENGTH: Final = 100


class _NotSureError(Exception):
    """Nothing is proposed; the message says why."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What there is to say of an address that is dead or has moved.

    Attributes:
        path: the keys and indices that lead to its field in the item.
        before: the address, as it is written there.
        why: the evidence, or why nothing is proposed.
        after: what to write in its place; None: nothing is proposed.
    """

    path: tuple[str | int, ...]
    before: str
    why: str
    after: str | None = None


def may_need_advice(record: SourceRecord) -> bool:
    """Whether an address of a source may be dead or have moved, by what is known of it."""
    state, held = record.state_now, record.held
    if held is None or state is None:
        return False
    if state is State.OK:
        return held.attempt.permanent_redirects > 0 or held.answered > 0
    return state is State.ARCHIVED or state.is_lost


def advise(item: Item, mention: Mention, record: SourceRecord, known: Known) -> Iterator[Advice]:
    """Yield what there is to say of the addresses by which an item names a source.

    Args:
        item: as its file is now; what has been written into it since the visit is passed over.
        known: what is known of the source that has this URL.
    """
    if not may_need_advice(record):
        return
    place = () if mention.position < 0 else ("related", mention.position)
    fields = _fields(item, mention.position)
    title = fields.get("title")
    for name in FIELDS:
        value = fields.get(name)
        if not isinstance(value, str) or url_defect(value.strip()) is not None:
            continue
        try:
            found = _proposal(record, value.strip(), title if isinstance(title, str) else "", known)
            if found is None:
                continue
            after, why = _address(found[0], value.strip()), found[1]
        except _NotSureError as error:
            yield Advice((*place, name), value, str(error))
        else:
            yield Advice((*place, name), value, why, after)


def _fields(item: Item, position: int) -> dict[Any, Any]:
    if position < 0:
        return item.data
    entries = item.data.get("related")
    entry = entries[position] if isinstance(entries, list) and position < len(entries) else None
    return entry if isinstance(entry, dict) else {}


def moved_to(record: SourceRecord) -> str | None:
    """Return where an address whose article was read leads for good; None: it does not."""
    if record.held is None or record.state_now is not State.OK:
        return None
    led_to = _led_to(record.held.attempt)
    return None if led_to is None or url_key(led_to) in map(url_key, record.urls) else led_to


def _led_to(attempt: Attempt) -> str | None:
    count = min(attempt.permanent_redirects, len(attempt.redirects))
    return attempt.redirects[count - 1] if count else None


def _proposal(record: SourceRecord, url: str, title: str, known: Known) -> tuple[str, str] | None:
    """Return what to write in the place of an address, and why; None: nothing is wrong with it.

    Raises:
        _NotSureError: something is, and there is nothing to propose.
    """
    assert record.held is not None
    key = url_family([url]).key
    if record.state_now is not State.OK:
        return _for_lost(record, key, title, known)
    if key == url_key(record.held.attempt.url):
        return _for_moved(record, url, title)
    return _for_lost_beside(record, record.held, key, known)


def _for_moved(record: SourceRecord, url: str, title: str) -> tuple[str, str] | None:
    article = None if record.held is None else record.held.article
    if (target := moved_to(record)) is None or article is None:
        return None
    why = f"moved for good to {printable_url(target)}"
    canonical = article.canonical_url
    if canonical is not None and url_key(canonical) == url_family([url]).key:
        raise _NotSureError(f"{why}, whose page says that its address is the old one")
    assert record.held is not None
    attempt = record.held.attempt
    if attempt.permanent_redirects < len(attempt.redirects):
        raise _NotSureError(f"{why}, from where it is redirected on, and not for good")
    can_compare = bool(title and article.title)
    if not (_has_title(article, title) if can_compare else _is_same_name(url, target)):
        called = plain_text(article.title or "", limit=_TITLE_LENGTH)
        told = f"has another title ({called})" if title and called else "has no title to compare"
        raise _NotSureError(f"{why}, whose page {told}")
    return _spelled(target, article), why


def _for_lost_beside(
    record: SourceRecord, held: Visit, key: str, known: Known
) -> tuple[str, str] | None:
    """Propose the other address of an item in the place of a lost one."""
    tried = _attempt_at(key, held.attempts[: held.answered])
    if tried is None or not tried.state.is_lost:
        return None
    lost = f"lost ({tried.state}) since {held.at[:10]} or before"
    target = _known_canonical(record, known) if held.via_amp else held.attempt.url
    if target is None:
        raise _NotSureError(f"{lost}; only the AMP page of the article is there")
    # Each visit since then asked for it first, in vain: what is held comes from the other one.
    if not _has_stayed(held.at, record):
        raise _NotSureError(f"{lost}; {_TOO_EARLY}")
    return target, f"{lost}; the article is at {printable_url(target)}"


def _for_lost(record: SourceRecord, key: str, title: str, known: Known) -> tuple[str, str] | None:
    latest = record.last or record.held
    tried = None if latest is None else _attempt_at(key, latest.attempts)
    if latest is None or tried is None or not _is_lost(tried.state):
        return None
    since = record.failing_since or latest.at
    lost = f"lost ({tried.state}) since {since[:10]}"
    canonical, snapshot = _known_canonical(record, known), record.snapshot
    if canonical is None and (snapshot is None or snapshot.url is None):
        raise _NotSureError(f"{lost}; no copy of it is known")
    if record.failures < _FEWEST_FAILURES or not _has_stayed(since, record):
        raise _NotSureError(f"{lost}; {_TOO_EARLY}")
    if canonical is not None:
        return canonical, f"{lost}; its page named {canonical} as its address"
    assert snapshot is not None
    assert snapshot.url is not None
    if snapshot.taken_at is None or snapshot.taken_at > since:
        raise _NotSureError(f"{lost}; the archived copy is not from the time before")
    # Beside an article that is held, only a snapshot of the same text is remembered.
    if latest.state is State.ARCHIVED and not _has_title(latest.article, title):
        raise _NotSureError(f"{lost}; the archived copy has another title, or there is none")
    return for_readers(snapshot.url), f"{lost}; archived on {snapshot.taken_at[:10]}"


def _is_lost(state: State) -> bool:
    return state.is_lost or state is State.ARCHIVED


def _attempt_at(key: str, attempts: tuple[Attempt, ...]) -> Attempt | None:
    return next((one for one in attempts if url_key(one.url) == key), None)


def _has_stayed(since: str, record: SourceRecord) -> bool:
    checked = record.checked_at
    return checked is not None and moment(checked) - moment(since) >= STAYED


def _has_title(article: Article | None, title: str) -> bool:
    if article is None or not article.title or not title:
        return False
    return titles_agree(title, article.title, filter(None, [article.site_name]))


def _is_same_name(url: str, target: str) -> bool:
    """Whether two addresses of a site name the same article by their words."""
    is_one_query = urlsplit(url).query == urlsplit(target).query
    return (
        site_of(url) == site_of(target) and is_one_query and _slug(url) == _slug(target) is not None
    )


def _slug(url: str) -> str | None:
    """Return the words of a URL that name its article; None: there are none to tell it by."""
    name = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]).casefold()
    name = _EXTENSION.sub("", name)
    return name if _SLUG.fullmatch(name) else None


def _known_canonical(record: SourceRecord, known: Known) -> str | None:
    """Return what a page called its own address, where the same article was read there."""
    article = None if record.held is None else record.held.article
    if article is None or article.canonical_url is None:
        return None
    canonical = article.canonical_url
    other = known(canonical)
    if other is None or other.key == record.key or other.held is None:
        return None
    visit, key = other.held, url_key(canonical)
    is_there = other.state_now is State.OK and url_key(visit.attempt.url) == key
    is_same = visit.article is not None and (
        visit.article.content_hash == article.content_hash
        or _has_title(visit.article, article.title or "")
    )
    return canonical if is_there and is_same and moved_to(other) is None else None


def _spelled(target: str, article: Article) -> str:
    """Return the address of a page as the page spells it, or else without tracking parameters."""
    canonical = article.canonical_url
    if canonical is None or url_key(canonical) != url_key(target):
        return clean_url(target)
    loses_encryption = target.startswith("https:") and canonical.startswith("http:")
    return clean_url(target) if loses_encryption else canonical


def _address(target: str, before: str) -> str:
    """Return an address as it is written into an item."""
    after = http_url(target)
    if after is None or url_defect(after) is not None:
        raise _NotSureError("it leads to what no item may name as an address")
    parts = urlsplit(after)
    if not may_be_shown(after):
        raise _NotSureError("it leads to an address with a key in it, or of no public name")
    if not parts.path.strip("/") and not parts.query:
        raise _NotSureError(f"it leads to the front page {after}")
    if before.startswith("https:") and parts.scheme == "http":
        raise _NotSureError(f"it leads to {after}, which is not encrypted")
    return after
