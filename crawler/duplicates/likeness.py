"""How much of two texts is the same, and how much makes them copies.

The limits are measured: tests/duplicates has the texts, docs/benchmarks.md what came of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from crawler.duplicates.wording import Wording

# A text with fewer runs of words is a notice or a news flash: many of these share most of their
# words, or are what a site says in place of each page that it does not show.
FEWEST_RUNS: Final = 30
# Two texts by one template, or with the same lines about a company below, share up to half of the
# shorter one. A copy shares nearly all of it, less what an editor has gone over.
LEAST_CONTAINMENT: Final = 0.6
# A teaser of a third of an article is no copy of it.
LEAST_RESEMBLANCE: Final = 0.4
# Draws, rates, tides: what a template is filled with is figures. Where there are so many, texts
# with others are not the same, whatever their words.
MANY_FIGURES: Final = 8
LEAST_FIGURES: Final = 0.7
_ALMOST: Final = 0.99  # of texts that are not the same word for word


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common, as shares from 0 to 1 (Broder 1997).

    Attributes:
        resemblance: of the runs of words in both together (Jaccard index).
        containment: of the runs in the one that has fewer.
        figures: of the figures in the one that has fewer; 1 where it has not many.
    """

    resemblance: float
    containment: float
    figures: float = 1.0

    @property
    def are_copies(self) -> bool:
        """Whether the two texts are one article."""
        return (
            self.containment >= LEAST_CONTAINMENT
            and self.resemblance >= LEAST_RESEMBLANCE
            and self.figures >= LEAST_FIGURES
        )

    @property
    def similarity(self) -> float:
        """The resemblance with two decimals, below 1 for texts that are not quite the same."""
        return min(round(self.resemblance, 2), _ALMOST)


def likeness(one: Wording, other: Wording) -> Likeness:
    """Compare two texts; those without a run of words have nothing in common."""
    if not one.runs or not other.runs:
        return Likeness(0.0, 0.0)
    common = len(one.runs & other.runs)
    together = len(one.runs) + len(other.runs) - common
    has_many = min(len(one.figures), len(other.figures)) >= MANY_FIGURES
    return Likeness(
        resemblance=common / together,
        containment=_containment(one.runs, other.runs),
        figures=_containment(one.figures, other.figures) if has_many else 1.0,
    )


def _containment(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    return len(one & other) / min(len(one), len(other))
