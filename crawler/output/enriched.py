"""The text of an enriched item and of a source article: pure functions of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.items.added_parts import insert_added_parts
from crawler.output.entry import SCHEMA_VERSION, cluster, source_entry
from crawler.output.yaml_text import dump_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.ledger.records import Copies, SourceRecord


def enriched_item(
    original: str,
    source: Mapping[str, Any],
    related: Sequence[Mapping[str, Any]],
    held: SourceRecord | None,
    *,
    copies: Copies | None = None,
    added: Mapping[str, Any] | None = None,
) -> str:
    """Return an item's text with what is known added.

    Args:
        original: the item's own text, without added parts.
        source, related: the entries.
        held: the record whose article goes into the body, None where no text belongs there.
        copies: the other sources with that article.
        added: what follows the entries in the block.
    """
    block: dict[str, Any] = {"schema": SCHEMA_VERSION, "source": source, "related": list(related)}
    block["cluster"] = cluster(copies)
    block |= added or {}
    return insert_added_parts(original, dump_mapping({"enrichment": block}), _section(held))


def source_file(record: SourceRecord, copies: Copies | None = None) -> str:
    """Return the text of the file of a source that no item is about."""
    assert record.held is not None
    assert record.held.article is not None
    front_matter = dump_mapping(source_entry(record, copies))
    return f"---\n{front_matter}---\n\n{record.held.article.markdown}\n"


def _section(record: SourceRecord | None) -> tuple[str, str] | None:
    if record is None or record.held is None or not record.held.state.has_text:
        return None
    assert record.held.article is not None
    return record.held.hop.url, record.held.article.markdown
