"""Articles of which only the beginning is free."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml.etree import XPath

from crawler.extraction.page_kind.wall import are_close, has_text, take_walls, what_walls_say

if TYPE_CHECKING:
    from crawler.extraction.page_kind.page import Page

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
