"""Boxes that ask for a subscription, and what they say."""

from __future__ import annotations

import re
from itertools import accumulate, islice, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.extraction.page_kind.phrases import PHRASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from crawler.extraction.page_kind.page import Page
    from crawler.extraction.page_kind.screen import Line

# Parts of the names that paywalls give to their boxes, by vendor or by custom.
_WALL: Final = re.compile(
    r"pay-?wall|reg-?wall|(?:subscription|subscribe|content|login)-?wall|poool|tp-(?:container|modal)"
    r"|piano|zephr|leaky|(?:article|content|premium|metered?|subscriber)[-_]?(?:gate|lock|barrier|box"
    r"|offer|teaser|promo|message|notice|overlay|cta|prompt|limit)|locked|\babo-?\w*|\boffers?\b"
    r"|offer-(?:box|page|container)|subscri(?:be|ption|ber)s?[-_](?:box|cta|prompt|offer|block|banner"
    r"|message|call|required|only|panel|promo)|gated|restricted|restriction|barrier|steady|wallkit"
    r"|memberful|paid-content|plus-(?:box|teaser|offer)|registration-(?:box|gate|required|prompt)",
    re.IGNORECASE,
)
_PAGE_PARTS: Final = frozenset({"article", "main", "body", "html"})
_ANCESTORS: Final = 8
_BOX_CHARACTERS: Final = 1_500
_LINE_CHARACTERS: Final = 160  # a wall is brief; longer lines are of articles about walls
_FEW_LINES: Final = 8
_MAX_PHRASES: Final = 20


class Said(NamedTuple):
    """A phrase of paywalls, the line that it is in, and that line's number on the page."""

    number: int
    line: Line
    phrase: str


def what_walls_say(page: Page) -> list[Said]:
    """The phrases of a paywall on a page, in order."""
    known = PHRASES["paywall_says"].found_in(page.screen.text)
    return [
        Said(number, line, phrase)
        for number, line in enumerate(page.screen.lines if known else ())
        for phrase in known
        if not line.is_consent and phrase in line.text and len(line.text) <= _LINE_CHARACTERS
    ]


def are_close(found: Sequence[Said]) -> bool:
    """Whether two phrases, of which neither is part of the other, are within a few lines."""
    return any(
        abs(one.number - other.number) <= _FEW_LINES
        and one.phrase not in other.phrase
        and other.phrase not in one.phrase
        for one in found[:_MAX_PHRASES]
        for other in found[:_MAX_PHRASES]
    )


def take_walls(found: Sequence[Said]) -> str | None:
    """Remove, in place, the boxes that are called a wall and say so; what one of them says."""
    said: str | None = None
    for _, line, phrase in found[:_MAX_PHRASES]:
        if line.element is not None and (box := _wall_around(line.element)) is not None:
            said = said or phrase
            if box.getparent() is not None:
                box.drop_tree()  # keeps the text behind it
    return said


def has_text(box: HtmlElement, characters: int) -> bool:
    """Whether an element has so much text or more; looks at no more."""
    sizes = accumulate(len(text.strip()) for text in box.itertext())
    return any(size >= characters for size in sizes)


def _wall_around(element: HtmlElement) -> HtmlElement | None:
    """The largest of the boxes around an element that is called a wall, and holds no article."""
    wall: HtmlElement | None = None
    around = (element, *islice(element.iterancestors(), _ANCESTORS))
    for box in takewhile(_may_be_wall, around):
        if _WALL.search(f"{box.get('class', '')} {box.get('id', '')}"):
            wall = box
    return wall


def _may_be_wall(box: HtmlElement) -> bool:
    if box.tag in _PAGE_PARTS or has_text(box, _BOX_CHARACTERS):
        return False
    return not any(
        part.tag == "h1" or has_text(part, _LINE_CHARACTERS + 1) for part in box.iter("p", "h1")
    )
