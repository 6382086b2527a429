"""Why a request is not made, or its answer not taken, as exceptions that can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, IgnoreRequest

if TYPE_CHECKING:
    from crawler.downloader.host_state import Pause


class BlockedAddressError(IgnoreRequest):
    """A URL leads to an address that must not be asked; the message says which and why."""


class NoSuchHostError(CannotResolveHostError):
    """The domain name system knows no address for the host.

    A failure to ask it is a plain `CannotResolveHostError`.
    """


class AnswerTooLargeError(DownloadCancelledError):
    """An answer was cut off for its size; the message says which part of it."""


class DecodedTooLargeError(IgnoreRequest):
    """A body is larger than DOWNLOAD_MAXSIZE once its content coding is undone."""


class UndecodableError(IgnoreRequest):
    """A body is not whole: it breaks off, is damaged, or a part only; the message says which."""


class DeferredError(IgnoreRequest):
    """The host is left alone for longer than this run waits; nothing was asked.

    Attributes:
        retry_at: the end of its rest, ISO 8601 in UTC.
    """

    def __init__(self, rest: Pause, retry_at: str) -> None:
        self.retry_at = retry_at
        super().__init__(f"left alone until {retry_at}: {rest.reason}")


class RetryLaterError(IgnoreRequest):
    """A request with the meta key `RETRY_LATER` has failed, and may be made again after a pause.

    Attributes:
        tries: how many have failed.
    """

    def __init__(self, tries: int, reason: str) -> None:
        self.tries = tries
        super().__init__(reason)


class ForbiddenByRobotsError(IgnoreRequest):
    """The site's robots.txt does not allow the URL (RFC 9309)."""

    def __init__(self, detail: str = "robots.txt forbids it") -> None:
        super().__init__(detail)


class RobotsUnreachableError(ForbiddenByRobotsError):
    """robots.txt could not be asked, so nothing is allowed (RFC 9309, 2.3.1.4).

    Attributes:
        retry_at: when it will be asked again at the earliest, ISO 8601 in UTC.
        is_silent: whether no HTTP answer came at all.
    """

    def __init__(self, reason: str, retry_at: str, *, is_silent: bool = False) -> None:
        super().__init__(f"robots.txt is unreachable: {reason}")
        self.retry_at = retry_at
        self.is_silent = is_silent


class NoRecordError(IgnoreRequest):
    """The crawl is answered by WARC files, and they have no answer; the message is the evidence."""


class OwnFailureError(IgnoreRequest):
    """The run cannot go on, for a reason of its own, which the message says; no site has failed."""
