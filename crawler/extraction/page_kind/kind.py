"""The verdict on a page that is not simply an article."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.states import State  # noqa: TC001 - msgspec reads the types of all fields


@dataclass(frozen=True, slots=True)
class PageKind:
    """What a page is instead of a whole article, and what showed it, in a few words."""

    state: State
    evidence: str
