"""The named states in which following a link can end."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """How one source, or one try at one of its URLs, ended."""

    OK = "ok"
    NOT_FOUND = "not-found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    TIMEOUT = "timeout"
    NETWORK_ERROR = "network-error"
    ROBOTS = "robots"
    NOT_HTML = "not-html"
    TOO_LARGE = "too-large"
    EMPTY = "empty"
    EXTRACTION_TIMEOUT = "extraction-timeout"
    EXTRACTION_ERROR = "extraction-error"
    UNSUPPORTED = "unsupported"

    @property
    def is_transient(self) -> bool:
        """Whether the same request may well do better later, so that the next run tries again."""
        return self in _TRANSIENT

    @property
    def is_good(self) -> bool:
        """Whether the link gave all that is asked of it; every other state is a failure."""
        return self in _GOOD


_TRANSIENT = frozenset({State.RATE_LIMITED, State.SERVER_ERROR, State.TIMEOUT, State.NETWORK_ERROR})
_GOOD = frozenset({State.OK, State.UNSUPPORTED})
