"""What a reader sees of a page that has little text: its lines, its buttons, its consent banner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml.etree import iterwalk

from crawler.extraction.classify.phrases import bare, folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from crawler.extraction.classify.phrases import Phrases

_MAX_CHARACTERS: Final = 30_000
_ELEMENT_COSTS: Final = 4  # of these
_LABEL_PIECES: Final = 10
_LABEL_CHARACTERS: Final = 80
_PROSE_CHARACTERS: Final = 40  # a shorter line is a label, a teaser's kicker, a date
_UNSEEN: Final = frozenset(
    {"script", "style", "template", "noscript", "svg", "select", "head", "iframe", "object"}
    | {"nav", "footer"}  # these are seen, but never what a page is about
)
_BOXES: Final = frozenset({"div", "section", "aside", "dialog", "form", "header"})
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "time", "u", "wbr"}
)
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")
# Names that consent managers, and those who write their own, give to their boxes.
_CONSENT_BOXES: Final = (
    *("cookie", "consent", "gdpr", "onetrust", "didomi", "qc-cmp", "truste", "usercentrics"),
    *("cybot", "sp_message", "iubenda", "osano", "klaro", "tarteaucitron", "axeptio", "rodo"),
    *("cmp-", "cmp_", "privacy-banner", "privacy-notice", "privacy-popup", "privacy-gate"),
    *("privacy-wall", "privacy-modal", "privacy-overlay"),
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    Attributes:
        text: folded.
        linked: how many of its characters are links or buttons.
        is_consent: whether a consent banner has it.
        element: in which, or before whose next sibling, its last piece is.
    """

    text: str
    linked: int
    is_consent: bool
    element: HtmlElement | None

    @property
    def is_prose(self) -> bool:
        """Whether it is long enough for a sentence, and no link as a whole."""
        weight = len(self.text) + len(_UNSPACED.findall(self.text))
        return weight >= _PROSE_CHARACTERS and self.linked < 0.6 * len(self.text)


@dataclass(frozen=True)
class Screen:
    """What is seen, outside of navigation and footer.

    Attributes:
        lines: of text, in order.
        labels: of buttons and links, folded and without punctuation at their ends.
    """

    lines: tuple[Line, ...]
    labels: frozenset[str]

    @cached_property
    def text(self) -> str:
        """All lines outside of consent banners."""
        return "\n".join(line.text for line in self.lines if not line.is_consent)

    @cached_property
    def consent_text(self) -> str:
        """All lines of consent banners."""
        return "\n".join(line.text for line in self.lines if line.is_consent)

    @cached_property
    def prose(self) -> tuple[Line, ...]:
        """The lines outside of consent banners that may be sentences."""
        return tuple(line for line in self.lines if line.is_prose and not line.is_consent)

    @property
    def prose_characters(self) -> int:
        """How much there is to read."""
        return sum(len(line.text) for line in self.prose)

    def has_button(self, labels: Phrases) -> str | None:
        """The first label that is one of these."""
        return labels.equal_to(sorted(self.labels))


def read_screen(tree: HtmlElement) -> Screen:
    """Read what is seen of a page, up to bounds; changes nothing."""
    reader = _Reader()
    body = tree.find("body")
    if body is not None:
        reader.read(body)
    return Screen(tuple(reader.lines), frozenset(reader.labels))


class _Reader:
    """The walk: pieces of text until a block ends, then a line."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.labels: set[str] = set()
        self._pieces: list[str] = []
        self._linked = 0
        self._links = 0  # how many open elements are links or buttons
        self._banners = 0  # the same for consent banners
        self._room = _MAX_CHARACTERS
        self._last: HtmlElement | None = None  # the element beside which text was last

    def read(self, body: HtmlElement) -> None:
        walker = iterwalk(body, events=("start", "end"))
        # What each open element is: a block, a link or button, a banner; None: it is not seen.
        opened: list[tuple[bool, bool, bool] | None] = []
        for event, element in walker:
            if event == "start":
                if element.tag in _UNSEEN or _is_hidden(element):
                    opened.append(None)
                    walker.skip_subtree()
                    continue
                if self._room <= 0:
                    break
                opened.append(self._enter(element))
                self._add(element.text, element)
                continue
            if (left := opened.pop()) is not None:
                is_block, is_control, is_banner = left
                if is_block:
                    self._end_line()
                self._links -= is_control
                self._banners -= is_banner
            if opened:
                self._add(element.tail, element)
        self._end_line()

    def _enter(self, element: HtmlElement) -> tuple[bool, bool, bool]:
        self._room -= _ELEMENT_COSTS
        is_block = element.tag not in _INLINE
        if is_block:
            self._end_line()
        is_control, is_banner = _is_control(element), _is_banner(element)
        if is_control and not self._links:  # one in another would be read twice
            self._add_label(element)
        self._links += is_control
        self._banners += is_banner
        return is_block, is_control, is_banner

    def _add_label(self, element: HtmlElement) -> None:
        pieces = islice(element.itertext(), _LABEL_PIECES)
        label = element.get("value") or "".join(pieces) or element.get("aria-label") or ""
        if len(label) <= 4 * _LABEL_CHARACTERS:
            text = bare(folded(label))
            if 0 < len(text) <= _LABEL_CHARACTERS:
                self.labels.add(text)

    def _add(self, text: str | None, element: HtmlElement) -> None:
        if text and not text.isspace():
            text = text[: max(self._room, 0)]
            self._room -= len(text)
            self._pieces.append(text)
            self._linked += len(text) if self._links else 0
            self._last = element

    def _end_line(self) -> None:
        if not self._pieces:
            return
        if text := folded(" ".join(self._pieces)):
            self.lines.append(Line(text, self._linked, self._banners > 0, self._last))
        self._pieces.clear()
        self._linked = 0


def _is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None and element.tag != "body"


def _is_control(element: HtmlElement) -> bool:
    if element.tag == "input":
        return element.get("type", "").lower() in {"submit", "button"}
    return element.tag in {"a", "button"} or element.get("role") == "button"


def _is_banner(element: HtmlElement) -> bool:
    if element.tag not in _BOXES:
        return False
    names = f"{element.get('id', '')} {element.get('class', '')}".lower()
    return any(name in names for name in _CONSENT_BOXES)


def joined(lines: Iterable[Line]) -> str:
    """The texts of some lines, one below the other."""
    return "\n".join(line.text for line in lines)
