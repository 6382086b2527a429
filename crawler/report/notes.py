"""What items could be better at: conflicts with their pages, copies, fields that are missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from crawler.items.link import is_absent
from crawler.output.enriched import conflict_entries
from crawler.sanitize import printable_url

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crawler.items.front_matter import FieldLines
    from crawler.items.item import Item
    from crawler.ledger.records import Copies, Mention, SourceRecord
    from crawler.report.item_files import ItemFiles

WANTED: Final = ("title", "publishedDateTime", "excerpt", "provider", "images")
"""The fields that an item is said to miss where it has none."""
_MOST: Final = 1_000  # of each kind that are kept; all are counted


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field on which an item and a page disagree: what each says, and where the item does."""

    key: str
    place: str
    url: str
    field: str
    item: str
    page: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A source whose article is a copy of that at another URL, the best one."""

    key: str
    url: str
    places: tuple[str, ...]
    best: str


@dataclass(slots=True)
class ItemNotes:
    """What was found; of each kind the first ones, and how many there are of each.

    Attributes:
        counts: conflicts by field.
        missing: files of the items that lack a field, by field.
    """

    conflicts: list[Conflict] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    duplicates: list[Duplicate] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(
        self,
        record: SourceRecord,
        mentions: Sequence[tuple[Mention, str]],
        files: ItemFiles,
        copies: Copies | None,
        wanted: Collection[str],
    ) -> None:
        """Look at a source and at the items that name it.

        Args:
            copies: the other sources with its text.
            wanted: fields of which conflicts are told.
        """
        for mention, file in mentions:
            if (read := files.read(file)) is not None:
                self._compare(record, mention, file, read, wanted)
                if mention.position < 0:
                    for name in WANTED:
                        if is_absent(read[0].data.get(name)):
                            self.missing[name].append(file)
        if copies is not None and copies.best is not None and len(self.duplicates) < _MOST:
            places = tuple(dict.fromkeys(file for _, file in mentions))
            url = mentions[0][0].web_url or record.urls[0]
            best = printable_url(copies.best)
            self.duplicates.append(Duplicate(record.key, printable_url(url), places, best))

    def _compare(
        self,
        record: SourceRecord,
        mention: Mention,
        file: str,
        read: tuple[Item, FieldLines],
        wanted: Collection[str],
    ) -> None:
        item, lines = read
        path: tuple[str | int, ...] = ()
        fields: Any = item.data
        if mention.position >= 0:
            path, related = ("related", mention.position), item.data.get("related")
            entries = related if isinstance(related, list) else []
            fields = entries[mention.position] if mention.position < len(entries) else None
        if not isinstance(fields, dict):  # edited since it was read
            return
        url = printable_url(mention.web_url or record.urls[0])
        for one in conflict_entries(fields, record, wanted):
            self.counts[one["field"]] += 1
            if len(self.conflicts) < _MOST:
                line = lines.line(*path, *one["field"].split("."))
                place = f"{file}:{line}"
                told = (one["field"], one["item"], one["page"])
                self.conflicts.append(Conflict(record.key, place, url, *told))
