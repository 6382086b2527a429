"""What an item and its page disagree on, for the front matter and for explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.reconcile.claims import read_claims
from crawler.reconcile.compare import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.ledger.records import SourceRecord, Visit
    from crawler.reconcile.compare import Comparison


def is_article(held: Visit) -> bool:
    """Whether a visit brought an article or a video, and not a page that says something else."""
    return held.article is not None and (held.state.is_good or held.state.has_text)


def comparisons(fields: Mapping[Any, Any], record: SourceRecord) -> list[Comparison]:
    """Compare an item, or an entry of its `related`, with the page that is held of its source.

    A page that is no article, such as one that says that there is none, is not asked.
    """
    held = record.held
    if held is None or held.article is None or not is_article(held):
        return []
    urls = [held.hop.url]
    if held.snapshot is None:
        urls += held.hop.redirects[-1:]
    return compare(read_claims(fields), held.article, urls)


def conflict_entries(fields: Mapping[Any, Any], record: SourceRecord) -> list[dict[str, str]]:
    """Return the fields on which they disagree, with the value of each."""
    return [
        {"field": one.field, "item": one.item, "page": one.page}
        for one in comparisons(fields, record)
        if not one.agrees
    ]
