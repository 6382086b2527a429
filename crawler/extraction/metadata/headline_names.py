"""The names that stand by a headline though nothing calls them authors."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.authors import author_names, is_by, starts_byline
from crawler.extraction.metadata.element_text import element_text
from crawler.extraction.metadata.person_names import is_like_a_name
from crawler.extraction.metadata.visible_dates import visible_dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from crawler.extraction.metadata.headline_area import HeadlineArea, Piece

_MAX_NAMES: Final = 30
_LONGEST: Final = 150
_LONG_TEXT: Final = 120  # characters; a paragraph of the article
_NEIGHBOURS: Final = 2  # pieces between a date and a name
_TEASER_LEVELS: Final = 5
_PROFILE: Final = re.compile(
    r"/(?:authors?|autor(?:e[ns]?|in)?|auteurs?|writers?|reporters?|journalists?|contributors?"
    r"|columnists?|people|staff|profiles?|redaktion|by|penulis|yazar(?:lar)?)/[^/?#]",
    re.IGNORECASE,
)
_LIST: Final = re.compile(r"\s*/\s*|\s+and\s+|\s*,\s*")


def authors_near(area: HeadlineArea) -> Iterator[list[str]]:
    """The names by the headline: linked to a profile, after "By", beside the date, or in bold."""
    for pieces in (area.after, area.before):
        for find in (_profiles, _after_by, _beside_date, _in_bold):
            yield find(pieces)


def _profiles(pieces: Sequence[Piece]) -> list[str]:
    links = (
        (piece.text, anchor.get("href") or "")
        for piece in pieces
        if (anchor := _anchor(piece.element)) is not None
    )
    return [text for text, href in links if _PROFILE.search(href) and is_like_a_name(text)]


def _anchor(element: HtmlElement) -> HtmlElement | None:
    if element.tag == "a":
        return element
    parent = element.getparent()
    return parent if parent is not None and parent.tag == "a" else None


def _after_by(pieces: Sequence[Piece]) -> list[str]:
    for number, piece in enumerate(pieces):
        if is_by(piece.text):
            following = pieces[number + 1 : number + 1 + _MAX_NAMES]
            if names := list(_run_of_names(following)):
                return names
        elif starts_byline(piece.text) and not _is_of_a_teaser(piece):
            names = [name for name in author_names([piece.text]) if is_like_a_name(name)]
            if names:
                return names
    return []


def _is_of_a_teaser(piece: Piece) -> bool:
    """Whether a piece stands in a link that says more: that of another article."""
    parents = zip(range(_TEASER_LEVELS), piece.element.iterancestors(), strict=False)
    links = (parent for _, parent in parents if parent.tag == "a")
    return len(piece.text) > _LONGEST or any(element_text(link) != piece.text for link in links)


def _run_of_names(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        if is_like_a_name(piece.text):
            yield piece.text
        elif any(character.isalnum() for character in piece.text):
            return


def _beside_date(pieces: Sequence[Piece]) -> list[str]:
    dated = next((n for n, piece in enumerate(pieces) if visible_dates(piece.text)), None)
    if dated is None:
        return []
    beside = [*reversed(pieces[max(0, dated - _NEIGHBOURS) : dated]), *pieces[dated + 1 :][:1]]
    texts = (piece.text.strip(" |,;\u2022\u00b7-") for piece in beside if not _is_link(piece))
    return next(([text] for text in texts if is_like_a_name(text)), [])


def _is_link(piece: Piece) -> bool:
    return _anchor(piece.element) is not None


def _in_bold(pieces: Sequence[Piece]) -> list[str]:
    """A paragraph in bold right before the first of the article."""
    for piece, following in pairwise(pieces):
        if len(piece.text) > _LONG_TEXT:
            return []
        bold = piece.element
        if bold.tag in {"strong", "b"} and (paragraph := bold.getparent()) is not None:
            begins = len(following.text) >= _LONG_TEXT / 2 or len(following.text) == 1  # an initial
            is_alone = begins and element_text(paragraph) == piece.text
            names = [name.strip() for name in _LIST.split(piece.text)]
            if is_alone and paragraph.tag == "p" and all(map(is_like_a_name, names)):
                return names
    return []
