"""How much of two texts is the same, and how much makes them copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

# A text with fewer shingles is a notice or a news flash: as many share most of their words by
# chance, or because a site says the same on each page that it does not show.
FEWEST_SHINGLES: Final = 30
# Unrelated articles share nothing; two by one template, or with long quotes from one event, up to a
# third of the shorter. A copy shares nearly all of it, less what an editor has gone over.
LEAST_CONTAINMENT: Final = 0.6
# Of two texts together; a teaser of a third of an article is no copy of it.
LEAST_RESEMBLANCE: Final = 0.4
_ALMOST: Final = 0.99  # of texts that are not the same word for word


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two sets of shingles have in common (Broder 1997, from 0 to 1).

    Attributes:
        resemblance: as a share of both together (Jaccard index).
        containment: as a share of the smaller set.
    """

    resemblance: float
    containment: float

    @property
    def are_copies(self) -> bool:
        """Whether the two texts are one article."""
        return self.containment >= LEAST_CONTAINMENT and self.resemblance >= LEAST_RESEMBLANCE

    @property
    def similarity(self) -> float:
        """The resemblance with two decimals, below 1 for texts that are not quite the same."""
        return min(round(self.resemblance, 2), _ALMOST)


def likeness(one: AbstractSet[str], other: AbstractSet[str]) -> Likeness:
    """Compare two texts by their shingles; those without any have nothing in common."""
    if not one or not other:
        return Likeness(0.0, 0.0)
    common = len(one & other)
    return Likeness(common / (len(one) + len(other) - common), common / min(len(one), len(other)))
