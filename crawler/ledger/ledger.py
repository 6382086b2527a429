"""What a ledger must be able to do; the rest of the house knows only this."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from crawler.ledger.revisit import RevisitPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import timedelta

    from crawler.ledger.enricher_rows import EnricherRows
    from crawler.ledger.events import EventRows
    from crawler.ledger.outbox import OutboxRows
    from crawler.ledger.records import (
        Copies,
        FeedAnswer,
        ImageRecord,
        ItemRecord,
        Mention,
        Rendered,
        RobotsAnswer,
        Snapshot,
        SourceRecord,
        Visit,
    )
    from crawler.states import State
    from crawler.urls.aliases import UrlFamily


class LedgerError(RuntimeError):
    """The ledger file cannot be used."""


class UnusableLedgerError(LedgerError):
    """Nor will it ever: it is damaged, of another version of this program, or no ledger at all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sources of the selected items are due.

    Attributes:
        force: all of them, whatever is known.
        retry: those whose last visit ended in one of these states.
        older_than: those whose last visit is longer ago.
        revisit: when sources are due again by themselves.
        now: the time to compare with.
    """

    force: bool = False
    retry: frozenset[State] = frozenset()
    older_than: timedelta | None = None
    revisit: RevisitPolicy = field(default_factory=RevisitPolicy)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source to visit, and why.

    Attributes:
        reason: "new", "forced", "was <state>", "last seen <date>", "revisit", "new URL",
            "URL withdrawn" or "body wanted".
    """

    record: SourceRecord
    reason: str


class Ledger(Protocol):
    """The durable state of all crawls into one output folder.

    A run selects items, plans, then takes due sources and settles each. The selection and the
    plan belong to the run and are derived anew each time; items and sources are durable.
    """

    events: EventRows
    outbox: OutboxRows
    enrichers: EnricherRows

    def transaction(self) -> AbstractContextManager[None]:
        """Make what happens inside durable together or not at all."""

    def item(self, output: str) -> ItemRecord | None:
        """What is known of the item with this output path."""

    def item_from(self, origin: str) -> ItemRecord | None:
        """What is known of the item that was read from this file."""

    def items(self) -> Iterator[ItemRecord]:
        """Yield all items that are known, by output."""

    def items_from(self, origins: Sequence[str]) -> dict[str, ItemRecord]:
        """What is known of these files, without mentions, where one item was read from each."""

    def put_item(
        self, item: ItemRecord, families: Sequence[tuple[Mention, UrlFamily]] | None
    ) -> None:
        """Store an item and the sources it names; `families` replaces its mentions.

        Each family joins the source that already has one of its URLs, or becomes a new one; a
        mention's own `source` is not read. None keeps the mentions of an item that is known.
        """

    def select(self, output: str) -> None:
        """Add an item to this run."""

    def is_selected(self, output: str) -> bool:
        """Whether this run has an item with this output path already."""

    def plan(self, wanted: Wanted, *, limit: int | None = None) -> int:
        """Derive what is due for the selected items, and return how many sources are.

        With a limit the selection shrinks to the first `limit` items that have something due.
        """

    def due(self, after: int, count: int) -> list[DueSource]:
        """Return up to `count` planned sources from position `after`, domains taken in turn."""

    def due_sites(self) -> dict[str, int]:
        """How many planned sources each site has."""

    def store_visit(self, key: str, visit: Visit) -> SourceRecord:
        """Store a visit under the rules of `crawler.ledger.better` and return the new record."""

    def finished_items(self, key: str) -> list[ItemRecord]:
        """Return the selected items that name this source and wait for no other one."""

    def waiting_for_nothing(self) -> Iterator[ItemRecord]:
        """Yield the selected items that have no due source."""

    def prepare_copies(self, *, wanted: bool) -> None:
        """Look for copies in what is settled from now on, or forget all that is known of them.

        What is known is also forgotten where it was found in another way than it would be now.
        """

    def catch_up_copies(self, count: int) -> bool:
        """Look for copies among up to `count` sources settled before; False: all are done."""

    def copies(self, key: str) -> Copies | None:
        """Which other sources that items name hold the text of this one; None: none does."""

    def items_with_other_copies(self) -> Iterator[ItemRecord]:
        """Yield the selected items whose sources have other copies since this run began."""

    def source(self, key: str) -> SourceRecord | None:
        """What is known of a source."""

    def revision(self, key: str) -> str | None:
        """Hash of what is known of a source; None: not visited yet."""

    def next_due(self, roots: Sequence[str], policy: RevisitPolicy) -> datetime | None:
        """When the first of the sources that items at or below `roots` name is due by itself."""

    def source_of_url(self, url: str) -> SourceRecord | None:
        """What is known of the source that has this URL in its family."""

    def forget_missing(self, root: str) -> None:
        """Forget the items below `root` whose files are gone; sources stay."""

    def owners(self, key: str) -> list[ItemRecord]:
        """Return the items whose own article this source is."""

    def items_naming(self, key: str) -> list[ItemRecord]:
        """Return the items that name this source."""

    def rendered(self, path: str) -> Rendered | None:
        """What the output file at this path was last made from."""

    def rendered_any(self, paths: Sequence[str]) -> dict[str, Rendered]:
        """What those of these output files that are known were last made from."""

    def put_rendered(self, path: str, rendered: Rendered | None) -> None:
        """Remember what an output file was made from; None forgets it."""

    def robots(self, origin: str) -> RobotsAnswer | None:
        """How the last request for the robots.txt of "scheme://host:port" ended."""

    def put_robots(self, origin: str, answer: RobotsAnswer) -> None:
        """Remember such an end."""

    def pauses(self) -> Mapping[str, tuple[str, str]]:
        """Hosts that are to be left alone: until when (ISO 8601 in UTC), and why."""

    def put_pause(self, host: str, until: str, reason: str) -> None:
        """Remember that a host is to be left alone until then."""

    def forget_pause(self, host: str) -> None:
        """Remember no longer that a host is to be left alone."""

    def snapshot(self, key: str) -> Snapshot | None:
        """What an archive said of the page with this key."""

    def put_snapshot(self, key: str, snapshot: Snapshot) -> None:
        """Remember what it said."""

    def to_save(self, count: int) -> list[tuple[str, str, str]]:
        """Return (key, URL, version) of up to `count` selected sources whose page is not saved."""

    def put_saved(self, key: str, version: str, at: str) -> None:
        """Remember that an archive has saved a page, with this version of its article."""

    def feed(self, url: str) -> FeedAnswer | None:
        """What the last whole answer of the feed at this URL said of itself."""

    def put_feed(self, url: str, answer: FeedAnswer) -> None:
        """Remember it."""

    def is_discovered(self, key: str) -> bool:
        """Whether an item was once created for the article with this URL key."""

    def put_discovered(self, keys: Iterable[str], by: str) -> None:
        """Remember that an item was created, for an article with these keys, by this spider."""

    def images(self, urls: Iterable[str]) -> dict[str, ImageRecord]:
        """What is known of these images, by URL."""

    def put_image(self, url: str, record: ImageRecord) -> None:
        """Remember what was learned of an image."""

    def put_images_of(self, key: str, images: Mapping[str, ImageRecord]) -> bool:
        """Have this written of a source's images; False: it was so already."""

    def sources_with_article(self, after: int, count: int) -> list[tuple[int, str]]:
        """Return (id, key) of up to `count` selected sources with an article, above an id."""

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

        Args:
            last: the last visit, where it was worse.
            images: what was learned of the files of its images.
            failing_since: since when the source fails, None: it does not.
            wanted: why the source is due whatever the revisit policy says.
        """

    def wants(self, key: str) -> str | None:
        """Why a source is due whatever the revisit policy says; None: it is not."""

    def items_to_adopt(self, count: int) -> list[ItemRecord]:
        """Return up to `count` items whose files were not looked at since they were read."""

    def mark_adopted(self, items: Iterable[ItemRecord]) -> None:
        """Note that the files of these items were looked at."""

    def is_taken(self, root: str) -> bool:
        """Whether all items of this file or folder were taken once."""

    def put_taken(self, root: str) -> None:
        """Remember that they were."""

    def has_unvisited(self) -> bool:
        """Whether items name a source that was never visited, or whose text is missing."""

    def take_broken(self) -> dict[str, str]:
        """Return the keys of records that were found damaged since this was asked, and why.

        What they held is forgotten: these sources are as before their first visit.
        """

    def states(self) -> dict[State | None, int]:
        """How many sources of the selected items hold each state; None: not visited yet."""

    def last_states(self) -> dict[State | None, int]:
        """How many of these sources were last visited with which state; None: not yet.

        One that has not changed counts as what is held.
        """

    def selected(self) -> int:
        """How many items are selected."""

    def close(self) -> None:
        """Close it; what was settled stays."""
