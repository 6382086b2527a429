"""Runs the scripts of a page in Chromium, which is without a network; needs the extra `browser`.

What scripts ask for is answered by the caller, so that whatever holds for a crawl's own requests
(the address guard, robots.txt, pauses, a recording) holds for theirs. scrapy-playwright would have
the browser make connections of its own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Page, Playwright, Route

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_AT_ONCE: Final = 2  # pages
_MOST_ANSWERS: Final = 60  # of one page
_MOST_CHARACTERS: Final = 4 * 1024 * 1024
_LEFT_OVER: Final = 5.0  # seconds for what must be quick
_STOPPED: Final = "the run was stopped"
_ASKED_FOR: Final = frozenset({"script", "xhr", "fetch"})
# Each by itself would do for most: no name is resolved, connections go to a proxy that is not
# there, also those to this machine, and media connections may go by no other way.
_OFFLINE: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
)


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """An answer for the browser: what of an HTTP response scripts are given."""

    url: str
    status: int
    content_type: str
    body: bytes


class RenderError(RuntimeError):
    """A page's scripts could not be run; the message says why."""


def find_chromium(path: str = "") -> str | None:
    """Return the executable of Chromium; None: there is none."""
    names = (path,) if path else _NAMES
    return next((found for name in names if (found := shutil.which(name))), None)


class Browser:
    """One Chromium, started with the first page; used from the thread of one running loop."""

    def __init__(
        self,
        executable: str,
        answer: Callable[[str], Awaitable[PageAnswer | None]],
        *,
        seconds: float,
    ) -> None:
        """Prepare the browser.

        Args:
            executable: the path of Chromium.
            answer: asks for a URL by GET, for scripts; None: there is no answer.
            seconds: that a page may take; what it shows then counts.
        """
        self._executable = executable
        self._answer = answer
        self._seconds = seconds
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._starting = asyncio.Lock()
        self._open: set[asyncio.Task[str]] = set()
        self._is_killed = False
        self._driver: Playwright | None = None
        self._chromium: Chromium | None = None

    async def render(self, page: PageAnswer) -> str:
        """Return a page as HTML once its scripts have run.

        Raises:
            RenderError: they could not be run.
        """
        async with self._turns:
            if self._is_killed:
                raise RenderError(_STOPPED)
            task = asyncio.ensure_future(self._render(page))
            self._open.add(task)
            try:
                return await asyncio.wait_for(task, self._seconds + _LEFT_OVER)
            except asyncio.CancelledError as error:
                if not self._is_killed:
                    raise
                raise RenderError(_STOPPED) from error
            except TimeoutError as error:
                await self._end_chromium()  # nothing else ends a script in a loop
                raise RenderError("the browser hung") from error
            except PlaywrightError as error:
                raise RenderError(error.message.splitlines()[0]) from error
            finally:
                self._open.discard(task)

    def kill(self) -> None:
        """Give up all pages now, and take no more; `close` ends the browser."""
        self._is_killed = True
        for task in self._open:
            task.cancel()

    async def close(self) -> None:
        """End the browser."""
        await self._end_chromium()
        driver, self._driver = self._driver, None
        if driver is not None:
            with suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(driver.stop(), _LEFT_OVER)

    async def _started(self) -> Chromium:
        async with self._starting:
            if self._driver is None:
                self._driver = await async_playwright().start()
            if self._chromium is None or not self._chromium.is_connected():
                self._chromium = await self._driver.chromium.launch(
                    executable_path=self._executable,
                    args=list(_OFFLINE),
                    chromium_sandbox=os.geteuid() != 0,  # which root cannot have
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
            return self._chromium

    async def _end_chromium(self) -> None:
        chromium, self._chromium = self._chromium, None
        if chromium is not None:
            with suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(chromium.close(), _LEFT_OVER)

    async def _render(self, answer: PageAnswer) -> str:
        chromium = await self._started()
        context = await chromium.new_context(service_workers="block", accept_downloads=False)
        try:
            page = await context.new_page()
            await page.route("**/*", _Answers(answer, self._answer).fulfil)
            await self._load(page, answer.url)
            cut = f"document.documentElement.outerHTML.slice(0, {_MOST_CHARACTERS})"
            return f"<!DOCTYPE html>\n{await page.evaluate(cut)}"
        finally:
            with suppress(PlaywrightError):
                await context.close()

    async def _load(self, page: Page, url: str) -> None:
        milliseconds = self._seconds * 1000
        with suppress(PlaywrightError):  # what it shows by then counts
            await page.goto(url, wait_until="networkidle", timeout=milliseconds)


class _Answers:
    """The answers for one page: itself first, then what its scripts ask for."""

    def __init__(
        self, page: PageAnswer, answer: Callable[[str], Awaitable[PageAnswer | None]]
    ) -> None:
        self._page: PageAnswer | None = page
        self._answer = answer
        self._given = 0

    async def fulfil(self, route: Route) -> None:
        with suppress(PlaywrightError):  # the page has gone
            answer = await self._for(route)
            if answer is None:
                await route.abort()
            else:
                headers = {"content-type": answer.content_type, "access-control-allow-origin": "*"}
                await route.fulfill(status=answer.status, headers=headers, body=answer.body)

    async def _for(self, route: Route) -> PageAnswer | None:
        request = route.request
        if request.is_navigation_request():
            page, self._page = self._page, None  # once: scripts lead nowhere else
            return page
        if request.method != "GET" or request.resource_type not in _ASKED_FOR:
            return None
        self._given += 1
        return await self._answer(request.url) if self._given <= _MOST_ANSWERS else None
