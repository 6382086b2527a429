"""The Wayback Machine: its availability API and its raw snapshots.

https://archive.org/help/wayback_api.php
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from crawler.archive.archive import ArchiveAnswerError, Question
from crawler.archive.memento import as_captured, moment_of_snapshot, moment_of_stamp, stamp

if TYPE_CHECKING:
    from datetime import datetime

AVAILABILITY: Final = "https://archive.org/wayback/available"
SNAPSHOTS: Final = "https://web.archive.org/web/"
_CAPTURED_WELL: Final = ("200", 200, None)


@dataclass(frozen=True, slots=True)
class Wayback:
    """The archive at archive.org (an `Archive`)."""

    domain: str = "archive.org"

    def question(self, url: str, near: datetime | None) -> Question:
        """How to ask for the snapshot that is nearest to a time; None: for the latest."""
        query = {"url": url} if near is None else {"url": url, "timestamp": stamp(near)}
        return Question(f"{AVAILABILITY}?{urlencode(query)}")

    def snapshot_url(self, url: str, answer: bytes) -> str | None:
        """Where the snapshot is of which an availability answer speaks; None: there is none.

        Only its time is taken from the answer, so that whatever else is in there leads nowhere.

        Raises:
            ArchiveAnswerError: the answer is not of the API's form.
        """
        closest = _closest(answer)
        is_there = closest is not None and closest.get("available") is True
        if closest is None or not is_there or closest.get("status") not in _CAPTURED_WELL:
            return None
        timestamp = closest.get("timestamp")
        if not isinstance(timestamp, str) or moment_of_stamp(timestamp) is None:
            raise ArchiveAnswerError("a snapshot without a time")
        return f"{SNAPSHOTS}{timestamp}id_/{url}"

    def raw_url(self, url: str) -> str | None:
        """The URL of a snapshot as it was captured; None: it is none of this archive."""
        parts = urlsplit(url)
        is_here = parts.netloc == "web.archive.org" and parts.path.startswith("/web/")
        if not is_here or moment_of_snapshot(url) is None:
            return None
        return as_captured(parts._replace(scheme="https").geturl())


def _closest(answer: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ArchiveAnswerError("no JSON") from error
    snapshots = document.get("archived_snapshots") if isinstance(document, dict) else None
    if not isinstance(snapshots, dict):
        raise ArchiveAnswerError("JSON without archived_snapshots")
    closest = snapshots.get("closest")
    if closest is not None and not isinstance(closest, dict):
        raise ArchiveAnswerError("a snapshot that is no object")
    return closest
