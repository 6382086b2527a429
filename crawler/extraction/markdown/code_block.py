"""Renders a block of code as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml.etree import iterwalk

from crawler.inert import code_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_TILDES: Final = re.compile("~{3,}")


def render_code_block(element: _Element) -> str:
    """Render a `code` element as a fenced block; "" if it is blank.

    The fence is of tildes, which plain kramdown knows too, and longer than any in the code.
    """
    lines = [line.rstrip() for line in code_text("".join(_texts(element))).split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return ""
    code = "\n".join(lines)
    fence = "~" * (1 + max((len(run) for run in _TILDES.findall(code)), default=2))
    return f"{fence}\n{code}\n{fence}"


def _texts(element: _Element) -> Iterator[str]:
    for event, node in iterwalk(element, events=("start", "end")):
        if event == "start":
            yield "\n" if node.tag == "lb" else node.text or ""
        elif node is not element:
            yield node.tail or ""
