"""A value out of a page: one line of plain text, bounded, with the part that it is from."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from lxml import etree

from crawler.sanitize import plain_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement


T = TypeVar("T")

JSON_LD = "json-ld"
OPEN_GRAPH = "open-graph"
TWITTER = "twitter"
META = "meta"
MICRODATA = "microdata"
LINK = "link"
HTML = "html"
BYLINE = "byline"
TIME = "time"
URL = "url"
TEXT = "text"
HTMLDATE = "htmldate"
RULE = "rule"


class Candidate(NamedTuple):
    """What one source says; `origin` is a key of `Article.origins`' values."""

    value: str
    origin: str


class Found(NamedTuple, Generic[T]):
    """The value chosen for a field and its origin, which is None where nothing was found."""

    value: T
    origin: str | None


def candidates(values: list[str], origin: str) -> list[Candidate]:
    """Each of the values as a candidate of one origin."""
    return [Candidate(value, origin) for value in values]


# What is read for one character that is kept: room for entities and tags around it.
_RAW_FACTOR = 8

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b[^<>]{0,500}>")
_VOID_TAGS = frozenset({"br", "hr", "img", "wbr"})


def field_text(value: str, limit: int) -> str | None:
    """One line of at most `limit` characters, or None where nothing is left.

    Entities are decoded once, and once more where the first pass left entities, which is what
    double encoding looks like. A tag goes only where the text closes it too, so that a headline
    about `<div>` keeps its subject.
    """
    raw = value[: limit * _RAW_FACTOR]
    if "&" in raw:
        raw = html.unescape(raw)
        if _ENTITY.search(raw):
            raw = html.unescape(raw)
    if "<" in raw:
        raw = _without_tags(raw)
    return plain_text(raw, limit=limit) or None


def _without_tags(text: str) -> str:
    closed = {tag[2].lower() for tag in _TAG.finditer(text) if tag[1]} | _VOID_TAGS
    return _TAG.sub(lambda tag: " " if tag[2].lower() in closed else tag[0], text)


_MAX_CHARACTERS = 2_000
_MAX_EVENTS = 1_000
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg"})
_BREAKING = frozenset({"br", "div", "li", "p", "ul"})


def element_text(element: HtmlElement, *, between: str = " ") -> str:
    """The element's text in one line, without scripts, styles and comments.

    Reads about 2,000 characters and 500 elements, so that nested or huge elements cost little.
    `between` stands where a line or block begins or ends.
    """
    pieces: list[str] = []
    size = 0
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for number, (event, node) in enumerate(walk):
        if number >= _MAX_EVENTS or size >= _MAX_CHARACTERS:
            break
        piece: str | None = None
        if event == "start" and node.tag in _UNSEEN:
            walk.skip_subtree()
        elif event == "start":
            piece = node.text
        elif node is not element:
            piece = node.tail
        if node.tag in _BREAKING:
            pieces.append(between)
        if piece:
            pieces.append(piece[:_MAX_CHARACTERS])
            size += len(pieces[-1])
    return " ".join("".join(pieces).split())
