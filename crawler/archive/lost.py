"""Which sources an archive is asked about, by which URLs, and for how long its answer holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from crawler.fetch.addresses.special_names import is_public_name
from crawler.moments import is_ahead, moment
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crawler.ledger.records import Hop, Snapshot, SourceRecord

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
    source: SourceRecord, hops: Sequence[Hop], *, anew: bool, at_home: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the URLs to ask an archive for, in order; empty where it is not to be asked.

    It is where each URL of a source is lost that wants a text and has none.

    Args:
        hops: the tries at all URLs of the source.
        anew: whether a text that an archive gave is to be asked for again.
        at_home: URLs that an address which is not public has answered.
    """
    held = source.held
    has_text = held is not None and held.state.has_text
    is_enough = has_text and not (anew and held is not None and held.state is State.ARCHIVED)
    if not source.wants_body or is_enough or not all(hop.state.is_lost for hop in hops):
        return ()
    public = (hop.url for hop in hops if hop.url not in at_home and _may_be_shown(hop.url))
    return tuple(public)[:MOST_URLS]


def still_holds(snapshot: Snapshot, now: datetime) -> bool:
    """Whether what an archive said is recent enough to be used instead of asking again."""
    asked_at = moment(snapshot.asked_at)
    return now - asked_at < ANSWER_HOLDS and not is_ahead(asked_at, now)


def _may_be_shown(url: str) -> bool:
    """Whether strangers may know a page by its URL: what is at home stays at home."""
    parts = urlsplit(url)
    if "@" in parts.netloc or not is_public_name(parts.hostname or ""):
        return False
    return not any(name.lower() in _KEYS for name, _ in parse_qsl(parts.query))
