"""Why a request is not made now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from crawler.fetch.hosts.rest import Rest


class DeferredError(IgnoreRequest):
    """The host is left alone for longer than this run waits; nothing was asked.

    Attributes:
        retry_at: the end of its rest, ISO 8601 in UTC.
    """

    def __init__(self, rest: Rest, retry_at: str) -> None:
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
