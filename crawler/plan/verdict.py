"""The verdict over all tries at one source's URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.ledger.records import Hop


def deciding_hop(hops: Sequence[Hop]) -> int:
    """Return the index of the hop that says how the source is.

    A good answer decides; without one, the first that gave a text, if only a part of it. Without
    any text a try that may do better later decides, since the source is then not known to be
    lost; otherwise the first URL, which is the one the author meant.
    """
    for index, hop in enumerate(hops):
        if hop.state.is_good:
            return index
    for index, hop in enumerate(hops):
        if hop.state.has_text:
            return index
    for index, hop in enumerate(hops):
        if hop.state.is_transient:
            return index
    return 0
