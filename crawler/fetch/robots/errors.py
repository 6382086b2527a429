"""Why a request is not made: the site's robots.txt says so, or could not be asked."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


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
