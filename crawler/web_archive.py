"""Web archives: which is asked about what, how (RFC 7089; Wayback), and what answers mean.

https://archive.org/help/wayback_api.php
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler import config
from crawler.downloader.addresses import is_public_name
from crawler.options import OptionError
from crawler.states import State
from crawler.timestamps import is_ahead, moment
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from crawler.ledger.records import Attempt, Snapshot, SourceRecord


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

    def save_url(self, url: str) -> str | None:
        """What to request to have a page saved; None: the archive takes none from strangers."""


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


def for_readers(url: str) -> str:
    """Return the URL of the same snapshot as an archive shows it to people; others as they are."""
    found = _SNAPSHOT.fullmatch(url)
    return url if found is None else f"{found['before']}{found['stamp']}/{found['page']}"


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

    def save_url(self, url: str) -> str | None:  # noqa: ARG002 - no standard has a way to save
        """Never: what else such an archive can do is not known."""
        return None


SAVE: Final = "https://web.archive.org/save/"
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

    def save_url(self, url: str) -> str | None:
        """What "Save Page Now" is asked by."""
        return f"{SAVE}{url}"


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


MOST_URLS: Final = 3  # of one source that the archive is asked for
ANSWER_HOLDS: Final = timedelta(days=30)
# Parameters by which whoever has a URL is let in.
_KEYS: Final = frozenset(
    {
        *("token", "access_token", "accesstoken", "auth", "auth_token", "authtoken", "jwt"),
        *("api_key", "apikey", "password", "passwd", "pwd", "secret", "client_secret"),
        *("session", "sessionid", "session_id", "sid", "phpsessid", "jsessionid"),
        *("sig", "signature", "x-amz-signature", "x-amz-security-token", "x-goog-signature"),
    }
)


def urls_to_ask(
    source: SourceRecord, attempts: Sequence[Attempt], *, anew: bool, at_home: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the URLs to ask an archive for, in order; empty where it is not to be asked.

    It is where each URL of a source is lost that wants a text and has none.

    Args:
        attempts: the tries at all URLs of the source.
        anew: whether a text that an archive gave is to be asked for again.
        at_home: URLs that an address which is not public has answered.
    """
    held = source.held
    has_text = held is not None and held.state.has_text
    is_enough = has_text and not (anew and held is not None and held.state is State.ARCHIVED)
    if not source.wants_body or is_enough or not all(attempt.state.is_lost for attempt in attempts):
        return ()
    public = (
        attempt.url
        for attempt in attempts
        if attempt.url not in at_home and may_be_shown(attempt.url)
    )
    return tuple(public)[:MOST_URLS]


def still_holds(snapshot: Snapshot, now: datetime) -> bool:
    """Whether what an archive said is recent enough to be used instead of asking again."""
    asked_at = moment(snapshot.asked_at)
    return now - asked_at < ANSWER_HOLDS and not is_ahead(asked_at, now)


def may_be_shown(url: str) -> bool:
    """Whether strangers may know a page by its URL: what is at home stays at home."""
    parts = urlsplit(url)
    if "@" in parts.netloc or not is_public_name(parts.hostname or ""):
        return False
    return not any(name.lower() in _KEYS for name, _ in parse_qsl(parts.query))


_OFF: Final = frozenset({"", "off", "none"})


def archive_from_settings(settings: Mapping[str, object]) -> Archive | None:
    """Return the archive that CRAWLER_WAYBACK names; None: none is asked.

    Raises:
        OptionError: it is neither "wayback", nor "off" or empty, nor the URL of a TimeGate.
    """
    name = config.WAYBACK.of(settings)
    if name.lower() in _OFF:
        return None
    if name.lower() == "wayback":
        return Wayback()
    if not _is_web_url(name):
        known = '"wayback", "off" or the URL of a TimeGate'
        raise OptionError(f"{config.WAYBACK.name}: {name!r} is not {known}")
    return TimeGate(name)


def _is_web_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.isprintable()
    except ValueError:
        return False
