"""A visit that is not over yet: the attempts at the URLs of a source, and the pages they gave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from crawler.downloader.cookies import CookieJar
from crawler.ledger.records import Attempt, Snapshot, SourceRecord, Visit
from crawler.ledger.revisit import deciding_attempt
from crawler.states import State
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.extraction.article import Article


@dataclass(frozen=True, slots=True)
class PageRead:
    """What was read off a page, and what its site said of it for the next visit."""

    article: Article
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """The attempts at a source so far, and their pages; the URL behind them is tried next.

    Attributes:
        asks_anew: whether pages are wanted also where they have not changed.
        snapshot: where an archive has the page of the last attempt.
        at: when the last answer came, ISO 8601 in UTC, where that was not now.
        cookies: those of the visit, which its requests have in common.
        at_home: URLs that an address which is not public has answered.
    """

    source: SourceRecord
    attempts: tuple[Attempt, ...] = ()
    pages: tuple[PageRead | None, ...] = ()
    asks_anew: bool = False
    snapshot: Snapshot | None = None
    at: str | None = None
    cookies: CookieJar = field(default_factory=CookieJar, compare=False)
    at_home: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        """The URL to try now."""
        return self.source.urls[len(self.attempts)]

    def after(
        self, attempt: Attempt, page: PageRead | None = None, *, at: str | None = None
    ) -> Self:
        """Return the visit with one more attempt, and with what was read off its page."""
        return replace(self, attempts=(*self.attempts, attempt), pages=(*self.pages, page), at=at)

    def from_home(self) -> Self:
        """Return the visit with a note that its last URL is none of the public web."""
        return replace(self, at_home=self.at_home | {self.attempts[-1].url})

    def with_article(self, article: Article, *, is_whole: bool = True) -> Self:
        """Return the visit with this as what was read off the last page and those that follow it.

        Args:
            is_whole: False where one of these failed: no validators may then stand for all of it.
        """
        last = self.pages[-1]
        page = (
            replace(last, article=article) if last is not None and is_whole else PageRead(article)
        )
        attempt = replace(self.attempts[-1], detail=article.cut or self.attempts[-1].detail)
        return replace(
            self, attempts=(*self.attempts[:-1], attempt), pages=(*self.pages[:-1], page)
        )

    def broken(self, attempt: Attempt) -> Self:
        """Return the visit that ends with this attempt for its last one, and nothing read."""
        return replace(
            self,
            attempts=(*self.attempts[:-1], attempt),
            pages=(*self.pages[:-1], None),
            snapshot=None,
        )

    def noted(self, notes: Mapping[str, str]) -> Self:
        """Return the visit with more evidence in the attempts of these URLs."""
        attempts = (
            replace(one, detail="; ".join(filter(None, (one.detail, notes.get(one.url)))) or None)
            for one in self.attempts
        )
        return replace(self, attempts=tuple(attempts))

    def archived(
        self, url: str, article: Article, snapshot: Snapshot, status: int, seconds: float | None
    ) -> Self:
        """Return the visit that ends well after all: an archive has the lost page of this URL."""
        detail = f"snapshot of {snapshot.taken_at}"
        attempt = Attempt(url, State.ARCHIVED, status=status, detail=detail, seconds=seconds)
        # What identifies the page for a conditional request is its site's to say.
        return replace(self.after(attempt, PageRead(article)), snapshot=snapshot)

    @property
    def is_over(self) -> bool:
        """Whether the last attempt was good, or no URL is left to try."""
        is_good = bool(self.attempts) and self.attempts[-1].state.is_good
        return is_good or len(self.attempts) >= len(self.source.urls)

    def closed(self) -> Visit:
        """Return the visit as the ledger stores it, now that it is over."""
        decided = deciding_attempt(self.attempts)
        page = self.pages[decided]
        return Visit(
            state=self.attempts[decided].state,
            at=self.at or now_text(),
            attempts=self.attempts,
            answered=decided,
            via_amp=self.attempts[decided].url in self.source.urls[self.source.amp_from :],
            article=None if page is None else page.article,
            etag=None if page is None else page.etag,
            last_modified=None if page is None else page.last_modified,
            snapshot=self.snapshot,
        )
