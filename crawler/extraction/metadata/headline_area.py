"""What readers see around a headline: the pieces of text where date and names stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
_SHORTEST_PART: Final = 10  # letters of a heading that is found in a title
_MAX_LABEL: Final = 30
_MAX_NAMES: Final = 500  # characters of an id and classes
_WHOLE: Final = frozenset({"body", "main", "article"})
_SKIPPED: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "nav", "form", "button", "select", "iframe"}
    | {"figure", "aside", "footer", "video", "audio"}
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and the element that it stands in.

    Attributes:
        time: the datetime of a `<time>` element that begins here.
        label: what that one is called: its classes, and what stands before it.
    """

    text: str
    element: HtmlElement
    time: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class HeadlineArea:
    """The pieces of the headline, behind it and before it."""

    after: Sequence[Piece] = ()
    before: Sequence[Piece] = ()
    headline: Sequence[Piece] = ()


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
        return HeadlineArea()
    return HeadlineArea(
        after=_bounded(_pieces(_following(headline))),
        before=_bounded(_pieces(_preceding(headline))),
        headline=_bounded(_pieces(iter([headline]))),
    )


def _heading(tree: HtmlElement, wanted: set[str]) -> HtmlElement | None:
    first: HtmlElement | None = None
    part: HtmlElement | None = None
    for level in ("h1", "h2", "h3"):
        for heading, _ in zip(tree.iter(level), range(_MAX_HEADINGS), strict=False):
            key = letters(element_text(heading))
            if key in wanted:
                return heading
            if level != "h1" or is_site_heading(heading):
                continue
            if first is None:
                first = heading
            if part is None and any(_is_part(key, title) for title in wanted):
                part = heading
    return first if part is None else part


def _is_part(key: str, title: str) -> bool:
    """Whether one of two headings is most of the other: a title with the site's name around it."""
    shorter, longer = sorted((key, title), key=len)
    return len(shorter) >= _SHORTEST_PART and len(shorter) * 3 > len(longer) and shorter in longer


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


def _pieces(elements: Iterator[HtmlElement]) -> Iterator[Piece]:
    events = 0
    label = ""
    for root in elements:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            events += 1
            if events > _MAX_EVENTS:
                return
            if event == "start" and (element.tag in _SKIPPED or _is_of_comments(element)):
                walk.skip_subtree()
            elif event == "start":
                yield _piece(element, label)
                label = _label(element.text, label)
            elif element is not root and (parent := element.getparent()) is not None:
                label = _label(element.tail, label)
                yield Piece(element.tail or "", parent)


def _piece(element: HtmlElement, label: str) -> Piece:
    value = element.get("datetime") if element.tag == "time" else None
    if not value:
        return Piece(element.text or "", element)
    classes = (element.get("class") or "")[:_MAX_NAMES]
    if "publish" in classes.lower():  # "entry-date published updated" is that of both
        classes = ""
    own = element_text(element)[:_MAX_LABEL]
    return Piece(element.text or "", element, value[:_MAX_NAMES], f"{classes} {label} {own}")


def _label(text: str | None, before: str) -> str:
    """What a text says of the `<time>` behind it: its end, or what stood before if it is blank."""
    return (text or "").strip()[-_MAX_LABEL:] or before


def _is_of_comments(element: HtmlElement) -> bool:
    """Whether an element is called comments: others than the author write there, and later."""
    names = f"{element.get('id') or ''} {element.get('class') or ''}"[:_MAX_NAMES].lower()
    return any(name.startswith("comment") for name in names.split())


def _bounded(pieces: Iterator[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    size = 0
    for piece in pieces:
        text = " ".join(piece.text[:_MAX_PIECE].split())
        if text or piece.time:
            kept.append(replace(piece, text=text))
            size += len(text)
        if size >= _MAX_CHARACTERS or len(kept) >= _MAX_PIECES:
            break
    return kept
