"""The named states in which following a link can end."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """How one source, or one try at one of its URLs, ended."""

    OK = "ok"
    NOT_MODIFIED = "not-modified"
    OTHER_TEXT = "other-text"
    ARCHIVED = "archived"
    NOT_FOUND = "not-found"
    GONE = "gone"
    PARKED = "parked"
    SOFT_404 = "soft-404"
    MOVED_HOME = "moved-home"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    TIMEOUT = "timeout"
    NO_SUCH_HOST = "no-such-host"
    NETWORK_ERROR = "network-error"
    DEFERRED = "deferred"
    NOT_RECORDED = "not-recorded"
    BLOCKED_ADDRESS = "blocked-address"
    ROBOTS = "robots"
    BLOCKED = "blocked"
    CONSENT_WALL = "consent-wall"
    LOGIN = "login"
    PAYWALLED = "paywalled"
    LIST_PAGE = "list-page"
    NOT_HTML = "not-html"
    TOO_LARGE = "too-large"
    EMPTY = "empty"
    EXTRACTION_TIMEOUT = "extraction-timeout"
    EXTRACTION_ERROR = "extraction-error"
    INTERNAL_ERROR = "internal-error"
    UNSUPPORTED = "unsupported"

    @property
    def is_transient(self) -> bool:
        """Whether the same request may well do better later, so that a next run tries again."""
        return self in _TRANSIENT

    @property
    def is_good(self) -> bool:
        """Whether the link gave all that is asked of it; every other state is a failure."""
        return self in _GOOD

    @property
    def was_asked(self) -> bool:
        """Whether the site was asked at all; if not, nothing was learned of it."""
        return self not in _NOT_ASKED

    @property
    def is_lost(self) -> bool:
        """Whether the page is no longer where it was, so that only an archive may still have it."""
        return self in _LOST

    @property
    def has_text(self) -> bool:
        """Whether an article's text came of it."""
        return self in _WITH_TEXT


_TRANSIENT = frozenset(
    {
        *(State.RATE_LIMITED, State.SERVER_ERROR, State.TIMEOUT, State.NETWORK_ERROR),
        *(State.DEFERRED, State.NOT_RECORDED, State.BLOCKED, State.OTHER_TEXT),
        State.INTERNAL_ERROR,
    }
)
_NOT_ASKED = frozenset({State.DEFERRED, State.NOT_RECORDED})
_GOOD = frozenset({State.OK, State.NOT_MODIFIED, State.ARCHIVED, State.UNSUPPORTED})
_LOST = frozenset(
    {State.NOT_FOUND, State.GONE, State.PARKED, State.NO_SUCH_HOST}
    | {State.SOFT_404, State.MOVED_HOME}
)
_WITH_TEXT = frozenset({State.OK, State.ARCHIVED, State.PAYWALLED})
