"""What a block of an extracted body says: its words, and how much of it is links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_NOT_WORD = re.compile(r"[\W_]+")


def plain_words(text: str) -> str:
    """A text's words in lower case, one space apart: equal for texts that read the same."""
    return _NOT_WORD.sub(" ", text).strip().casefold()


def block_text(block: _Element) -> str:
    """The text of a block, white space collapsed."""
    return " ".join("".join(block.itertext()).split())


def linked_share(block: _Element) -> float:
    """How much of a block's text is inside links, from 0 to 1; 0 for one without text."""
    characters = len("".join(block_text(block).split()))
    links = list(block.iter("ref"))
    linked = sum(len("".join(block_text(link).split())) for link in links)
    return min(1.0, linked / characters) if characters else 0.0


def remove_block(block: _Element) -> None:
    """Remove a block from its parent; the text after it stays."""
    parent = block.getparent()
    if parent is None:
        return
    if block.tail and block.tail.strip():
        before = block.getprevious()
        if before is None:
            parent.text = f"{parent.text or ''} {block.tail}"
        else:
            before.tail = f"{before.tail or ''} {block.tail}"
    parent.remove(block)
