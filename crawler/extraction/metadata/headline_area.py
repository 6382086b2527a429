"""What readers see around a headline: the pieces of text where date and names stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree

from crawler.extraction.metadata.element_text import element_text
from crawler.extraction.metadata.site_heading import is_site_heading
from crawler.extraction.metadata.topics import letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

_MAX_HEADINGS: Final = 40
_UNNAMED: Final = ("p", "div", "span", "td", "strong", "b", "font", "h4", "dt", "li")
_MAX_UNNAMED: Final = 2_000
_MAX_LEVELS: Final = 12  # up from the headline; what stands above the article is of the site
_LEVELS_BEFORE: Final = 2
_SIBLINGS_BEFORE: Final = 4
_MAX_EVENTS: Final = 1_500
_MAX_PIECES: Final = 80
_MAX_CHARACTERS: Final = 1_500
_MAX_PIECE: Final = 400
_MAX_NAMES: Final = 500  # characters of an id and classes
_WHOLE: Final = frozenset({"body", "main", "article"})
_SKIPPED: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "nav", "form", "button", "select", "iframe"}
    | {"figure", "aside", "footer", "video", "audio"}
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and the element that it stands in."""

    text: str
    element: HtmlElement


@dataclass(frozen=True, slots=True)
class HeadlineArea:
    """The pieces behind and before the headline, and the datetimes of their `<time>` elements."""

    after: Sequence[Piece]
    before: Sequence[Piece]
    times: Sequence[str]


def headline_area(tree: HtmlElement, titles: Iterable[str]) -> HeadlineArea:
    """The surroundings of the headline that reads like one of the titles, or of the first h1.

    Without any heading, of the first element of another kind that reads like one of the titles.
    Reads about 1,500 characters and 1,500 elements; empty where there is no headline.
    """
    wanted = {key for title in titles if (key := letters(title))}
    headline = _heading(tree, wanted)
    if headline is None:
        headline = _by_another_name(tree, wanted)
    if headline is None:
        return HeadlineArea((), (), ())
    times: list[str] = []
    after = _bounded(_pieces(_following(headline), times))
    before = _bounded(_pieces(_preceding(headline), times))
    return HeadlineArea(after, before, times)


def _heading(tree: HtmlElement, wanted: set[str]) -> HtmlElement | None:
    first: HtmlElement | None = None
    for level in ("h1", "h2", "h3"):
        for heading, _ in zip(tree.iter(level), range(_MAX_HEADINGS), strict=False):
            if letters(element_text(heading)) in wanted:
                return heading
            if level == "h1" and first is None and not is_site_heading(heading):
                first = heading
    return first


def _by_another_name(tree: HtmlElement, wanted: set[str]) -> HtmlElement | None:
    for element, _ in zip(tree.iter(*_UNNAMED), range(_MAX_UNNAMED), strict=False):
        text = element.text
        if text and len(text) <= _MAX_PIECE and letters(text) in wanted:
            return element
    return None


def _following(headline: HtmlElement) -> Iterator[HtmlElement]:
    element: HtmlElement | None = headline
    for _ in range(_MAX_LEVELS):
        if element is None or element.tag == "body":
            return
        yield from element.itersiblings()
        element = element.getparent()


def _preceding(headline: HtmlElement) -> Iterator[HtmlElement]:
    element: HtmlElement | None = headline
    for _ in range(_LEVELS_BEFORE):
        if element is None or element.tag in _WHOLE:  # what stands before is the site's masthead
            return
        siblings = element.itersiblings(preceding=True)
        yield from (sibling for sibling, _ in zip(siblings, range(_SIBLINGS_BEFORE), strict=False))
        element = element.getparent()


def _pieces(elements: Iterator[HtmlElement], times: list[str]) -> Iterator[Piece]:
    events = 0
    for root in elements:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            events += 1
            if events > _MAX_EVENTS:
                return
            if event == "start" and (element.tag in _SKIPPED or _is_of_comments(element)):
                walk.skip_subtree()
            elif event == "start":
                if element.tag == "time" and (value := element.get("datetime")):
                    times.append(value)
                yield Piece(element.text or "", element)
            elif element is not root and (parent := element.getparent()) is not None:
                yield Piece(element.tail or "", parent)


def _is_of_comments(element: HtmlElement) -> bool:
    """Whether an element is called comments: others than the author write there, and later."""
    names = f"{element.get('id') or ''} {element.get('class') or ''}"[:_MAX_NAMES].lower()
    return any(name.startswith("comment") for name in names.split())


def _bounded(pieces: Iterator[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    size = 0
    for piece in pieces:
        text = " ".join(piece.text[:_MAX_PIECE].split())
        if text:
            kept.append(Piece(text, piece.element))
            size += len(text)
        if size >= _MAX_CHARACTERS or len(kept) >= _MAX_PIECES:
            break
    return kept
