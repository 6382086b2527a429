"""Which articles an enricher is to be given, what it is given, and what is kept of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.exceptions import ItemError
from crawler.items.item import read_item
from crawler.output.enriched import text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.enrichers.enricher import Enricher
    from crawler.ledger.records import ItemRecord
    from crawler.session import RunSession


@dataclass(frozen=True, slots=True)
class Question:
    """What an enricher is asked.

    Attributes:
        key: of the source of the article.
        made_from: what the answer is cached by.
        file: the item's.
        content: `article` and `item`, as JSON has them.
    """

    key: str
    made_from: str
    file: str
    content: Mapping[str, Any]


def items_to_enrich(crawl: RunSession, enricher: Enricher) -> list[str]:
    """Return the output paths of the items of a run whose article has no result yet."""
    items = crawl.ledger.waiting_for_nothing()
    return [item.output for item in items if _wanted(crawl, enricher, item) is not None]


def question_of(crawl: RunSession, enricher: Enricher, output: str) -> Question | None:
    """Return what an enricher is asked about an item; None: there is nothing to ask any more."""
    item = crawl.ledger.item(output)
    wanted = None if item is None else _wanted(crawl, enricher, item)
    if item is None or wanted is None:
        return None
    key, made_from = wanted
    article = crawl.article(key)
    try:
        fields = read_item(Path(item.origin)).data
    except ItemError:  # it has changed since, and is told by the next run
        return None
    if article is None:
        return None
    content = {"article": article, "item": fields}
    plain = json.loads(json.dumps(content, default=_plain, skipkeys=True))
    return Question(key, made_from, item.origin, plain)


def keep_result(
    crawl: RunSession, enricher: Enricher, question: Question, result: Mapping[str, Any]
) -> None:
    """Keep a result, and write the items that it is of."""
    crawl.ledger.enrichers.put(enricher.name, question.made_from, result)
    crawl.publish_finished(question.key)


def _wanted(crawl: RunSession, enricher: Enricher, item: ItemRecord) -> tuple[str, str] | None:
    """Return the source of an item's article, and what a result would be made from."""
    own = next((m for m in item.mentions if m.position < 0 and m.wants_body), None)
    record = None if own is None else crawl.ledger.source(own.source)
    content_hash = None if record is None else text_hash(record)
    if record is None or content_hash is None:
        return None
    made_from = enricher.made_from(content_hash)
    is_known = crawl.ledger.enrichers.get(enricher.name, made_from) is not None
    return None if is_known else (record.key, made_from)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
