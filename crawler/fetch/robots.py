"""robots.txt: obeyed by every request of a host, and a refusal that can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

if TYPE_CHECKING:
    from scrapy.http import Request
    from scrapy.robotstxt import RobotParser


class ForbiddenByRobotsError(IgnoreRequest):
    """The site's robots.txt does not allow the URL (RFC 9309)."""


class SourceRobotsTxtMiddleware(RobotsTxtMiddleware):
    """Scrapy's robots.txt middleware with an exception of its own for a refusal."""

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the request's host, once they are there.

        In Scrapy 2.19 all requests that wait for them await one Deferred, whose first waiter
        takes the result away: the others get None, and would be let through.
        """
        waiting = self._parsers.get(urlparse_cached(request).netloc)
        if not isinstance(waiting, Deferred):
            return await super().robot_parser(request)
        mine: Deferred[RobotParser | None] = Deferred()

        def tell(parser: RobotParser | None) -> RobotParser | None:
            mine.callback(parser)
            return parser

        waiting.addCallback(tell)
        return await maybe_deferred_to_future(mine)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let an allowed request pass.

        Raises:
            ForbiddenByRobotsError: robots.txt forbids it.
        """
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise ForbiddenByRobotsError(str(error)) from error
