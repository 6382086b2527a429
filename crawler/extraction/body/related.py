"""Takes links to other articles out of an extracted body: lists, teasers and "Read more" lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.extraction.body.blocks import block_text, linked_share, remove_block
from crawler.extraction.body.phrases import PURE_LABEL, RELATED_LABEL, RELATED_START

if TYPE_CHECKING:
    from lxml.etree import _Element

_ALL_LINKS: Final = 0.8
_MOSTLY_LINKS: Final = 0.6  # of a list whose items have labels ("Town hall: …")
_SOME_LINKS: Final = 0.4  # of a line that begins with "Read more"
# Names and terms that an article lists as links are shorter than headlines.
_HEADLINE_CHARACTERS: Final = 20
# Between the titles of teasers stands at most a line or two; under those of a list of products
# stands what is said of them.
_TEASER_CHARACTERS: Final = 250
_LABEL_CHARACTERS: Final = 60
_LABEL_ENDS: Final = (":", "\uff1a", "|", "»", ">", "\u203a")  # also full-width, and as an arrow
_PROMOTION_LABEL_CHARACTERS: Final = 30


def drop_related(body: _Element) -> None:
    """Remove links to other articles with the labels before them, in place."""
    related = _teasers(body)
    related |= {block for block in body if _is_related(block)}
    related |= {block for block in body if _is_pure_label(block)}
    for block in body:
        for inner in block.iter("list"):
            if inner is not block and _is_link_list(inner):
                related.add(inner)
    for block in list(related):
        before = block.getprevious()
        while before is not None and before not in related and _announces(before):
            related.add(before)
            before = before.getprevious()
    for block in related:
        remove_block(block)


def _is_related(block: _Element) -> bool:
    if block.find(".//graphic") is not None:
        return False
    if block.tag == "list":
        return _is_link_list(block)
    if block.tag != "p":
        return False
    return _is_promotion(block) or (
        linked_share(block) > _SOME_LINKS
        and RELATED_START.match(block_text(block)) is not None
        and _ends_with_link(block)
    )


def _ends_with_link(block: _Element) -> bool:
    links = [block_text(link) for link in block.iter("ref")]
    text = block_text(block).rstrip(" .|]>»")
    return bool(links) and bool(links[-1]) and text.endswith(links[-1].rstrip(" .|]>»"))


def _is_link_list(block: _Element) -> bool:
    items = [item for item in block if item.tag == "item" and block_text(item)]
    if not items or linked_share(block) < _MOSTLY_LINKS:
        return False
    links = [item.find(".//ref") for item in items]
    if any(link is None for link in links):
        return False
    return sum(len(block_text(item)) for item in items) >= _HEADLINE_CHARACTERS * len(items)


def _is_promotion(block: _Element) -> bool:
    """Whether a paragraph is nothing but one link with a label ("Read more:") or in capitals."""
    links = list(block.iter("ref"))
    if len(links) != 1:
        return False
    text, linked = block_text(block), block_text(links[0])
    if not linked:
        return False
    label, _, rest = text.partition(linked)
    if rest.strip(" .|]["):
        return False
    label = label.strip()
    return (not label and linked.isupper()) or (
        0 < len(label) <= _PROMOTION_LABEL_CHARACTERS and label.endswith(_LABEL_ENDS)
    )


def _announces(block: _Element) -> bool:
    """Whether a block is a heading or label for the links that follow it."""
    if block.tag == "head":
        return True
    text = block_text(block)
    return (
        block.tag == "p"
        and len(text) <= _LABEL_CHARACTERS
        and (text.endswith(_LABEL_ENDS) or RELATED_LABEL.fullmatch(text) is not None)
    )


def _is_pure_label(block: _Element) -> bool:
    """Whether a block announces links that the extraction has dropped already."""
    text = block_text(block)
    return (
        block.tag in ("head", "p")
        and len(text) <= _LABEL_CHARACTERS
        and PURE_LABEL.fullmatch(text) is not None
    )


def _teasers(body: _Element) -> set[_Element]:
    """Headings that are links, of which several follow one another, with what is between them."""
    related: set[_Element] = set()
    run: list[_Element] = []
    last: _Element | None = None
    characters = 0
    for block in body:
        if block.tag == "head" and linked_share(block) > _ALL_LINKS:
            if last is not None and characters <= _TEASER_CHARACTERS:
                related.update((last, *run, block))
            last, run, characters = block, [], 0
        elif last is not None:
            run.append(block)
            characters += len(block_text(block))
    return related
