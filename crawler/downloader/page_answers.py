"""What a page in the browser is given: itself, and what its scripts may ask for and read.

The rules are those of browsers, and stricter where a crawl needs no more. They are kept here,
since the route layer of Playwright, which is made for tests, lets every page read every answer.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError

from crawler.downloader.robots.rules import origin_of

if TYPE_CHECKING:
    from playwright.async_api import Request, Route

    from crawler.downloader.rendering import Answerer, PageAnswer

_MOST_ANSWERS: Final = 60  # of one page
_MOST_BYTES: Final = 32 * 1024 * 1024  # of them together
_READ_BY_SCRIPTS: Final = frozenset({"xhr", "fetch"})
_NOBODY: Final = "https://nobody.invalid"  # Playwright itself would allow everybody, if we did not


class PageAnswers:
    """The answers for one page: itself first, then what its scripts ask for.

    Attributes:
        led_to: where its scripts would have the page go, last.
    """

    def __init__(self, page: PageAnswer, answer: Answerer) -> None:
        self._page: PageAnswer | None = page
        self._origin = _serialized_origin(page.url)
        self._answer = answer
        self._given = 0
        self._bytes = 0
        self.led_to: str | None = None

    async def fulfil(self, route: Route) -> None:
        """Answer a request of the browser."""
        with suppress(PlaywrightError):  # the page has gone
            answer = await self._for(route.request)
            if answer is None:
                # As one that the page itself gives up: it then stays as it is, and no page of the
                # browser's own comes in its place.
                await route.abort("aborted")
            else:
                headers = {
                    "content-type": answer.content_type,
                    "access-control-allow-origin": answer.allowed_origin or _NOBODY,
                }
                await route.fulfill(status=answer.status, headers=headers, body=answer.body)

    async def _for(self, request: Request) -> PageAnswer | None:
        if request.is_navigation_request():
            return self._for_navigation(request)
        is_read = request.resource_type in _READ_BY_SCRIPTS
        if request.method != "GET" or not (is_read or request.resource_type == "script"):
            return None
        self._given += 1
        if self._given > _MOST_ANSWERS or self._bytes > _MOST_BYTES:
            return None
        is_own = _serialized_origin(request.url) == self._origin
        # Without the request headers of a script's own: so a browser would not ask first either.
        answer = await self._answer(request.url, self._origin if is_read and not is_own else None)
        if answer is None:
            return None
        self._bytes += len(answer.body)
        return answer if self._may_have(answer, is_own=is_own, is_read=is_read) else None

    def _for_navigation(self, request: Request) -> PageAnswer | None:
        if request.frame.parent_frame is not None:
            return None
        page, self._page = self._page, None  # once: scripts lead nowhere else
        if page is None:
            self.led_to = request.url
        return page

    def _may_have(self, answer: PageAnswer, *, is_own: bool, is_read: bool) -> bool:
        """Whether scripts may have an answer, which may have come from elsewhere than was asked."""
        if is_own and _serialized_origin(answer.url) == self._origin:
            return True
        if is_read:
            return answer.allowed_origin in {"*", self._origin}
        return "script" in answer.content_type.lower()


def _serialized_origin(url: str) -> str:
    """Return an origin as browsers write it: without the port that a scheme has by itself."""
    parts = urlsplit(url)
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return origin_of(url).removesuffix(default) if parts.hostname else "null"
