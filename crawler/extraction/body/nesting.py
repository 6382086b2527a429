"""Bounds how deep a page nests what extraction follows by recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml.etree import iterwalk

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_NESTING: Final = 50
# Phrasing, lists and quotations; boxes such as div are walked without recursion.
_RECURSIVE: Final = frozenset(
    {"a", "b", "blockquote", "code", "del", "dl", "em", "i", "kbd", "li", "ol", "p", "pre", "q"}
    | {"s", "samp", "span", "strike", "strong", "sub", "sup", "tt", "u", "ul", "var"}
)


def limit_nesting(tree: HtmlElement) -> None:
    """Dissolve, in place, phrasing and list elements more than 50 deep; their text stays.

    Pages that forget to close their tags nest by hundreds, and would be lost to Python's
    recursion limit.
    """
    depth = 0
    too_deep: list[HtmlElement] = []
    for event, element in iterwalk(tree, events=("start", "end")):
        if element.tag not in _RECURSIVE:
            continue
        if event == "start":
            depth += 1
            if depth > _MAX_NESTING:
                too_deep.append(element)
        else:
            depth -= 1
    # From the inside out: each is dissolved into a parent that is still there.
    for element in reversed(too_deep):
        element.drop_tag()
