"""The verdict on a page that is not simply an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.states import State


@dataclass(frozen=True, slots=True)
class PageKind:
    """What a page is instead of a whole article, and what showed it, in a few words."""

    state: State
    evidence: str
