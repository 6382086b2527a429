"""Fingerprints of an item, to see whether it has changed."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from crawler.items.item import Item

_VOLATILE_FIELDS: Final = frozenset({"secured", "heat", "quality"})


def item_facts_hash(item: Item) -> str:
    """Give the SHA-256, in hex, of the front matter but for `secured`, `heat` and `quality`.

    These three, in the item and in its related items, change without a change of the news. The
    order of a mapping's keys does not count.
    """
    facts = _without_volatile(item.data)
    related = facts.get("related")
    if isinstance(related, list):
        facts["related"] = [
            _without_volatile(entry) if isinstance(entry, dict) else entry for entry in related
        ]
    return text_digest(_canonical(facts))


def text_digest(text: str) -> str:
    """Give the SHA-256, in hex, of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _without_volatile(fields: dict[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in fields.items() if key not in _VOLATILE_FIELDS}


def _canonical(value: object) -> str:
    """Write a loaded YAML value so that equal text means equal type and value."""
    if isinstance(value, dict):
        pairs = sorted(f"{_canonical(key)}:{_canonical(entry)}" for key, entry in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, date):
        return f"{type(value).__name__} {value.isoformat()}"
    return repr(value)  # None, a boolean or a number
