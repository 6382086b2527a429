"""Every hop, state and field of an item or a URL, and where each came from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.markup import escape
from rich.table import Table

from crawler.cli.process import project_settings
from crawler.cli.status import open_ledger
from crawler.moments import utc_text
from crawler.options import OptionError
from crawler.plan.intake import absolute
from crawler.plan.revisit import LastVisit, RevisitPolicy

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.extraction.article import Article
    from crawler.ledger.records import Hop, ItemRecord, SourceRecord, Visit
    from crawler.ledger.sqlite import SqliteLedger

_NOT_FIELDS: Final = frozenset({"markdown", "origins", "next_page", "kind"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What was asked for: an item with its sources, or one source with the items naming it."""

    item: ItemRecord | None
    sources: tuple[tuple[str, SourceRecord], ...]
    named_by: tuple[ItemRecord, ...] = ()


def find_subject(subject: str, output: Path) -> Subject:
    """Find an item by its file or its output file, or a source by any URL of its family.

    Raises:
        OptionError: the ledger does not know it.
    """
    ledger = open_ledger(output)
    try:
        found = (
            _source(ledger, subject) if "://" in subject else _item(ledger, Path(subject), output)
        )
    finally:
        ledger.close()
    if found is None:
        raise OptionError(f"the ledger of {output} does not know {subject}")
    return found


def _item(ledger: SqliteLedger, path: Path, output: Path) -> Subject | None:
    item = ledger.item_from(absolute(path))
    if item is None and path.resolve().is_relative_to((output / "items").resolve()):
        item = ledger.item(path.resolve().relative_to((output / "items").resolve()).as_posix())
    if item is None:
        return None
    sources = []
    for mention in item.mentions:
        record = ledger.source(mention.source)
        assert record is not None
        role = "source" if mention.position < 0 else f"related {mention.position + 1}"
        sources.append((role, record))
    return Subject(item, tuple(sources))


def _source(ledger: SqliteLedger, url: str) -> Subject | None:
    record = ledger.source_of_url(url)
    if record is None:
        return None
    return Subject(None, (("source", record),), tuple(ledger.items_naming(record.key)))


def explain_json(subject: Subject) -> dict[str, Any]:
    """Return the explanation as one JSON object."""
    return {
        "item": None if subject.item is None else subject.item.origin,
        "namedBy": [item.origin for item in subject.named_by],
        "sources": [_source_json(role, record) for role, record in subject.sources],
    }


def _source_json(role: str, record: SourceRecord) -> dict[str, Any]:
    return {
        "role": role,
        "key": record.key,
        "urls": record.urls,
        "held": None if record.held is None else _visit_json(record.held),
        "lastAttempt": None if record.last is None else _visit_json(record.last),
        "checkedDateTime": record.checked_at,
        "dueDateTime": _due_at(record),
    }


def _due_at(record: SourceRecord) -> str | None:
    last = LastVisit.of(record)
    if last is None:
        return None
    due_at = RevisitPolicy.from_settings(project_settings({})).due_at(last)
    return None if due_at is None else utc_text(due_at)


def _visit_json(visit: Visit) -> dict[str, Any]:
    return {
        "state": str(visit.state),
        "dateTime": visit.at,
        "answeredBy": visit.hop.url,
        "hops": [asdict(hop) for hop in visit.hops],
        "etag": visit.etag,
        "lastModified": visit.last_modified,
        "snapshot": None if visit.snapshot is None else asdict(visit.snapshot),
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
        (name, value, article.origins.get(name, "text"))
        for name, value in plain.items()
        if name not in _NOT_FIELDS and (value is False or value not in (None, (), [], 0))
    ]


def print_explanation(subject: Subject, console: Console) -> None:
    """Print the explanation for a person."""
    if subject.item is not None:
        console.print(f"[bold]{escape(subject.item.origin)}[/]", soft_wrap=True)
    for role, record in subject.sources:
        console.print(f"\n[bold]{role}[/]: {escape(record.key)}", soft_wrap=True)
        if record.held is None:
            console.print("  not visited yet")
        else:
            _print_visit("held", record.held, console)
        if record.last is not None:
            _print_visit("last attempt", record.last, console)
        if record.checked_at is not None:
            due_at = _due_at(record) or "never by itself"
            visits = f"  last visited {record.checked_at}, due again {due_at}"
            console.print(visits, soft_wrap=True, highlight=False)
    for item in subject.named_by:
        console.print(f"named by {escape(item.origin)}", soft_wrap=True)


def _print_visit(name: str, visit: Visit, console: Console) -> None:
    console.print(f"  {name}: [bold]{visit.state}[/], {visit.at}", highlight=False)
    for index, hop in enumerate(visit.hops):
        mark = "*" if index == visit.answered else "-"
        console.print(f"    {mark} {escape(_hop_line(hop))}", soft_wrap=True, highlight=False)
    if visit.snapshot is not None:
        came_from = f"from {visit.snapshot.url}, taken {visit.snapshot.taken_at}"
        console.print(f"    {escape(came_from)}", soft_wrap=True, highlight=False)
    if visit.article is not None:
        table = Table("field", "value", "from", padding=(0, 1))
        for field, value, origin in _fields(visit.article):
            table.add_row(field, escape(str(value)), origin)
        console.print(table)


def _hop_line(hop: Hop) -> str:
    way = " -> ".join((hop.url, *hop.redirects))
    facts = [str(hop.state)]
    facts += [f"HTTP {hop.status}"] if hop.status is not None else []
    facts += [hop.detail] if hop.detail else []
    facts += [f"{hop.seconds:.2f} s"] if hop.seconds is not None else []
    return f"{way}: {', '.join(facts)}"
