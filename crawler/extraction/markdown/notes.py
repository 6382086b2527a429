"""Links within the page: their targets do not come along, so that they are text."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.etree import _Element

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
