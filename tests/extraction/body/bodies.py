"""Extracted bodies for the tests, written as markup in trafilatura's vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml.etree import fromstring

if TYPE_CHECKING:
    from lxml.etree import _Element

PROSE = "The council voted to keep the old footbridge open, and the work on it begins in September."


def body_of(markup: str) -> _Element:
    return fromstring(f"<body>{markup}</body>")


def texts_of(body: _Element) -> list[str]:
    """The text of each block that has one."""
    texts = [" ".join("".join(block.itertext()).split()) for block in body]
    return [text for text in texts if text]
