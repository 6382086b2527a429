"""Makes paragraphs of running text that stands bare between blocks, in place."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml.etree import strip_tags

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CONTAINERS: Final = ("article", "body", "center", "div", "main", "section")
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "i", "ins"}
    | {"kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time"}
    | {"tt", "u", "var", "wbr", "font", "label"}
)
_MOST_CONTAINERS: Final = 5_000
_LEAST_CHARACTERS: Final = 40  # of a run of text; a shorter one is a label or a caption


def make_paragraphs(tree: HtmlElement) -> None:
    """Put the runs of text and phrasing elements between blocks into paragraphs of their own.

    Two breaks in a row end a paragraph, and so do blocks and images; a container of phrasing
    content alone is left as it is, unless breaks divide it.
    """
    strip_tags(tree, "font", "center")
    for container in list(islice(tree.iter(*_CONTAINERS), _MOST_CONTAINERS)):
        if _needs_paragraphs(container):
            _divide(container)


def _needs_paragraphs(container: HtmlElement) -> bool:
    """Whether bare text stands beside blocks or images."""
    has_block = any(
        (child.tag not in _INLINE and child.tag != "br")
        or (child.tag == "a" and next(child.iter("img"), None) is not None)
        for child in container
    )
    texts = (container.text, *(child.tail for child in container))
    return has_block and any(text and len(text.strip()) >= _LEAST_CHARACTERS for text in texts)


def _divide(container: HtmlElement) -> None:
    parts: list[HtmlElement] = []
    run = _new_run(container, container.text)
    children = list(container)
    for child in children:
        container.remove(child)  # with the text behind it
        if (
            child.tag == "br"
            and len(run)
            and run[-1].tag == "br"
            and not (run[-1].tail or "").strip()
        ):
            parts.extend(_ended(run))
            run = _new_run(container, child.tail)
        elif child.tag == "br" or (child.tag in _INLINE and next(child.iter("img"), None) is None):
            run.append(child)
        else:
            parts.extend(_ended(run))
            run = _new_run(container, child.tail)
            child.tail = None
            parts.append(child)
    parts.extend(_ended(run))
    container.text = None
    container.extend(parts)


def _new_run(container: HtmlElement, text: str | None) -> HtmlElement:
    run: HtmlElement = container.makeelement("p")
    run.text = text
    return run


def _ended(run: HtmlElement) -> list[HtmlElement]:
    """A run without the breaks at its end; a short one is no paragraph, an empty one is nothing."""
    while len(run) and run[-1].tag == "br" and not (run[-1].tail or "").strip():
        run.remove(run[-1])
    size = sum(len(text.strip()) for text in run.itertext())
    if size < _LEAST_CHARACTERS:
        run.tag = "span"
    return [run] if size or len(run) else []
