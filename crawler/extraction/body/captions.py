"""Takes bare captions, credits, bylines and placeholders out of an extracted body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.extraction.body.blocks import block_text, remove_block
from crawler.extraction.body.phrases import CREDIT, PLACEHOLDER

if TYPE_CHECKING:
    from lxml.etree import _Element

_CREDIT_CHARACTERS: Final = 100
_CAPTION_CHARACTERS: Final = 70
_PLACEHOLDER_CHARACTERS: Final = 500
# A label before the first paragraph: a place, a section, a name, a date.
_LABEL_CHARACTERS: Final = 60
_MOST_LABELS: Final = 4
_PARAGRAPH_CHARACTERS: Final = 80
# What prose ends with, in any script; quotations end with their marks.
_ENDS_OF_PROSE: Final = tuple(".!?…:;,)\"'”“’»«—–。！？：，」』।։۔؟،")  # noqa: RUF001 - any script's


def drop_captions(body: _Element) -> None:
    """Remove credits, what stands under an image without being a sentence, and placeholders."""
    for block in list(body):
        if block.tag not in ("p", "head"):
            continue
        text = block_text(block)
        if (
            _is_placeholder(text)
            or _is_credit(block, text)
            or (_is_below_image(block) and _is_caption(block, text))
        ):
            remove_block(block)


def drop_labels(body: _Element) -> None:
    """Remove the labels before the first paragraph of prose, if there are but a few."""
    labels: list[_Element] = []
    for block in body:
        if block.tag == "graphic":
            continue
        text = block_text(block)
        if block.tag != "p" or len(labels) > _MOST_LABELS:
            return
        if (
            len(text) > _LABEL_CHARACTERS
            or text.endswith(_ENDS_OF_PROSE)
            or next(block.iter("lb"), None) is not None
        ):
            if len(text) > _PARAGRAPH_CHARACTERS:
                break
            return
        labels.append(block)
    else:
        return
    for label in labels:
        remove_block(label)


def _is_placeholder(text: str) -> bool:
    return len(text) <= _PLACEHOLDER_CHARACTERS and PLACEHOLDER.search(text) is not None


def _is_credit(block: _Element, text: str) -> bool:
    return block.tag == "p" and len(text) <= _CREDIT_CHARACTERS and bool(CREDIT.match(text))


def _is_below_image(block: _Element) -> bool:
    before = block.getprevious()
    return before is not None and before.tag == "graphic"


def _is_caption(block: _Element, text: str) -> bool:
    # What is set in bold below an image is a heading.
    return (
        block.tag == "p"
        and 0 < len(text) <= _CAPTION_CHARACTERS
        and not text.endswith(_ENDS_OF_PROSE)
        and block.find(".//hi[@rend='#b']") is None
    )
