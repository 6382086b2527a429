"""A string out of a page's metadata, as one line of plain text."""

from __future__ import annotations

import html
import re

from crawler.inert import plain_text

# What is read for one character that is kept: room for entities and tags around it.
_RAW_FACTOR = 8

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b[^<>]{0,500}>")
_VOID_TAGS = frozenset({"br", "hr", "img", "wbr"})


def field_text(value: str, limit: int) -> str | None:
    """One line of at most `limit` characters, or None where nothing is left.

    Entities are decoded once, and once more where the first pass left entities, which is what
    double encoding looks like. A tag goes only where the text closes it too, so that a headline
    about `<div>` keeps its subject.
    """
    raw = value[: limit * _RAW_FACTOR]
    if "&" in raw:
        raw = html.unescape(raw)
        if _ENTITY.search(raw):
            raw = html.unescape(raw)
    if "<" in raw:
        raw = _without_tags(raw)
    return plain_text(raw, limit=limit) or None


def _without_tags(text: str) -> str:
    closed = {tag[2].lower() for tag in _TAG.finditer(text) if tag[1]} | _VOID_TAGS
    return _TAG.sub(lambda tag: " " if tag[2].lower() in closed else tag[0], text)
