"""Articles of which only the beginning is free, and the boxes that ask for a subscription."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, islice, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml.etree import XPath

from crawler.extraction.classify.phrases import PHRASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from crawler.extraction.classify.page import Page
    from crawler.extraction.classify.screen import Line


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


_MAX_SELECTORS: Final = 10
_MAX_PARTS: Final = 50
_SELECTOR: Final = re.compile(r'"cssSelector"\s*:\s*(\[[^\]]{0,500}\]|"[^"]{0,200}")')
_SIMPLE: Final = re.compile(r"[.#]([A-Za-z_][\w-]*)")
_NAMED: Final = XPath(
    "//body//*[@id = $n"
    " or contains(concat(' ', normalize-space(@class), ' '), concat(' ', $n, ' '))]"
)
_FEW: Final = 1_200  # characters in paragraphs that a page has which does not say it is not free
_FEW_DECLARED: Final = 4_000  # and one that does
_MANY: Final = 6_000  # in longer texts nothing is looked for but whether they fall short
_CHARACTERS_A_WORD: Final = 6
_ELLIPSIS: Final = re.compile(
    r"(?:\u2026|\.\.\.|\[\u2026\]|\[\.\.\.\]|\(\.\.\.\))[\s*_)\"'\u201d]*$"
)

_PART_CHARACTERS: Final = 200  # of the part that is said to be paid for: less is a stub of it
_TINY: Final = 150  # words
_PREVIEW: Final = 250
_LONG_PREVIEW: Final = 400
_BELIEVED: Final = 15_000  # words; some count characters
_GAP_SHARE: Final = 0.6
_GAP_WORDS: Final = 80


@dataclass(frozen=True, slots=True)
class PaywallSigns:
    """What a page shows of a paywall before its text is measured.

    Attributes:
        is_declared: schema.org isAccessibleForFree is false, or article:content_tier is not free.
        has_paid_part: whether the part that is said to be paid for (hasPart) is on the page; None:
            it is not said which that is.
        wall: what a box that is called a wall says.
        says: what the page says outside of such a box.
        repeats: whether it says so twice, close together.
        declared_words: schema.org wordCount; 0 without one.
    """

    is_declared: bool = False
    has_paid_part: bool | None = None
    wall: str | None = None
    says: str | None = None
    repeats: bool = False
    declared_words: int = 0


def read_paywall(page: Page) -> PaywallSigns | None:
    """Read what a page shows of a paywall; None: it shows nothing, or says that it is free.

    Takes the box that asks for a subscription off the page, so that it is not taken for text.
    """
    if page.known.free_to_read is True:
        return None
    is_declared = page.known.free_to_read is False
    declared_words = page.known.declared_words or 0
    few = _FEW_DECLARED if is_declared else _FEW
    few_declared = int(_GAP_SHARE * declared_words * _CHARACTERS_A_WORD)
    may_be_short = page.has_less_than(min(max(few, few_declared), _MANY))
    if not is_declared and not may_be_short:
        return None
    found = what_walls_say(page) if may_be_short else []
    if not is_declared and not found:
        return None
    wall = take_walls(found)
    return PaywallSigns(
        is_declared=is_declared,
        has_paid_part=_has_paid_part(page) if is_declared and may_be_short else None,
        wall=wall,
        says=max((said.phrase for said in found), key=len, default=None),
        repeats=are_close(found),
        declared_words=declared_words,
    )


def evidence_of_paywall(signs: PaywallSigns, words: int, text: str) -> str | None:
    """What shows that a text is only the beginning of an article.

    Args:
        signs: what the page showed.
        words: of the text that was found.
        text: the same, as Markdown.
    """
    has_gap = (
        words < _GAP_SHARE * signs.declared_words
        and signs.declared_words - words >= _GAP_WORDS
        and signs.declared_words <= _BELIEVED
    )
    is_cut = _ELLIPSIS.search(text) is not None
    asks = signs.wall or signs.says
    is_short = words < _TINY
    is_missing = signs.has_paid_part is False
    if signs.is_declared and signs.has_paid_part:
        is_paid = has_gap or (is_short and bool(signs.wall) and (is_cut or signs.repeats))
    elif signs.is_declared:
        is_paid = (
            has_gap
            or (is_short and bool(asks or is_missing or is_cut))
            or (words < _PREVIEW and bool(asks))
            or (words < _LONG_PREVIEW and bool(asks) and (is_missing or is_cut))
        )
    else:
        is_paid = bool(
            (has_gap and (signs.wall or signs.repeats or (signs.says and is_cut)))
            or (signs.wall and (is_short or (is_cut and words < _LONG_PREVIEW)))
            or (signs.says and is_short and (is_cut or signs.repeats))
        )
    if not is_paid:
        return None
    told = (
        "it says that it is not free" if signs.is_declared else None,
        f'"{asks}"' if asks else None,
        f"{words} of {signs.declared_words} words" if has_gap else f"{words} words",
        "the rest is not on the page" if is_missing else None,
    )
    return ", ".join(part for part in told if part)


def _has_paid_part(page: Page) -> bool | None:
    """Whether the parts that are said to be paid for have a text to speak of."""
    found = [value for script in page.markup.scripts for value in _SELECTOR.findall(script)]
    names = [name for value in found[:_MAX_SELECTORS] for name in _SIMPLE.findall(value)]
    if not names:
        return None
    for name in dict.fromkeys(names[:_MAX_SELECTORS]):
        parts = _NAMED(page.tree, n=name)[:_MAX_PARTS]
        if any(has_text(part, _PART_CHARACTERS) for part in parts):
            return True
    return False
