"""Every attempt, state and field of an item or a URL, and where each came from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.cli.process import project_settings
from crawler.cli.report import escape, narrow_table
from crawler.cli.status import open_ledger
from crawler.exceptions import ItemError
from crawler.items.intake import absolute
from crawler.items.item import parse_item, text_digest
from crawler.ledger.revisit import LastVisit, RevisitPolicy
from crawler.options import OptionError, camel_case
from crawler.output.enriched import comparisons
from crawler.output.entry import cluster, written_name
from crawler.timestamps import utc_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from _typeshed import DataclassInstance
    from rich.console import Console

    from crawler.conflicts.compare import Comparison
    from crawler.extraction.article import Article
    from crawler.ledger.records import Attempt, Copies, ItemRecord, SourceRecord, Visit
    from crawler.ledger.sqlite import SqliteLedger
    from crawler.output.enriched import Additions


def image_files(record: SourceRecord) -> list[dict[str, Any]]:
    """Return a JSON object for each image that was asked for."""
    return [
        {
            "url": url,
            "askedDateTime": image.asked_at,
            "problem": image.problem,
            "format": image.format,
            "width": image.width,
            "height": image.height,
            "path": image.file,
        }
        for url, image in record.images.items()
    ]


def print_image_files(record: SourceRecord, console: Console) -> None:
    """Print them for a person."""
    if not record.images:
        return
    table = narrow_table("image", "size", "kept as", "problem")
    for url, image in record.images.items():
        size = "" if image.width is None else f"{image.width} x {image.height}"
        table.add_row(escape(url), size, image.file or "", escape(image.problem or ""))
    console.print(table)


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
    table = narrow_table("field", "the item says", "the page says", "")
    for one in compared:
        verdict = "agree" if one.agrees else "[bold]conflict[/]"
        table.add_row(one.field, escape(one.item), escape(one.page), verdict)
    console.print(table)


def print_additions(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print topics and filled fields for a person."""
    if not rows:
        return
    table = narrow_table("added", "value", "from")
    for row in rows:
        table.add_row(row["field"], escape(str(row["value"])), row["origin"])
    console.print(table)


_NOT_FIELDS: Final = frozenset({"markdown", "origins", "next_page", "kind", "cut"})


@dataclass(frozen=True, slots=True)
class ExplainedSource:
    """A source and its copies, and what the item that was asked for says otherwise and is given."""

    role: str
    record: SourceRecord
    copies: Copies | None = None
    compared: tuple[Comparison, ...] = ()
    added: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What was asked for: an item with its sources, or one source with the items naming it."""

    item: ItemRecord | None
    sources: tuple[ExplainedSource, ...]
    named_by: tuple[ItemRecord, ...] = ()


def find_subject(subject: str, output: Path, wanted: Additions) -> Subject:
    """Find an item by its file or its output file, or a source by any URL of its family.

    Args:
        wanted: what is added to items.

    Raises:
        OptionError: the ledger does not know it.
    """
    ledger = open_ledger(output)
    try:
        found = (
            _source(ledger, subject)
            if "://" in subject
            else _item(ledger, Path(subject), output, wanted)
        )
    finally:
        ledger.close()
    if found is None:
        raise OptionError(f"the ledger of {output} does not know {subject}")
    return found


def _item(ledger: SqliteLedger, path: Path, output: Path, wanted: Additions) -> Subject | None:
    item = ledger.item_from(absolute(path))
    if item is None and path.resolve().is_relative_to((output / "items").resolve()):
        item = ledger.item(path.resolve().relative_to((output / "items").resolve()).as_posix())
    if item is None:
        return None
    view = view_of(item)
    sources = []
    for mention in item.mentions:
        record = ledger.source(mention.source)
        assert record is not None
        is_own = mention.position < 0
        role = "source" if is_own else f"related {mention.position + 1}"
        copies = ledger.copies(mention.source)
        compared = tuple(view.comparisons(mention.position, record))
        added = tuple(view.additions(record, wanted)) if is_own else ()
        sources.append(ExplainedSource(role, record, copies, compared, added))
    return Subject(item, tuple(sources))


def _source(ledger: SqliteLedger, url: str) -> Subject | None:
    record = ledger.source_of_url(url)
    if record is None:
        return None
    source = ExplainedSource("source", record, ledger.copies(record.key))
    return Subject(None, (source,), tuple(ledger.items_naming(record.key)))


def _as_json(record: DataclassInstance) -> dict[str, Any]:
    return {camel_case(name): value for name, value in asdict(record).items()}


def explain_json(subject: Subject) -> dict[str, Any]:
    """Return the explanation as one JSON object."""
    return {
        "item": None if subject.item is None else subject.item.origin,
        "namedBy": [item.origin for item in subject.named_by],
        "sources": [_source_json(source) for source in subject.sources],
    }


def _source_json(source: ExplainedSource) -> dict[str, Any]:
    record = source.record
    return {
        "role": source.role,
        "key": record.key,
        "urls": record.urls,
        "held": None if record.held is None else _visit_json(record.held),
        "lastAttempt": None if record.last is None else _visit_json(record.last),
        "checkedDateTime": record.checked_at,
        "dueDateTime": _due_at(record),
        "duplicateOf": None if source.copies is None else source.copies.best,
        "cluster": cluster(source.copies),
        "comparisons": [_as_json(one) for one in source.compared],
        "additions": list(source.added),
        "imageFiles": image_files(record),
    }


def _due_at(record: SourceRecord) -> str | None:
    last = LastVisit.of(record)
    if last is None:
        return None
    due_at = RevisitPolicy.from_settings(project_settings({})).due_at(last, datetime.now(UTC))
    return None if due_at is None else utc_text(due_at)


def _visit_json(visit: Visit) -> dict[str, Any]:
    return {
        "state": str(visit.state),
        "dateTime": visit.at,
        "answeredBy": visit.attempt.url,
        "attempts": [_as_json(attempt) for attempt in visit.attempts],
        "etag": visit.etag,
        "lastModified": visit.last_modified,
        "snapshot": None if visit.snapshot is None else _as_json(visit.snapshot),
        "fields": [
            {"field": name, "value": value, "origin": origin}
            for name, value, origin in _fields(visit.article)
        ],
    }


def _fields(article: Article | None) -> list[tuple[str, Any, str]]:
    if article is None:
        return []
    plain = asdict(article) | {"origins": None}
    return [
        (written_name(name), value, article.origins.get(name, "text"))
        for name, value in plain.items()
        if name not in _NOT_FIELDS and (value is False or value not in (None, (), [], 0))
    ]


def print_explanation(subject: Subject, console: Console) -> None:
    """Print the explanation for a person."""
    if subject.item is not None:
        console.print(f"[bold]{escape(subject.item.origin)}[/]", soft_wrap=True)
    for source in subject.sources:
        record, copies = source.record, source.copies
        console.print(f"\n[bold]{source.role}[/]: {escape(record.key)}", soft_wrap=True)
        if record.held is None:
            console.print("  not visited yet")
        else:
            _print_visit("held", record.held, console)
        print_comparisons(source.compared, console)
        print_additions(source.added, console)
        print_image_files(record, console)
        if record.last is not None:
            _print_visit("last attempt", record.last, console)
        if record.checked_at is not None:
            due_at = _due_at(record) or "never by itself"
            visits = f"  last visited {record.checked_at}, due again {due_at}"
            console.print(visits, soft_wrap=True, highlight=False)
        if copies is not None:
            _print_copies(copies, console)
    for item in subject.named_by:
        console.print(f"named by {escape(item.origin)}", soft_wrap=True)


def _print_copies(copies: Copies, console: Console) -> None:
    if copies.best is not None:
        console.print(f"  duplicate of {escape(copies.best)}", soft_wrap=True, highlight=False)
    for copy in copies.others:
        line = f"  copy, similarity {copy.similarity:.2f}: {escape(copy.url)}"
        console.print(line, soft_wrap=True, highlight=False)


def _print_visit(name: str, visit: Visit, console: Console) -> None:
    console.print(f"  {name}: [bold]{visit.state}[/], {visit.at}", highlight=False)
    for index, attempt in enumerate(visit.attempts):
        mark = "*" if index == visit.answered else "-"
        console.print(
            f"    {mark} {escape(_attempt_line(attempt))}", soft_wrap=True, highlight=False
        )
    if visit.snapshot is not None:
        came_from = f"from {visit.snapshot.url}, taken {visit.snapshot.taken_at}"
        console.print(f"    {escape(came_from)}", soft_wrap=True, highlight=False)
    if visit.article is not None:
        table = narrow_table("field", "value", "from")
        for field, value, origin in _fields(visit.article):
            table.add_row(field, escape(_told(value)), origin)
        console.print(table)


def _told(value: Any) -> str:
    """Return a value as a person reads it: lists line by line, and only what is there."""
    if isinstance(value, list | tuple):
        return "\n".join(map(_told, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items() if part is not None)
    return str(value)


def _attempt_line(attempt: Attempt) -> str:
    way = " -> ".join((attempt.url, *attempt.redirects))
    facts = [str(attempt.state)]
    facts += [f"HTTP {attempt.status}"] if attempt.status is not None else []
    facts += [attempt.detail] if attempt.detail else []
    facts += [f"{attempt.seconds:.2f} s"] if attempt.seconds is not None else []
    return f"{way}: {', '.join(facts)}"
