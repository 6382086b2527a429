"""Which sources an archive is asked about, by which URLs, and for how long its answer holds."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.moments import is_ahead, moment
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.ledger.records import Hop, Snapshot, SourceRecord

MOST_URLS: Final = 3  # of one source that the archive is asked for
ANSWER_HOLDS: Final = timedelta(days=30)
# Names that mean nothing outside of a network (RFC 6761, RFC 6762, RFC 8375, RFC 9476).
_PRIVATE_SUFFIXES: Final = (".localhost", ".local", ".internal", ".home.arpa", ".alt")


def urls_to_ask(source: SourceRecord, hops: Sequence[Hop], *, anew: bool) -> tuple[str, ...]:
    """Return the URLs to ask an archive for, in order; empty where it is not to be asked.

    It is where each URL of a source is lost that wants a text and has none.

    Args:
        hops: the tries at all URLs of the source.
        anew: whether a text that an archive gave is to be asked for again.
    """
    held = source.held
    has_text = held is not None and held.state.has_text
    is_enough = has_text and not (anew and held is not None and held.state is State.ARCHIVED)
    if not source.wants_body or is_enough or not all(hop.state.is_lost for hop in hops):
        return ()
    return tuple(hop.url for hop in hops if _is_public_name(hop.url))[:MOST_URLS]


def still_holds(snapshot: Snapshot, now: datetime) -> bool:
    """Whether what an archive said is recent enough to be used instead of asking again."""
    asked_at = moment(snapshot.asked_at)
    return now - asked_at < ANSWER_HOLDS and not is_ahead(asked_at, now)


def _is_public_name(url: str) -> bool:
    """Whether strangers may know a page by its URL: what is at home stays at home."""
    host = urlsplit(url).hostname or ""
    if "." not in host or host.endswith(_PRIVATE_SUFFIXES):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False
