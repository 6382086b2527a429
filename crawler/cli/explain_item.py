"""What an item says against what its pages say, and what is added to it, each with its origin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from crawler.cli.markup import escape
from crawler.items.item import parse_item, text_digest
from crawler.output.conflicts import comparisons
from crawler.problem import ItemError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from crawler.ledger.records import ItemRecord, SourceRecord
    from crawler.output.additions import Additions
    from crawler.reconcile.compare import Comparison

# Which field of the article a field that is filled in comes from.
_FILLED_FROM: Final = {"provider": "site_name", "images": "images", "ampWebUrl": "amp_url"}


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item's front matter, None where its file is no longer what the ledger knows."""

    fields: Mapping[Any, Any] | None

    def comparisons(self, position: int, record: SourceRecord) -> list[Comparison]:
        """Compare what the item says of a source (-1: its own) with what is held of it."""
        if self.fields is None:
            return []
        fields = self.fields if position < 0 else self.fields["related"][position]
        return comparisons(fields, record)

    def additions(self, record: SourceRecord, wanted: Additions) -> list[dict[str, Any]]:
        """Return topics and filled fields as field, value and origin."""
        if self.fields is None:
            return []
        block = wanted.block(self.fields, record)
        rows = [
            {"field": "topics", "value": topic, "origin": ", ".join(topic["where"])}
            for topic in block.get("topics", ())
        ]
        for name, value in block.get("filled", {}).items():
            origin = _origin(name, record)
            rows.append({"field": f"filled.{name}", "value": value, "origin": origin})
        return rows


def view_of(item: ItemRecord) -> ItemView:
    """Read the file of an item."""
    path = Path(item.origin)
    try:
        read = parse_item(path.read_bytes(), path)
    except (OSError, ItemError):
        return ItemView(None)
    return ItemView(read.data if text_digest(read.text) == item.digest else None)


def _origin(name: str, record: SourceRecord) -> str:
    assert record.held is not None
    assert record.held.article is not None
    article = record.held.article
    if name == "topics":
        return "taxonomy"
    if name == "excerpt":
        return article.origins.get("description", "meta") if article.description else "text"
    return article.origins.get(_FILLED_FROM[name], "url")


def print_comparisons(compared: Sequence[Comparison], console: Console) -> None:
    """Print comparisons for a person."""
    if not compared:
        return
    table = Table("field", "the item says", "the page says", "", padding=(0, 1))
    for one in compared:
        verdict = "agree" if one.agrees else "[bold]conflict[/]"
        table.add_row(one.field, escape(one.item), escape(one.page), verdict)
    console.print(table)


def print_additions(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print topics and filled fields for a person."""
    if not rows:
        return
    table = Table("added", "value", "from", padding=(0, 1))
    for row in rows:
        table.add_row(row["field"], escape(str(row["value"])), row["origin"])
    console.print(table)
