"""Renders running text as Markdown that CommonMark, GFM and kramdown read alike."""

from __future__ import annotations

import re
import string
import unicodedata
from dataclasses import dataclass
from enum import Flag
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from lxml.etree import iterwalk

from crawler.sanitize import code_text, http_url, markdown_text, plain_text, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element
    from lxml.html import HtmlElement


_MARK: Final = re.compile(r"[\[(]?\s*([0-9]{1,3}|[A-Za-z]|[*\u2020\u2021\u00a7])\s*[\])]?")
_MOST_TEXTS: Final = 10


def is_within_page(ref: _Element, base_url: str) -> bool:
    """Whether a link leads to another place of its own page."""
    place, hash_sign, _ = (ref.get("target") or "").strip().partition("#")
    return bool(hash_sign) and place in {"", base_url.partition("#")[0]}


def note_text(ref: _Element) -> str | None:
    """Return what is shown in place of a link within the page; None: what it holds.

    That is "[1]" for the mark of a note, and nothing for an arrow, the way back from one.
    """
    if next(ref.iter("graphic"), None) is not None:
        return None
    text = "".join(islice(ref.itertext(), _MOST_TEXTS)).strip()
    if (mark := _MARK.fullmatch(text)) is not None:
        return f"[{mark[1]}]"
    return None if any(character.isalnum() for character in text) else ""


_CAPTION_CHARACTERS: Final = 500
_MOST_CAPTIONS: Final = 200
_MOST_CAPTION_TEXTS: Final = 200  # pieces of text of one caption
_PLAIN: Final = frozenset(".,;:?-")
# In a title, only character references mean the same to CommonMark and kramdown.
_REFERENCES: Final = {
    ord(mark): f"&#{ord(mark)};" for mark in string.punctuation if mark not in _PLAIN
}
# What stands where an image is to be loaded later, or only counts readers.
_EMPTY_NAMES: Final = (
    r"(?:[0-9]{1,2}x[0-9]{1,2}|b(?:g|lank)|clear|dummy|empty|gr[ae]y|lazy(?:load)?|load(?:ing|er)"
    r"|pixel|place-?holder|spacer|spinner|trans(?:parent)?)"
)
_PLACEHOLDER: Final = re.compile(
    rf"{_EMPTY_NAMES}(?:[-_.]?(?:{_EMPTY_NAMES}|gif|ima?ge?|[0-9]+(?:x[0-9]+)?|white))*"
    r"\.(?:gif|png|svg|jpe?g|webp)"
)


def render_picture(graphic: _Element, base_url: str) -> str | None:
    """Render a `graphic`; None: it has no URL that may be used, or is a placeholder."""
    url = http_url(graphic.get("src") or "", base_url)
    if url is None or is_placeholder(url):
        return None
    alt = markdown_text((graphic.get("alt") or "").strip())
    caption = plain_text(graphic.get("title") or "", limit=_CAPTION_CHARACTERS)
    title = f' "{caption.translate(_REFERENCES)}"' if caption else ""
    return f"![{alt}]({url}{title})"


def is_placeholder(url: str) -> bool:
    """Whether the file is called what lazy loading and counters call what shows nothing."""
    name = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    return _PLACEHOLDER.fullmatch(name.lower()) is not None


def keep_captions(tree: HtmlElement) -> None:
    """Make the caption of a figure the title of its one image, in place of what pages put there.

    Figures lose their captions when the article is extracted, or they would join the prose.
    """
    for image in tree.iter("img"):
        image.attrib.pop("title", None)
    for caption in islice(tree.iter("figcaption"), _MOST_CAPTIONS):
        figure = next(caption.iterancestors("figure"), None)
        images = [] if figure is None else list(islice(figure.iter("img"), 2))
        text = " ".join("".join(islice(_caption_texts(caption), _MOST_CAPTION_TEXTS)).split())
        if len(images) == 1 and text and text != (images[0].get("alt") or "").strip():
            images[0].set("title", text[: 2 * _CAPTION_CHARACTERS])


def _caption_texts(element: HtmlElement) -> Iterator[str]:
    for text in element.itertext():
        yield str(text)


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


# CommonMark has a backslash for this, kramdown two; both have two spaces.
_HARD_BREAK: Final = "  \n"
_MARKS: Final = ((Style.EMPHASIS, "*"), (Style.STRONG, "**"), (Style.DELETED, "~~"))
# What an engine reads before it reads code, so that a span would end elsewhere: a pipe (kramdown's
# tables), a strikethrough's end (kramdown), and an e-mail address (Hugo's links, which take the
# backtick and the word before it for a part of the name).
_NOT_IN_CODE_SPANS: Final = re.compile(r"[`|]|~~|@[\w-]+\.")
# With the bracket that a link begins with, this would be kramdown's definition of one.
_NOT_IN_LINKED_CODE: Final = re.compile(r"\]:")


def render_paragraphs(lines: Sequence[Sequence[Run]]) -> list[str]:
    """Render lines as paragraphs: one break is a hard break, an empty line ends a paragraph."""
    paragraphs: list[str] = []
    for has_text, group in groupby((render_line(line) for line in lines), bool):
        if has_text:
            paragraphs.append(_HARD_BREAK.join(group))
    return paragraphs


def render_one_line(lines: Sequence[Sequence[Run]]) -> str:
    """Render lines for a place that can hold but one: a heading or a table cell."""
    return " ".join(filter(None, (render_line(line) for line in lines)))


def render_line(line: Sequence[Run]) -> str:
    """Render the runs of one line."""
    parts: list[str] = []
    position = 0
    for link, group in groupby(line, lambda run: run.link if run.image is None else None):
        runs = list(group)
        end = position + len(runs)
        following = line[end].text[:1] or "!" if end < len(line) else ""
        if link is None:
            parts.extend(_render_runs(runs, _last_character(parts), following))
        else:
            parts.extend(_render_link(runs, link))
        position = end
    return "".join(parts)


def _last_character(parts: Sequence[str]) -> str:
    return parts[-1][-1:] if parts else ""


def _render_link(runs: list[Run], link: str) -> list[str]:
    before = [" "] if runs[0].text == " " else []
    after = [" "] if runs[-1].text == " " and len(runs) > 1 else []
    inner = runs[len(before) : len(runs) - len(after)]
    if not inner:
        return before
    text = "".join(_render_runs(inner, "[", "]"))
    # Hugo takes "[x]" at the start of a list's item for a box that is ticked, links to X with it.
    text = f"&#{ord(text)};" if text in {"x", "X"} else text
    return [*before, f"[{text}]({link})", *after]


def _render_runs(runs: Sequence[Run], preceding: str, following: str) -> list[str]:
    parts: list[str] = []
    for index, run in enumerate(runs):
        before = _last_character(parts) or preceding
        is_last = index + 1 == len(runs)
        after = following if is_last else (runs[index + 1].text[:1] or "!")
        parts.append(run.image if run.image is not None else _render_run(run, before, after))
    return parts


def _render_run(run: Run, before: str, after: str) -> str:
    if run.text == " ":
        return run.text
    marks = [mark for style, mark in _MARKS if style in run.style]
    if Style.CODE in run.style and not _ends_early_as_code(run):
        text = f"`{code_text(run.text)}`"
        is_word_at_start = is_word_at_end = False
    else:
        text = markdown_text(run.text)
        is_word_at_start, is_word_at_end = run.text[0].isalnum(), run.text[-1].isalnum()
    # Delimiters count only between a word and what is not one (CommonMark 6.2, "flanking");
    # where they would not, the text goes without.
    opens = before not in ("*", "~") and (is_word_at_start or _is_boundary(before))
    closes = is_word_at_end or _is_boundary(after)
    if marks and opens and closes:
        return "".join(reversed(marks)) + text + "".join(marks)
    return text


def _ends_early_as_code(run: Run) -> bool:
    if run.link and _NOT_IN_LINKED_CODE.search(run.text):
        return True
    return _NOT_IN_CODE_SPANS.search(run.text) is not None


def _is_boundary(character: str) -> bool:
    """Whether this is white space, punctuation, or the start or end of the line ("")."""
    if not character or character.isspace() or character in string.punctuation:
        return True
    return unicodedata.category(character).startswith("P")
