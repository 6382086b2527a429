"""Item files: found, read without loss, and what was added to them put in and taken out."""

from __future__ import annotations

from crawler.items.added_parts import insert_added_parts, remove_added_parts
from crawler.items.discovery import FoundItem, ItemsNotFoundError, find_items
from crawler.items.fingerprints import item_facts_hash, text_digest
from crawler.items.item import Item, parse_item, read_item
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
