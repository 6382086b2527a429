"""robots.txt: a refusal that can be told from every other ignored request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy.http import Request
    from scrapy.robotstxt import RobotParser


class ForbiddenByRobotsError(IgnoreRequest):
    """The site's robots.txt does not allow the URL (RFC 9309)."""


class SourceRobotsTxtMiddleware(RobotsTxtMiddleware):
    """Scrapy's robots.txt middleware with an exception of its own for a refusal."""

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let an allowed request pass.

        Raises:
            ForbiddenByRobotsError: robots.txt forbids it.
        """
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise ForbiddenByRobotsError(str(error)) from error
