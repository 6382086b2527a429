"""Running text as a flat sequence of runs: what stands between an element tree and Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag
from itertools import groupby
from typing import TYPE_CHECKING, Final

from lxml.etree import iterwalk

from crawler.extraction.markdown.notes import is_within_page, note_text
from crawler.extraction.markdown.pictures import render_picture
from crawler.inert import http_url, shown_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACE = re.compile(r"\s+")
_BLOCKS: Final = frozenset({"p", "head", "list", "item", "quote", "table", "row", "cell", "div"})


class Style(Flag):
    """How a stretch of text is set off; trafilatura's `hi`, `del` and `code`."""

    PLAIN = 0
    STRONG = 1
    EMPHASIS = 2
    DELETED = 4
    CODE = 8


_RENDITIONS: Final = {"#b": Style.STRONG, "#i": Style.EMPHASIS, "#t": Style.CODE}
_TAGS: Final = {"del": Style.DELETED, "code": Style.CODE}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one style and one link target.

    Attributes:
        text: as the page has it, white space collapsed; "" for an image and for a line break.
        style: the style of the whole stretch.
        link: absolute URL, or None.
        image: a whole Markdown image, or None.
        is_break: whether the line ends here.
    """

    text: str = ""
    style: Style = Style.PLAIN
    link: str | None = None
    image: str | None = None
    is_break: bool = False


class RunCollector:
    """Gathers the runs of one block.

    Nested styles become one run that has them all, so that nesting costs nothing, however deep.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._runs: list[Run] = []

    def add_text(
        self, text: str | None, style: Style = Style.PLAIN, link: str | None = None
    ) -> None:
        """Append what is shown of a text."""
        if text and (shown := shown_text(text)):
            self._runs.append(Run(shown, style, link))

    def add_element(self, element: _Element) -> None:
        """Append an element with all that it holds, but not its tail."""
        context: list[tuple[Style, str | None]] = [(Style.PLAIN, None)]
        walk = iterwalk(element, events=("start", "end"))
        for event, node in walk:
            if node.tag in _BLOCKS:
                # A block inside running text at least does not stick to its neighbours.
                self.add_text(" ")
            if event == "start":
                context.append(self._enter(node, *context[-1]))
                text = self._note(node)
                if text is not None:
                    walk.skip_subtree()
                self.add_text(node.text if text is None else text, *context[-1])
            else:
                context.pop()
                if node is not element:
                    self.add_text(node.tail, *context[-1])

    def _enter(self, node: _Element, style: Style, link: str | None) -> tuple[Style, str | None]:
        if node.tag == "lb":
            self._runs.append(Run(is_break=True))
        elif node.tag == "graphic":
            if (image := render_picture(node, self._base_url)) is not None:
                self._runs.append(Run(image=image))
        elif node.tag == "hi":
            style |= _RENDITIONS.get(node.get("rend") or "", Style.PLAIN)
        elif node.tag == "ref" and link is None and not is_within_page(node, self._base_url):
            link = http_url(node.get("target") or "", self._base_url)
        else:
            style |= _TAGS.get(str(node.tag), Style.PLAIN)
        return style, link

    def _note(self, node: _Element) -> str | None:
        if node.tag == "ref" and is_within_page(node, self._base_url):
            return note_text(node)
        return None

    def lines(self) -> list[list[Run]]:
        """The runs line by line; an empty line where the page has several breaks in a row.

        Neighbours of one style and target are one run; no white space stands at the ends of a
        line, twice in a row, or at the ends of a run that is styled.
        """
        lines: list[list[Run]] = [[]]
        for (is_break, image, style, link), group in groupby(
            self._runs, lambda run: (run.is_break, run.image, run.style, run.link)
        ):
            if is_break:
                lines.extend([] for _ in group)
            elif image is not None:
                lines[-1].extend(group)
            else:
                _append_text(lines[-1], "".join(run.text for run in group), style, link)
        for line in lines:
            if line and line[-1].text == " ":
                line.pop()
        return lines


def _append_text(line: list[Run], text: str, style: Style, link: str | None) -> None:
    core = _SPACE.sub(" ", text)
    is_after_space = not line or line[-1].text == " "
    if core.startswith(" ") and not is_after_space:
        line.append(Run(" ", link=link))
    stripped = core.strip(" ")
    if stripped:
        line.append(Run(stripped, style, link))
        if core.endswith(" "):
            line.append(Run(" ", link=link))
