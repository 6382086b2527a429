"""Renders a block of code as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.inert import code_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_TILDES = re.compile("~{3,}")


def render_code_block(element: _Element) -> str:
    """Render a `code` element as a fenced block; "" if it is blank.

    The fence is of tildes, which plain kramdown knows too, and longer than any in the code.
    """
    parts = [element.text or ""]
    for node in element.iterdescendants():
        if node.tag == "lb":
            parts.append("\n")
        parts.extend(filter(None, (node.text, node.tail)))
    lines = [line.rstrip() for line in code_text("".join(parts)).split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return ""
    code = "\n".join(lines)
    fence = "~" * (1 + max((len(run) for run in _TILDES.findall(code)), default=2))
    return f"{fence}\n{code}\n{fence}"
