"""The text of an enriched item and of a source article: pure functions of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.items.added_parts import insert_added_parts
from crawler.items.article_section import section_for
from crawler.output.digests import UNSIGNED, signed
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
    item_digest: str | None = None,
    below: str = "",
) -> str:
    """Return an item's text with what is known added.

    Args:
        original: the item's text; parts that were added before are replaced.
        source, related: the entries.
        held: the record whose article goes into the body, None where no text belongs there.
        copies: the other sources with that article.
        added: what follows the entries in the block.
        item_digest: that of the item's text, where the file is not the item's own.
        below: what stands below the article in the file that is replaced.
    """
    block: dict[str, Any] = {"schema": SCHEMA_VERSION, "digest": UNSIGNED}
    block |= {"itemDigest": item_digest, "source": source, "related": list(related)}
    block["cluster"] = cluster(copies)
    block |= added or {}
    article = _section(held)
    section = "" if article is None else section_for(*article, "\n").removeprefix("\n")
    yaml_text = signed(dump_mapping({"enrichment": block}), section)
    return insert_added_parts(original, yaml_text, article, below=below)


def source_file(record: SourceRecord, copies: Copies | None = None) -> str:
    """Return the text of the file of a source that no item is about."""
    assert record.held is not None
    assert record.held.article is not None
    body = f"\n{record.held.article.markdown}\n"
    entry = source_entry(record, copies)
    head = {name: entry.pop(name) for name in ("title", "schema")}
    front_matter = signed(dump_mapping({**head, "digest": UNSIGNED, **entry}), body)
    return f"---\n{front_matter}---\n{body}"


def _section(record: SourceRecord | None) -> tuple[str, str] | None:
    if record is None or record.held is None or not record.held.state.has_text:
        return None
    if record.lacks_text:
        return None
    assert record.held.article is not None
    return record.held.hop.url, record.held.article.markdown
