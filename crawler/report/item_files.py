"""The items that name the sources of a report, as their files are now."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.items.front_matter import FieldLines, split_text
from crawler.items.item import ItemError, read_item
from crawler.mends.advice import FIELDS, advise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.items.item import Item
    from crawler.ledger.ledger import Ledger
    from crawler.ledger.records import Mention, SourceRecord
    from crawler.mends.advice import Advice

_KEPT: Final = 256  # sources come in the order of the items that name them


class ItemFiles:
    """The item files of some sources; each is read when it is asked for, and the last ones kept."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.read = lru_cache(_KEPT)(_item_and_lines)

    def places(
        self, mentions: Iterable[tuple[Mention, str]], field: str | None = None
    ) -> tuple[str, ...]:
        """Return `FILE:LINE` of each mention.

        Args:
            field: of an item's own address; None: the first that it has.
        """
        return tuple(f"{file}:{self._line(file, mention, field)}" for mention, file in mentions)

    def address(self, mention: Mention, file: str) -> str | None:
        """Return the address by which an item names a source, as it is written there now."""
        if mention.position >= 0:
            return mention.web_url
        data = read[0].data if (read := self.read(file)) is not None else {}
        written = (data.get(name) for name in FIELDS)
        return next((value for value in written if isinstance(value, str) and value), None)

    def topics(self, mentions: Iterable[tuple[Mention, str]]) -> tuple[str, ...]:
        """Return the topics that the items give themselves."""
        found: dict[str, None] = {}
        for _, file in mentions:
            topics = read[0].data.get("topics") if (read := self.read(file)) else None
            for topic in topics if isinstance(topics, list) else ():
                found |= {topic: None} if isinstance(topic, str) and topic else {}
        return tuple(found)

    def advice(
        self, record: SourceRecord, mentions: Iterable[tuple[Mention, str]]
    ) -> Advice | None:
        """Return what to do about a source: the first that has something to write, or why not."""
        found: list[Advice] = []
        for mention, file in mentions:
            if (read := self.read(file)) is not None:
                found += advise(read[0], mention, record, self._ledger.source_of_url)
        return next((one for one in found if one.after), found[0] if found else None)

    def _line(self, file: str, mention: Mention, field: str | None) -> int:
        if (read := self.read(file)) is None:
            return 1
        lines = read[1]
        if mention.position >= 0:
            try:
                return lines.line("related", mention.position, "webUrl")
            except IndexError:  # edited since it was read
                return lines.line("related")
        for name in FIELDS if field is None else (field,):
            if (line := lines.line(name)) != lines.line():
                return line
        return lines.line()


def _item_and_lines(file: str) -> tuple[Item, FieldLines] | None:
    try:
        item = read_item(Path(file))
        return item, FieldLines(split_text(item.text, file=file).yaml)
    except ItemError:  # what is wrong with it is told when it is crawled
        return None
