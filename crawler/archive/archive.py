"""What the crawler asks of a web archive, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class ArchiveAnswerError(ValueError):
    """An archive's answer is not of the form that it documents."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request that asks an archive for a page.

    Attributes:
        url: what to request.
        headers: header fields of the request.
        gives_page: whether the answer is the snapshot itself, or leads there by redirects; else
            it is for `Archive.snapshot_url`.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    gives_page: bool = False


class Archive(Protocol):
    """A web archive; all times are UTC."""

    @property
    def domain(self) -> str:
        """The site of its hosts, by which its requests are paced."""

    def question(self, url: str, near: datetime | None) -> Question:
        """How to ask for the snapshot of a page that is nearest to a time; None: for any."""

    def snapshot_url(self, url: str, answer: bytes) -> str | None:
        """Where the answer to a question says that the page's snapshot is; None: nowhere.

        Raises:
            ArchiveAnswerError: the answer makes no sense.
        """

    def raw_url(self, url: str) -> str | None:
        """The URL of a snapshot as it was captured; None: it is no place of this archive."""
