"""What a search for new items has found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class DiscoveryTally:
    """The outcome of a search.

    Attributes:
        asked: feeds, sitemaps or files by the state in which asking for each ended.
        created: new item files.
        known: articles that an item is about already, or that were found before.
        unusable: entries without a usable URL, or whose redirect led nowhere.
        left: articles, and sitemaps unread, beyond the limits of one run.
    """

    asked: Counter[State] = field(default_factory=Counter)
    created: int = 0
    known: int = 0
    unusable: int = 0
    left: int = 0

    @property
    def failed(self) -> int:
        """How many feeds, sitemaps or files gave nothing to read."""
        return sum(count for state, count in self.asked.items() if not state.is_good)

    def as_json(self) -> dict[str, Any]:
        """Return the tally as a JSON object."""
        return {
            "asked": {str(state): count for state, count in self.asked.items()},
            "created": self.created,
            "known": self.known,
            "unusable": self.unusable,
            "left": self.left,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> DiscoveryTally:
        """Return the tally that `as_json` made this object of."""
        asked = Counter({State(state): count for state, count in document["asked"].items()})
        rest = {name: document[name] for name in ("created", "known", "unusable", "left")}
        return cls(asked=asked, **rest)
