"""Item files: found, read without loss, and what was added to them put in and taken out."""

from __future__ import annotations

from crawler.items.enrichment import insert_added_parts, remove_added_parts
from crawler.items.find import FoundItem, ItemsNotFoundError, find_items
from crawler.items.item import Item, item_facts_hash, parse_item, read_item, text_digest
from crawler.items.link import Link

__all__ = [
    "FoundItem",
    "Item",
    "ItemsNotFoundError",
    "Link",
    "find_items",
    "insert_added_parts",
    "item_facts_hash",
    "parse_item",
    "read_item",
    "remove_added_parts",
    "text_digest",
]
