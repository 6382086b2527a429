"""Any archive that speaks Memento (RFC 7089), by its TimeGate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.archive.archive import ArchiveAnswerError, Question
from crawler.archive.memento import accept_datetime, as_captured
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class TimeGate:
    """An archive whose TimeGate is at this prefix, to which a page's URL is added."""

    prefix: str

    @property
    def domain(self) -> str:
        """The site of the TimeGate, where the snapshots must be, too."""
        return site_of(self.prefix)

    def question(self, url: str, near: datetime | None) -> Question:
        """How to negotiate about time; without one the archive gives its latest snapshot."""
        headers = {} if near is None else {"Accept-Datetime": accept_datetime(near)}
        return Question(f"{self.prefix}{url}", headers, gives_page=True)

    def snapshot_url(self, url: str, answer: bytes) -> str | None:
        """Never asked: the answer of a TimeGate leads to the snapshot by itself.

        Raises:
            ArchiveAnswerError: always.
        """
        raise ArchiveAnswerError(f"{len(answer)} bytes that were to be a snapshot of {url}")

    def raw_url(self, url: str) -> str | None:
        """The URL of a snapshot as it was captured, where the archive's URLs tell how to."""
        is_web = urlsplit(url).scheme in {"http", "https"}
        if not is_web or site_of(url) != self.domain:
            return None
        return as_captured(url)
