"""The ledger in one SQLite file, in WAL mode: a process that dies loses nothing settled."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from crawler.ledger.copy_rows import CopyRows
from crawler.ledger.database import durably, open_database, refusing_damage, transaction
from crawler.ledger.enricher_rows import EnricherRows
from crawler.ledger.item_rows import ItemRows, ReadAhead
from crawler.ledger.ledger import DueSource, Wanted
from crawler.ledger.records import (
    Copies,
    FeedAnswer,
    FileStamp,
    ImageRecord,
    ItemRecord,
    Mention,
    Rendered,
    RobotsAnswer,
    Snapshot,
    SourceRecord,
    Visit,
)
from crawler.ledger.run_plan import RunPlan
from crawler.ledger.source_rows import SourceRows
from crawler.ledger.web_rows import DiscoveryRows, ImageRows, WebRows
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from crawler.ledger.revisit import RevisitPolicy
    from crawler.urls.aliases import UrlFamily

_PAGE: Final = 500
_KEPT: Final = 16  # records of sources, which hold their articles


class SqliteLedger:
    """A `crawler.ledger.ledger.Ledger` in the SQLite file at `path`.

    One object belongs to one thread at a time. All that was stored survives `kill -9`. What nobody
    could find out again (visits, what was learned of images, pauses) is on the disk when the call
    returns, before any file says it; a power cut may lose the last moments of the rest, which can
    be made again from the items and the files.

    Raises:
        UnusableLedgerError: the file has another schema version, is damaged or no ledger.
        LedgerError: it cannot be opened or written.
        OSError: its folder cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._db = open_database(path)
        with refusing_damage(path, self._db):
            self._open_rows()
        self._ahead: ReadAhead | None = None

    def _open_rows(self) -> None:
        self._items = ItemRows(self._db)
        self._sources = SourceRows(self._db)
        self.events = self._sources.events
        self.outbox = self._sources.outbox
        self.enrichers = EnricherRows(self._db)
        self._run = RunPlan(self._db)
        self._web = WebRows(self._db)
        self._copies = CopyRows(self._db, self._sources)
        self._discovery = DiscoveryRows(self._db)
        self._images = ImageRows(self._db)
        self._read: dict[str, SourceRecord] = {}  # what many items name is read once for all

    def transaction(self) -> AbstractContextManager[None]:
        """Make what happens inside durable together or not at all; may be nested."""
        return transaction(self._db)

    def _forget_what_was_read(self, key: str | None = None) -> None:
        self._ahead = None
        for one in list(self._read) if key is None else [key]:
            self._read.pop(one, None)

    def item(self, output: str) -> ItemRecord | None:
        """What is known of the item with this output path."""
        return self._items.get(output)

    def item_from(self, origin: str) -> ItemRecord | None:
        """What is known of the item that was read from this file."""
        return self._items.read_from(origin)

    def items(self) -> Iterator[ItemRecord]:
        """Yield all items that are known, by output."""
        yield from self._items.matching("ORDER BY output", ())

    def items_from(self, origins: Sequence[str]) -> dict[str, ItemRecord]:
        """What is known of these files, without mentions, where one item was read from each."""
        return self._items.read_from_any(origins)

    def put_item(
        self, item: ItemRecord, families: Sequence[tuple[Mention, UrlFamily]] | None
    ) -> None:
        """Store an item and the sources it names; None keeps those of a known item."""
        self._forget_what_was_read()
        with self.transaction():
            self._items.put(item, families)

    def forget_missing(self, root: str) -> None:
        """Forget the items below `root` whose files are gone; sources stay."""
        self._forget_what_was_read()
        with self.transaction():
            self._items.forget_missing(root)

    def owners(self, key: str) -> list[ItemRecord]:
        """Return the items whose own article this source is."""
        if self._ahead is not None and key in self._ahead.owners:
            return self._ahead.owners[key]
        return self._items.owners(key)

    def items_naming(self, key: str) -> list[ItemRecord]:
        """Return the items that name this source."""
        return self._items.naming(key)

    def source(self, key: str) -> SourceRecord | None:
        """What is known of a source."""
        record = self._read.pop(key, None) or self._sources.get(key)
        if record is not None:
            self._read[key] = record  # at the end, where it stays longest
        if len(self._read) > _KEPT:
            del self._read[next(iter(self._read))]
        return record

    def revision(self, key: str) -> str | None:
        """Hash of what is known of a source; None: not visited yet."""
        if self._ahead is not None and key in self._ahead.revisions:
            return self._ahead.revisions[key]
        return self._sources.revision(key)

    def next_due(self, roots: Sequence[str], policy: RevisitPolicy) -> datetime | None:
        """When the first of the sources that items below `roots` name is due by itself again.

        None: none is, ever.
        """
        now = datetime.now(UTC)
        times = (policy.due_at(last, now) for last in self._sources.last_visits(roots))
        return min((at for at in times if at is not None), default=None)

    def source_of_url(self, url: str) -> SourceRecord | None:
        """What is known of the source that has this URL in its family."""
        return self._sources.of_url(url)

    def due_sites(self) -> dict[str, int]:
        """How many planned sources each site has."""
        return self._run.sites()

    def store_visit(self, key: str, visit: Visit) -> SourceRecord:
        """Store a visit and return the new record.

        Raises:
            KeyError: no item names this source.
        """
        self._forget_what_was_read(key)
        with durably(self._db), self.transaction():
            record = self._sources.store_visit(key, visit)
            self._copies.note(record)
            self._run.mark_done(key)
        return record

    def adopt(
        self,
        key: str,
        held: Visit,
        last: Visit | None,
        images: Mapping[str, ImageRecord],
        *,
        failing_since: str | None = None,
        wanted: str | None = None,
    ) -> None:
        """Hold what a file says that was written of a source, as if that visit was the last.

        Raises:
            KeyError: no item names this source.
        """
        self._forget_what_was_read(key)
        with self.transaction():
            record = self._sources.adopt(key, held, last, failing_since, wanted)
            known = self._images.images(images)
            for url in images.keys() - known.keys():
                self._images.put(url, images[url])
            if images:
                self._images.put_of_source(key, images)
            self._copies.note(record)

    def wants(self, key: str) -> str | None:
        """Why a source is due whatever the revisit policy says; None: it is not."""
        return self._sources.wants(key)

    def items_to_adopt(self, count: int) -> list[ItemRecord]:
        """Return up to `count` items whose files were not looked at since they were read."""
        return self._items.to_adopt(count)

    def mark_adopted(self, items: Iterable[ItemRecord]) -> None:
        """Note that the files of these items were looked at."""
        self._items.mark_adopted([item.output for item in items])

    def is_taken(self, root: str) -> bool:
        """Whether all items of this file or folder were taken once."""
        return self._items.is_taken(root)

    def put_taken(self, root: str) -> None:
        """Remember that they were."""
        self._items.put_taken(root)

    def has_unvisited(self) -> bool:
        """Whether items name a source that was never visited, or whose text is missing."""
        return self._sources.has_unvisited()

    def take_broken(self) -> dict[str, str]:
        """Return the keys of records that were found damaged since this was asked, and why."""
        broken, self._sources.broken = self._sources.broken, {}
        return broken

    def prepare_copies(self, *, wanted: bool) -> None:
        """Look for copies in what is settled from now on, or forget all that is known of them."""
        with self.transaction():
            self._copies.prepare(wanted=wanted)

    def catch_up_copies(self, count: int) -> bool:
        """Look for copies among up to `count` sources settled before; False: all are done."""
        with self.transaction():
            return self._copies.catch_up(count)

    def copies(self, key: str) -> Copies | None:
        """Which other sources that items name hold the text of this one; None: none does."""
        return self._copies.of(key)

    def items_with_other_copies(self) -> Iterator[ItemRecord]:
        """Yield the selected items whose sources have other copies since this run began."""
        return self._in_pages(self._copies.touched_items)

    def robots(self, origin: str) -> RobotsAnswer | None:
        """How the last request for the robots.txt of "scheme://host:port" ended."""
        return self._web.robots(origin)

    def put_robots(self, origin: str, answer: RobotsAnswer) -> None:
        """Remember such an end."""
        self._web.put_robots(origin, answer)

    def pauses(self) -> dict[str, tuple[str, str]]:
        """Hosts that are to be left alone: until when (ISO 8601 in UTC), and why."""
        return self._web.pauses()

    def put_pause(self, host: str, until: str, reason: str) -> None:
        """Remember that a host is to be left alone until then."""
        with durably(self._db):
            self._web.put_pause(host, until, reason)

    def forget_pause(self, host: str) -> None:
        """Remember no longer that a host is to be left alone."""
        self._web.forget_pause(host)

    def snapshot(self, key: str) -> Snapshot | None:
        """What an archive said of the page with this key."""
        return self._web.snapshot(key)

    def put_snapshot(self, key: str, snapshot: Snapshot) -> None:
        """Remember what it said."""
        self._web.put_snapshot(key, snapshot)

    def to_save(self, count: int) -> list[tuple[str, str, str]]:
        """Return (key, URL, version) of up to `count` selected sources whose page is not saved."""
        return self._web.to_save(count)

    def put_saved(self, key: str, version: str, at: str) -> None:
        """Remember that an archive has saved a page, with this version of its article."""
        self._web.put_saved(key, version, at)

    def feed(self, url: str) -> FeedAnswer | None:
        """What the last whole answer of the feed at this URL said of itself."""
        return self._discovery.feed(url)

    def put_feed(self, url: str, answer: FeedAnswer) -> None:
        """Remember it."""
        self._discovery.put_feed(url, answer)

    def is_discovered(self, key: str) -> bool:
        """Whether an item was once created for the article with this URL key."""
        return self._discovery.is_discovered(key)

    def put_discovered(self, keys: Iterable[str], by: str) -> None:
        """Remember that an item was created, for an article with these keys, by this spider."""
        self._discovery.put_discovered(keys, by)

    def images(self, urls: Iterable[str]) -> dict[str, ImageRecord]:
        """What is known of these images, by URL."""
        return self._images.images(urls)

    def put_image(self, url: str, record: ImageRecord) -> None:
        """Remember what was learned of an image."""
        self._images.put(url, record)

    def put_images_of(self, key: str, images: Mapping[str, ImageRecord]) -> bool:
        """Have this written of a source's images; False: it was so already."""
        self._forget_what_was_read(key)
        with durably(self._db):
            return self._images.put_of_source(key, images)

    def sources_with_article(self, after: int, count: int) -> list[tuple[int, str]]:
        """Return (id, key) of up to `count` selected sources with an article, above an id."""
        return self._images.sources(after, count)

    def rendered(self, path: str) -> Rendered | None:
        """What the output file at this path was last made from."""
        row = self._db.execute(
            "SELECT fingerprint, size, mtime_ns FROM rendered WHERE path = ?", (path,)
        ).fetchone()
        return None if row is None else Rendered(row[0], FileStamp(row[1], row[2]))

    def rendered_any(self, paths: Sequence[str]) -> dict[str, Rendered]:
        """What those of these output files that are known were last made from."""
        rows = self._db.execute(
            "SELECT path, fingerprint, size, mtime_ns FROM rendered "
            "WHERE path IN (SELECT value FROM json_each(?))",
            (json.dumps(paths),),
        )
        return {path: Rendered(made_from, FileStamp(*of)) for path, made_from, *of in rows}

    def put_rendered(self, path: str, rendered: Rendered | None) -> None:
        """Remember what an output file was made from; None forgets it."""
        if rendered is None:
            self._db.execute("DELETE FROM rendered WHERE path = ?", (path,))
            return
        made_from = (path, rendered.fingerprint, rendered.stamp.size, rendered.stamp.mtime_ns)
        self._db.execute("INSERT OR REPLACE INTO rendered VALUES (?, ?, ?, ?)", made_from)

    def select(self, output: str) -> None:
        """Add an item to this run."""
        self._run.select(output)

    def is_selected(self, output: str) -> bool:
        """Whether this run has an item with this output path already."""
        return self._run.is_selected(output)

    def plan(self, wanted: Wanted, *, limit: int | None = None) -> int:
        """Derive what is due for the selected items, and return how many sources are."""
        return self._run.plan(wanted, limit)

    def due(self, after: int, count: int) -> list[DueSource]:
        """Return up to `count` planned sources from position `after`, domains taken in turn."""
        due = []
        for key, reason in self._run.page(after, count):
            record = self.source(key)
            assert record is not None
            due.append(DueSource(record, reason))
        return due

    def finished_items(self, key: str) -> list[ItemRecord]:
        """Return the selected items that name this source and wait for no other one."""
        return list(self._items.matching(*self._run.finished(key)))

    def waiting_for_nothing(self) -> Iterator[ItemRecord]:
        """Yield the selected items that have no due source."""
        return self._in_pages(self._run.idle_items)

    def _in_pages(self, ids_after: Callable[[int, int], list[int]]) -> Iterator[ItemRecord]:
        last = 0
        try:
            while ids := ids_after(last, _PAGE):
                last = ids[-1]
                self._ahead = ReadAhead(self._db, self._items, ids)
                yield from self._ahead.items
        finally:
            self._ahead = None

    def states(self) -> dict[State | None, int]:
        """How many sources of the selected items hold each state; None: not visited yet."""
        counts: Counter[State | None] = Counter()
        for held, _, count in self._run.states():
            counts[_state(held)] += count
        return dict(counts)

    def last_states(self) -> dict[State | None, int]:
        """How many of these sources were last visited with which state; None: not yet.

        One that has not changed counts as what is held.
        """
        counts: Counter[State | None] = Counter()
        for held, last, count in self._run.states():
            counts[_state(held if last == State.NOT_MODIFIED else last)] += count
        return dict(counts)

    def selected(self) -> int:
        """How many items are selected."""
        return self._run.selected()

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _state(name: str | None) -> State | None:
    return State(name) if name in set(State) else None
