"""What a report says: the sources of some items as they are, what became of them, and the runs."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from crawler.conflicts.compare import FIELDS as CONFLICT_FIELDS
from crawler.downloader.robots.rules import origin_of
from crawler.items.find import FoundItem, find_items
from crawler.items.intake import absolute
from crawler.ledger.events import is_failing
from crawler.mends.advice import may_need_advice, moved_to
from crawler.output.entry import first_sentences
from crawler.output.layout import Layout, item_output_path
from crawler.report.item_files import ItemFiles
from crawler.report.notes import ItemNotes
from crawler.run_log import read_runs
from crawler.sanitize import plain_text, printable_url
from crawler.states import State
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crawler.ledger.events import Event
    from crawler.ledger.ledger import Ledger
    from crawler.ledger.records import ItemRecord, Mention, SourceRecord

MEANINGS: Final = {
    State.OK: "the article was read",
    State.NOT_MODIFIED: "the page has not changed",
    State.OTHER_TEXT: "another text is in the article's place",
    State.ARCHIVED: "the page is lost; its article was read off a web archive",
    State.NOT_FOUND: "there is no such page (404)",
    State.GONE: "the page was removed (410)",
    State.PARKED: "the name is for sale",
    State.SOFT_404: "a page says that there is no such page",
    State.MOVED_HOME: "the link leads to the front page",
    State.FORBIDDEN: "the site refuses the page",
    State.RATE_LIMITED: "the site wants to be asked less often",
    State.SERVER_ERROR: "the site has an error",
    State.TIMEOUT: "no answer in time",
    State.NO_SUCH_HOST: "the name of the site does not exist",
    State.NETWORK_ERROR: "no connection to the site",
    State.DEFERRED: "the site is left alone for now",
    State.NOT_RECORDED: "not in the recorded files",
    State.BLOCKED_ADDRESS: "it leads to an address that is not asked",
    State.ROBOTS: "robots.txt forbids it",
    State.BLOCKED: "a bot wall",
    State.CONSENT_WALL: "a page that asks for consent",
    State.LOGIN: "a page that asks to log in",
    State.PAYWALLED: "only the beginning is free",
    State.LIST_PAGE: "a list of articles and no article",
    State.NOT_HTML: "not a web page",
    State.TOO_LARGE: "too large",
    State.EMPTY: "a page without an article",
    State.EXTRACTION_TIMEOUT: "the page took too long to read",
    State.EXTRACTION_ERROR: "the page could not be read",
    State.INTERNAL_ERROR: "an error of the crawler",
    State.UNSUPPORTED: "a video; its metadata was read",
}
"""What each state means, for people."""

_EXCERPT: Final = 120  # characters


@dataclass(frozen=True, slots=True)
class Link:
    """A source as a report tells of it; all texts and URLs may be strangers'.

    Attributes:
        key: the source's key.
        url: the link, as the item spells it.
        site: whose it is.
        state: how the last visit ended that asked; None: it was never visited.
        tried: how the last visit ended, also where it did not ask.
        detail: the evidence.
        since: since when it does not give what is asked of it, ISO 8601 in UTC; None: it does.
        checked_at: when it was last visited, likewise.
        places: `FILE:LINE` of each mention, of failing and moved links; else FILE.
        archive_url: a copy of a lost page.
        moved_to: where a link that works leads for good, if elsewhere.
        suggestion: what `crawler fix` would write in its place.
        why: the evidence for that, or why there is none.
        title, words, excerpt, image, published, language: of the article that is held.
        topics: those that items which name it give themselves.
    """

    key: str
    url: str
    site: str
    state: State | None
    tried: State | None = None
    detail: str | None = None
    since: str | None = None
    checked_at: str | None = None
    places: tuple[str, ...] = ()
    archive_url: str | None = None
    moved_to: str | None = None
    suggestion: str | None = None
    why: str | None = None
    title: str | None = None
    words: int = 0
    excerpt: str | None = None
    image: str | None = None
    published: str | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()

    @property
    def is_failing(self) -> bool:
        """Whether the source does not give what is asked of it."""
        return self.state is not None and is_failing(self.state)

    @property
    def needs_work(self) -> bool:
        """Whether there is something to do about it."""
        return self.is_failing or self.moved_to is not None or self.suggestion is not None

    def as_json(self) -> dict[str, Any]:
        """Return the link as a JSON object; what is not known is absent."""
        document = {
            "source": self.key,
            "url": self.url,
            "site": self.site,
            "state": str(self.state or "not-visited"),
            "meaning": "not visited yet" if self.state is None else MEANINGS[self.state],
            "detail": self.detail,
            "failingSince": self.since,
            "lastVisitDateTime": self.checked_at,
            "places": list(self.places) or None,
            "archiveUrl": self.archive_url,
            "movedTo": self.moved_to,
            "suggestion": self.suggestion,
            "why": self.why,
            "title": self.title,
            "wordCount": self.words or None,
        }
        return {name: value for name, value in document.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report is made from.

    Attributes:
        output: the output folder, as it was named.
        made_at: when it was read, ISO 8601 in UTC.
        since: from when on events are told, likewise.
        links: the sources, in the order of the items.
        events: what became of them since, the earliest first.
        runs: the lines of the log of runs, the earliest first.
        new_items: items that no run has read yet.
        states: how many sources there are of each state.
        notes: what the items could be better at.
        pauses: sites and hosts that are left alone: until when, and why.
        robots: HTTP status of a site's robots.txt; None: there was no answer.
    """

    output: str
    made_at: str
    since: str
    links: tuple[Link, ...] = ()
    events: tuple[Event, ...] = ()
    runs: tuple[dict[str, Any], ...] = ()
    new_items: int = 0
    states: Counter[State | None] = field(default_factory=Counter)
    notes: ItemNotes = field(default_factory=ItemNotes)
    pauses: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    robots: Mapping[str, int | None] = field(default_factory=dict)


def known_items(
    ledger: Ledger, items: Sequence[Path] | None, *, exclude: Path, only: Sequence[str] = ()
) -> Iterator[tuple[str, ItemRecord | None]]:
    """Yield items by their paths, with what is known of each; None: no run has read it yet.

    Args:
        items: files and folders; None: all items that are known.
        exclude: the output folder.
        only: globs on the items' relative paths or names; empty: all.

    Raises:
        ItemsNotFoundError: a path among the items does not exist.
    """
    if items is None:
        for record in ledger.items():
            path = Path(record.origin)
            found = FoundItem(path, PurePosixPath(path.relative_to(record.root)))
            if found.is_like(only):
                yield os.path.relpath(path), record
        return
    for found in find_items(items, exclude=exclude, on_problem=lambda _: None):
        if found.is_like(only):
            known = ledger.item_from(absolute(found.path))
            yield str(found.path), known or ledger.item(str(item_output_path(found.relative)))


def read_facts(
    ledger: Ledger,
    items: Iterable[tuple[str, ItemRecord | None]],
    output: Path,
    *,
    now: str,
    since: str | None,
    conflicts: Collection[str] = CONFLICT_FIELDS,
) -> Facts:
    """Read what there is to report of these items.

    Args:
        items: as `known_items` yields them.
        now: ISO 8601 in UTC.
        since: from when on events are told, likewise; None: since the last run began.
        conflicts: fields of which is told where item and page disagree.

    Raises:
        ItemsNotFoundError: a path among the items does not exist.
    """
    runs = tuple(read_runs(Layout(output).run_log))
    if since is None:
        since = str(runs[-1]["startedDateTime"]) if runs else now
    new = 0
    places: dict[str, list[tuple[Mention, str]]] = {}
    for path, item in items:
        if item is None:
            new += 1
            continue
        for mention in item.mentions:
            places.setdefault(mention.source, []).append((mention, path))
    notes = ItemNotes()
    links = tuple(_links(ledger, places, notes, conflicts))
    events = tuple(event for event in ledger.events.since(since) if event.key in places)
    states = Counter(link.state for link in links)
    pauses = {site: pause for site, pause in ledger.pauses().items() if pause[0] > now}
    robots = _robots(ledger, links)
    told = (links, events, runs, new, states, notes, pauses, robots)
    return Facts(str(output), now, since, *told)


def _robots(ledger: Ledger, links: Iterable[Link]) -> dict[str, int | None]:
    """Return how the robots.txt of each site was answered, as far as that is known."""
    statuses: dict[str, int | None] = {}
    for link in links:
        if link.site not in statuses and (answer := ledger.robots(origin_of(link.url))):
            statuses[link.site] = answer.status
    return statuses


def _links(
    ledger: Ledger,
    places: dict[str, list[tuple[Mention, str]]],
    notes: ItemNotes,
    conflicts: Collection[str],
) -> Iterator[Link]:
    files = ItemFiles(ledger)
    for key, mentions in places.items():
        record = ledger.source(key)
        if record is not None:
            notes.add(record, mentions, files, ledger.copies(key), conflicts)
            yield _link(record, mentions, files)


def _link(record: SourceRecord, mentions: list[tuple[Mention, str]], files: ItemFiles) -> Link:
    url = files.address(*mentions[0]) or record.urls[0]
    held, latest, state = record.held, record.last or record.held, record.state_now
    if held is None or latest is None or state is None:
        return Link(record.key, url, site_of(url), None, places=_files(mentions))
    article, moved = held.article, moved_to(record)
    is_told = is_failing(state) or moved is not None
    advice = files.advice(record, mentions) if may_need_advice(record) else None
    is_told |= advice is not None
    field = None if advice is None else str(advice.path[-1])
    url = url if advice is None else advice.before
    snapshot = None if record.snapshot is None else record.snapshot.url
    return Link(
        record.key,
        printable_url(url),
        site_of(url),
        state,
        tried=record.last_state,
        detail=plain_text(latest.attempt.detail) if latest.attempt.detail and is_told else None,
        since=record.failing_since,
        checked_at=record.checked_at,
        places=files.places(mentions, field) if is_told else _files(mentions),
        archive_url=None if snapshot is None else printable_url(snapshot),
        moved_to=None if moved is None else printable_url(moved),
        suggestion=None if advice is None else advice.after,
        why=None if advice is None else plain_text(advice.why),
        title=None if article is None else article.title,
        words=0 if article is None else article.word_count,
        excerpt=None if article is None else _excerpt(article.markdown),
        image=article.images[0].url if article is not None and article.images else None,
        published=None if article is None else article.published,
        language=None if article is None else article.language,
        topics=files.topics(mentions) if article is not None else (),
    )


def _excerpt(markdown: str) -> str | None:
    return first_sentences(markdown[: 20 * _EXCERPT], _EXCERPT)


def _files(mentions: Iterable[tuple[Mention, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(file for _, file in mentions))
