"""The rows of an export: one for each file that holds an article, and one for each link."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_type_hints

from crawler.exceptions import ItemError
from crawler.export.enriched_files import read_item_file, read_source_file
from crawler.export.fields import TEXT, ArticleRow, LinkRow
from crawler.items.find import find_items
from crawler.timestamps import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from crawler.exceptions import Problem
    from crawler.export.enriched_files import EnrichedItem
    from crawler.items.find import FoundItem
    from crawler.output.layout import Layout

Table = Literal["articles", "links"]
Row = ArticleRow | LinkRow

_KINDS: Final[Mapping[Table, type]] = {"articles": ArticleRow, "links": LinkRow}
_NOT_EXPORTED: Final = frozenset({"schema", "digest"})


def columns_of(table: Table, *, texts: bool = True) -> dict[str, Any]:
    """Return the columns of a table, in their order, with their types."""
    hints = get_type_hints(_KINDS[table])
    return {name: kind for name, kind in hints.items() if texts or name != TEXT}


@dataclass(frozen=True, slots=True)
class EnrichedFolders:
    """Where enriched files are.

    Attributes:
        layout: the output folder.
        items: item files, or folders of them, that were enriched in place; empty: those of the
            output folder.
    """

    layout: Layout
    items: Sequence[Path] = ()

    def rows(
        self,
        *,
        since: datetime | None = None,
        on_problem: Callable[[Problem], None],
        on_plain: Callable[[Path], None],
    ) -> Iterator[tuple[Table, Row]]:
        """Read all files, and yield the rows that are in them.

        Args:
            since: leave out what was neither fetched nor tried from then on.
            on_problem: is told of each file that cannot be read; the others are.
            on_plain: is told of each item to which nothing was added.

        Raises:
            ItemsNotFoundError: one of the folders is missing.
        """
        for found in self._files(self.items or [self.layout.items], on_problem):
            try:
                enriched = read_item_file(found.path)
            except ItemError as error:
                on_problem(error.problem)
                continue
            if enriched is None:
                on_plain(found.path)
                continue
            for table, row in _item_rows(enriched, self._name_of(found)):
                if since is None or _is_since(row, since):
                    yield table, row
        if self.layout.sources.is_dir():
            yield from self._source_rows(since, on_problem)

    def _source_rows(
        self, since: datetime | None, on_problem: Callable[[Problem], None]
    ) -> Iterator[tuple[Table, Row]]:
        for found in self._files([self.layout.sources], on_problem):
            try:
                fields, text = read_source_file(found.path)
            except ItemError as error:
                on_problem(error.problem)
                continue
            said = {name: value for name, value in fields.items() if name not in _NOT_EXPORTED}
            place = {"textFile": f"sources/{found.relative}"}
            row = cast("ArticleRow", place | said | {TEXT: text})
            if since is None or _is_since(row, since):
                yield "articles", row

    def _files(
        self, paths: Sequence[Path], on_problem: Callable[[Problem], None]
    ) -> Iterator[FoundItem]:
        return find_items(paths, exclude=None, on_problem=on_problem)

    def _name_of(self, found: FoundItem) -> str:
        return str(found.relative) if self.items else f"items/{found.relative}"


def _item_rows(enriched: EnrichedItem, name: str) -> Iterator[tuple[Table, Row]]:
    """Yield the rows of one item's file: its links, and its article."""
    added, place = dict(enriched.enrichment), {"itemFile": name}
    source = dict(enriched.source)
    of_item = _of(added, "topics", "filled")
    if enriched.results:
        of_item["results"] = json.dumps(dict(enriched.results), ensure_ascii=False, default=str)
    yield "links", cast("LinkRow", place | source | of_item)
    for position, entry in enumerate(enriched.related):
        yield "links", cast("LinkRow", place | {"position": position} | dict(entry))
    if enriched.text is not None:
        source.pop("conflicts", None)
        article = source | _of(added, "cluster", "topics") | {TEXT: enriched.text}
        yield "articles", cast("ArticleRow", article)


def _of(mapping: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: mapping[name] for name in names if name in mapping}


def _is_since(row: Row, since: datetime) -> bool:
    """Whether it was fetched or tried then or later; without a readable time it was."""
    times = (
        row.get("fetchedDateTime"),
        row.get("attemptedDateTime"),
        row.get("lastAttempt", {}).get("attemptedDateTime"),
    )
    try:
        told = [moment(time) for time in times if time is not None]
    except ValueError:
        return True
    return not told or max(told) >= since
