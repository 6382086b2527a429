"""The way through the URLs of one source, as it goes on from request to request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from crawler.downloader.cookies import CookieJar
from crawler.ledger.records import Attempt, Snapshot, SourceRecord, Visit
from crawler.ledger.revisit import deciding_hop
from crawler.states import State
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        snapshot: where an archive has the page of the last hop.
        at: when the last answer came, ISO 8601 in UTC, where that was not now.
        cookies: those of the visit, which its requests have in common.
        at_home: URLs that an address which is not public has answered.
    """

    source: SourceRecord
    hops: tuple[Attempt, ...] = ()
    answers: tuple[Answer | None, ...] = ()
    asks_anew: bool = False
    snapshot: Snapshot | None = None
    at: str | None = None
    cookies: CookieJar = field(default_factory=CookieJar, compare=False)
    at_home: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        """The URL to try now."""
        return self.source.urls[len(self.hops)]

    def after(self, hop: Attempt, answer: Answer | None = None, *, at: str | None = None) -> Self:
        """Return the trail with one more try, and with what was read off its page."""
        return replace(self, hops=(*self.hops, hop), answers=(*self.answers, answer), at=at)

    def from_home(self) -> Self:
        """Return the trail with a note that its last URL is none of the public web."""
        return replace(self, at_home=self.at_home | {self.hops[-1].url})

    def with_article(self, article: Article, *, is_whole: bool = True) -> Self:
        """Return the trail with this as what was read off the last page and those that follow it.

        Args:
            is_whole: False where one of these failed: no validators may then stand for all of it.
        """
        last = self.answers[-1]
        answer = (
            replace(last, article=article) if last is not None and is_whole else Answer(article)
        )
        hop = replace(self.hops[-1], detail=article.cut or self.hops[-1].detail)
        return replace(self, hops=(*self.hops[:-1], hop), answers=(*self.answers[:-1], answer))

    def broken(self, hop: Attempt) -> Self:
        """Return the trail that ends with this try in place of its last one, with nothing read."""
        return replace(
            self, hops=(*self.hops[:-1], hop), answers=(*self.answers[:-1], None), snapshot=None
        )

    def noted(self, notes: Mapping[str, str]) -> Self:
        """Return the trail with more evidence in the hops of these URLs."""
        hops = (
            replace(hop, detail="; ".join(filter(None, (hop.detail, notes.get(hop.url)))) or None)
            for hop in self.hops
        )
        return replace(self, hops=tuple(hops))

    def archived(
        self, url: str, article: Article, snapshot: Snapshot, status: int, seconds: float | None
    ) -> Self:
        """Return the trail that ends well after all: an archive has the lost page of this URL."""
        detail = f"snapshot of {snapshot.taken_at}"
        hop = Attempt(url, State.ARCHIVED, status=status, detail=detail, seconds=seconds)
        # What identifies the page for a conditional request is its site's to say.
        return replace(self.after(hop, Answer(article)), snapshot=snapshot)

    @property
    def is_over(self) -> bool:
        """Whether the last try was good, or no URL is left to try."""
        return self.hops[-1].state.is_good or len(self.hops) >= len(self.source.urls)

    def visit(self) -> Visit:
        """Return the visit that this trail was, now that it is over."""
        decided = deciding_hop(self.hops)
        answer = self.answers[decided]
        return Visit(
            state=self.hops[decided].state,
            at=self.at or now_text(),
            hops=self.hops,
            answered=decided,
            via_amp=self.hops[decided].url in self.source.urls[self.source.amp_from :],
            article=None if answer is None else answer.article,
            etag=None if answer is None else answer.etag,
            last_modified=None if answer is None else answer.last_modified,
            snapshot=self.snapshot,
        )
