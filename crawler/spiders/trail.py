"""The way through the URLs of one source, as it goes on from request to request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from crawler.ledger.records import Hop, SourceRecord, Visit
from crawler.moments import now_text
from crawler.plan.verdict import deciding_hop

if TYPE_CHECKING:
    from crawler.extraction.article import Article


@dataclass(frozen=True, slots=True)
class Answer:
    """What came with the page of the last hop."""

    article: Article
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """The tries at a source so far, and their answers; the URL behind them is tried next.

    Attributes:
        asks_anew: whether pages are wanted also where they have not changed.
    """

    source: SourceRecord
    hops: tuple[Hop, ...] = ()
    answers: tuple[Answer | None, ...] = ()
    asks_anew: bool = False

    @property
    def url(self) -> str:
        """The URL to try now."""
        return self.source.urls[len(self.hops)]

    def after(self, hop: Hop, answer: Answer | None = None) -> Self:
        """Return the trail with one more try, and with what was read off its page."""
        return replace(self, hops=(*self.hops, hop), answers=(*self.answers, answer))

    @property
    def is_over(self) -> bool:
        """Whether the last try was good, or no URL is left to try."""
        return self.hops[-1].state.is_good or len(self.hops) == len(self.source.urls)

    def visit(self) -> Visit:
        """Return the visit that this trail was, now that it is over."""
        decided = deciding_hop(self.hops)
        answer = self.answers[decided]
        return Visit(
            state=self.hops[decided].state,
            at=now_text(),
            hops=self.hops,
            answered=decided,
            via_amp=decided >= self.source.amp_from,
            article=None if answer is None else answer.article,
            etag=None if answer is None else answer.etag,
            last_modified=None if answer is None else answer.last_modified,
        )
