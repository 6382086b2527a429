"""Times and URLs of snapshots: Memento (RFC 7089) and the URL form that archives share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin

_STAMP_FORM: Final = "%Y%m%d%H%M%S"
_OK: Final = 200
# The Wayback Machine, OpenWayback and pywb all write TIMESTAMP, flags such as "mp_", and the
# page's URL; the flag "id_" asks for what was captured, without toolbar and rewritten links.
_SNAPSHOT: Final = re.compile(
    r"(?P<before>https?://[^?#]*?/)(?P<stamp>[0-9]{14})(?:[a-z]{2}_)?/(?P<page>https?://.+)",
    re.DOTALL,
)


def accept_datetime(at: datetime) -> str:
    """Return a moment as the Accept-Datetime field has it (RFC 7089, section 2.1.1)."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def memento_datetime(value: str) -> datetime | None:
    """Return the moment of a Memento-Datetime field; None: it is none."""
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def stamp(at: datetime) -> str:
    """Return the 14 digits that a moment has in URLs."""
    return at.astimezone(UTC).strftime(_STAMP_FORM).zfill(14)


def moment_of_stamp(text: str) -> datetime | None:
    """Return the moment of 14 digits; None: they are none."""
    if re.fullmatch("[0-9]{14}", text) is None:
        return None
    try:
        return datetime.strptime(text, _STAMP_FORM).replace(tzinfo=UTC)
    except ValueError:
        return None


def moment_of_snapshot(url: str) -> datetime | None:
    """Return the moment that a snapshot's URL names; None: it names none."""
    found = _SNAPSHOT.fullmatch(url)
    return None if found is None else moment_of_stamp(found["stamp"])


def page_of_snapshot(url: str) -> str | None:
    """Return the URL of the page that a snapshot's URL names; None: it names none."""
    found = _SNAPSHOT.fullmatch(url)
    return None if found is None else found["page"]


def joined(url: str, location: bytes) -> str:
    """Return where a Location field at a URL leads; empty: nowhere that can be asked."""
    try:
        return urljoin(url, location.decode("latin-1"))
    except ValueError:
        return ""


def as_captured(url: str) -> str:
    """Return the URL of the same snapshot as it was captured; other URLs as they are."""
    found = _SNAPSHOT.fullmatch(url)
    return url if found is None else f"{found['before']}{found['stamp']}id_/{found['page']}"


def snapshot_time(url: str, status: int, memento: bytes | None) -> datetime | None:
    """Return when the snapshot that an archive answers with was taken; None: it is none.

    A snapshot has a Memento-Datetime field (RFC 7089, section 2.1.2), also one of an error; what
    has none is the archive's own, save a good answer at a URL that names the time.

    Args:
        url: the URL that answered.
        status: with which HTTP status.
        memento: its Memento-Datetime field.
    """
    at = None if memento is None else memento_datetime(memento.decode("latin-1"))
    return moment_of_snapshot(url) if at is None and status == _OK else at
