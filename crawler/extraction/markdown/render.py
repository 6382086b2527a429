"""Renders an extracted body as Markdown that CommonMark, GFM and kramdown read alike."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from lxml.etree import iterwalk

from crawler.extraction.markdown.inline import (
    Run,
    RunCollector,
    Style,
    render_one_line,
    render_paragraphs,
)
from crawler.sanitize import code_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element


# A cell with more text than this lays out a page and is no part of a table.
_CELL_CHARACTERS = 500


def table_rows(table: _Element) -> list[list[_Element]]:
    """The cells of a table row by row; empty if it is not tabular but only lays out text."""
    rows = [[cell for cell in row if cell.tag == "cell"] for row in table if row.tag == "row"]
    rows = [row for row in rows if row]
    cells = [cell for row in rows for cell in row]
    is_tabular = (
        len(rows) > 1
        and all(row.tag == "row" for row in table)
        and max(len(row) for row in rows) > 1
        and all(_length(cell) <= _CELL_CHARACTERS for cell in cells)
        and next(table.iterdescendants("table"), None) is None
    )
    return rows if is_tabular else []


def _length(cell: _Element) -> int:
    return sum(len(text) for text in cell.itertext())


def render_table(rows: Sequence[Sequence[str]]) -> str:
    """Render rows of one-line Markdown cells; the first row is the head, as GFM demands one."""
    if not any(cell for row in rows for cell in row):
        return ""
    width = max(len(row) for row in rows)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in padded]
    lines.insert(1, f"|{' --- |' * width}")
    return "\n".join(lines)


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


# Beyond this depth blocks are read as running text. Real articles need three or four.
_MAX_DEPTH: Final = 12
_TOP_LEVEL: Final = 2  # level 1 is the title, which is not part of the body
_LOWEST_LEVEL: Final = 6
_BLOCKS: Final = frozenset({"p", "head", "list", "item", "quote", "table", "row", "cell", "div"})
_MOST_IN_TIGHT_ITEM: Final = 2
_LIST_LINE: Final = re.compile(r"^\s*(?:[*+:-]|[0-9]+\.|_[ \t]*_[ \t]*_)", re.MULTILINE)
# What a page has between its blocks is a figure, and a paragraph of its own.
_AROUND_PICTURES: Final = frozenset({"body", "div", "quote"})


@dataclass(frozen=True, slots=True)
class _Block:
    """A rendered block: its text, or the texts of its items if it is a list."""

    text: str = ""
    items: list[list[_Block]] = field(default_factory=list)
    is_ordered: bool = False
    start: int = 1


def to_markdown(body: _Element, base_url: str) -> str:
    """Render a body in trafilatura's vocabulary as Markdown.

    Blocks stand one empty line apart; the text ends without a line end. Its headings start at
    level 2. All text is escaped (`crawler.sanitize`), and links and images are absolute http or
    https URLs; a link that cannot be is its text alone.

    Args:
        body: the element that `extract_body` returns; it is not changed.
        base_url: what the page's relative URLs are resolved against.
    """
    levels = [_level(head) for head in body.iter("head")]
    renderer = _Renderer(base_url, _TOP_LEVEL - min(levels, default=_TOP_LEVEL))
    return "\n\n".join(_render(renderer.blocks(body, 0)))


def _level(head: _Element) -> int:
    rendition = head.get("rend") or ""
    return int(rendition[1]) if rendition in ("h1", "h2", "h3", "h4", "h5", "h6") else 3


class _Renderer:
    def __init__(self, base_url: str, level_shift: int) -> None:
        self._base_url = base_url
        self._level_shift = level_shift

    def blocks(self, container: _Element, depth: int) -> list[_Block]:
        """The blocks of a container, with its text and inline elements as paragraphs."""
        blocks: list[_Block] = []
        collector = RunCollector(self._base_url)
        collector.add_text(container.text)
        for child in container:
            if child.tag == "graphic" and container.tag in _AROUND_PICTURES:
                blocks.extend(_paragraphs(collector))
                collector = RunCollector(self._base_url)
                collector.add_element(child)
                blocks.extend(_paragraphs(collector))
                collector = RunCollector(self._base_url)
            elif _is_block(child, container) and depth < _MAX_DEPTH:
                blocks.extend(_paragraphs(collector))
                collector = RunCollector(self._base_url)
                for block in self._block(child, depth + 1):
                    _append(blocks, block)
            else:
                collector.add_element(child)
            collector.add_text(child.tail)
        blocks.extend(_paragraphs(collector))
        return blocks

    def _block(self, element: _Element, depth: int) -> list[_Block]:
        if element.tag == "head":
            return self._heading(element)
        if element.tag == "list":
            return self._list(element, depth)
        if element.tag == "quote":
            inner = "\n\n".join(_render(self.blocks(element, depth)))
            return [_Block(_prefixed(inner, "> ", "> "))] if inner else []
        if element.tag == "code":
            code = render_code_block(element)
            if code and _would_be_cut(element, code):
                code = _prefixed(code, "> ", "> ")
            return [_Block(code)] if code else []
        if element.tag == "table" and (rows := table_rows(element)):
            table = render_table([[self._cell(cell) for cell in row] for row in rows])
            return [_Block(table)] if table else []
        return self.blocks(element, depth)

    def _heading(self, head: _Element) -> list[_Block]:
        collector = RunCollector(self._base_url)
        collector.add_element(head)
        text = render_one_line(_in_heading(collector.lines()))
        level = min(_level(head) + self._level_shift, _LOWEST_LEVEL)
        return [_Block(f"{'#' * level} {text}")] if text else []

    def _cell(self, element: _Element) -> str:
        collector = RunCollector(self._base_url)
        collector.add_element(element)
        return render_one_line(collector.lines())

    def _list(self, element: _Element, depth: int) -> list[_Block]:
        items = [blocks for item in element if (blocks := self.blocks(item, depth))]
        start = int(element.get("start") or 1)
        is_ordered = element.get("rend") == "ol"
        return [_Block(items=items, is_ordered=is_ordered, start=start)] if items else []


def _is_block(element: _Element, container: _Element) -> bool:
    if element.tag != "code":
        return element.tag in _BLOCKS
    return container.tag == "body" or "\n" in (element.text or "").strip() or len(element) > 0


def _in_heading(lines: Sequence[Sequence[Run]]) -> list[list[Run]]:
    """Take strikethroughs out of headings with links or other styles: in these, Hugo crashes."""
    has_others = any(run.link or run.style & ~(Style.DELETED | Style.CODE) for run in chain(*lines))
    gone = Style.DELETED if has_others else Style.PLAIN
    return [[replace(run, style=run.style & ~gone) for run in line] for line in lines]


def _would_be_cut(element: _Element, code: str) -> bool:
    """Whether kramdown would part a code block at its lines that look like a list or its end.

    It does in a list, but not in a quote in a list.
    """
    around = next(element.iterancestors("item", "quote"), None)
    return around is not None and around.tag == "item" and _LIST_LINE.search(code) is not None


def _paragraphs(collector: RunCollector) -> Iterator[_Block]:
    return (_Block(text) for text in render_paragraphs(collector.lines()))


def _append(blocks: list[_Block], block: _Block) -> None:
    """Append a block; a list right after one of its kind continues it, as Markdown has it."""
    last = blocks[-1] if blocks else None
    if last and last.items and block.items and last.is_ordered == block.is_ordered:
        last.items.extend(block.items)
    else:
        blocks.append(block)


def _render(blocks: Sequence[_Block]) -> list[str]:
    return [_render_list(block) if block.items else block.text for block in blocks]


def _render_list(block: _Block) -> str:
    # A list is tight, without empty lines, if each item is one paragraph and perhaps a list; of two
    # lists in a row, kramdown would put the second one into the first.
    is_tight = all(
        len(item) == 1 or (len(item) == _MOST_IN_TIGHT_ITEM and item[0].text and item[1].items)
        for item in block.items
    )
    gap = "\n" if is_tight else "\n\n"
    lines = []
    for number, item in enumerate(block.items, block.start):
        marker = f"{number}. " if block.is_ordered else "- "
        lines.append(_prefixed(gap.join(_render(item)), marker, " " * len(marker)))
    return gap.join(lines)


def _prefixed(text: str, first: str, rest: str) -> str:
    """Put a prefix before each line; none of it stays at the end of an empty line."""
    lines = text.split("\n")
    prefixed = [first + lines[0], *(rest + line if line else rest.rstrip() for line in lines[1:])]
    return "\n".join(prefixed)
