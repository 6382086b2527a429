"""A date that htmldate finds where our own sources give none; the only module that imports it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.candidates import HTMLDATE, Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from lxml.html import HtmlElement

# Larger pages are left alone: htmldate copies and prunes the whole tree, and searches its text.
_MAX_ELEMENTS: Final = 8_000
_FIRST_OF_THE_YEAR: Final = "-01-01"  # what it makes of a year alone


def guessed_date(
    tree: HtmlElement, url: str, now: datetime, changes: Iterable[str]
) -> list[Candidate]:
    """The day that htmldate finds in its cautious way, both as the first and as the last one.

    Args:
        tree: the parsed page; it is not changed.
        changes: days on which the page says it was changed; what it finds must be none of them.
    """
    if next(islice(tree.iter(), _MAX_ELEMENTS, None), None) is not None:
        return []
    first, last = (_found(tree, url, now, original=original) for original in (True, False))
    is_sure = first is not None and first == last and not first.endswith(_FIRST_OF_THE_YEAR)
    return [Candidate(first, HTMLDATE)] if first and is_sure and first not in set(changes) else []


def _found(tree: HtmlElement, url: str, now: datetime, *, original: bool) -> str | None:
    from htmldate import find_date  # noqa: PLC0415 - for the few pages that need it

    return find_date(tree, url=url, max_date=now, original_date=original, extensive_search=False)
