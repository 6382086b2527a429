"""How far an archive has been asked about one lost source."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.spiders.trail import Trail


@dataclass(frozen=True, slots=True)
class Lookup:
    """The URLs of a lost source, as an archive is asked for one after the other.

    Attributes:
        trail: the tries at the source itself, all lost.
        urls: the URLs still to ask for; the first one is being asked for.
        notes: what was learned of those before, by URL.
        redirects: how many redirects the archive has led through for this URL.
    """

    trail: Trail
    urls: tuple[str, ...]
    notes: Mapping[str, str] = field(default_factory=dict)
    redirects: int = 0

    @property
    def url(self) -> str:
        """The URL that is being asked for."""
        return self.urls[0]

    def without(self, note: str) -> Self:
        """Return the lookup of the next URL, since this one has no snapshot to use."""
        return replace(self, urls=self.urls[1:], notes={**self.notes, self.url: note}, redirects=0)
