"""Runs the scripts of a page in Chromium, which is without a network; needs the extra `browser`.

What scripts ask for is answered by the caller, so that whatever holds for a crawl's own requests
(the address guard, robots.txt, pauses, a recording) holds for theirs. scrapy-playwright would have
the browser make connections of its own.

A page is taken for hostile. Each has a browser context, so a renderer process, of its own; what it
may read is told by `crawler.downloader.page_answers`; and nothing that ends or bounds it runs where
its scripts do.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from playwright.async_api import async_playwright

from crawler.config import without_secrets
from crawler.downloader.page_answers import PageAnswers
from crawler.downloader.rendering import Rendered, RenderError
from crawler.downloader.robots.rules import origin_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, CDPSession, Page, Playwright

    from crawler.downloader.rendering import Answerer, PageAnswer

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_AT_ONCE: Final = 2  # pages
_MOST_CHARACTERS: Final = 4 * 1024 * 1024
_MOST_MEMORY: Final = 1 << 30  # of one of the browser's processes; each page has one
_LEFT_OVER: Final = 5.0  # seconds for what must be quick
_STOPPED: Final = "the run was stopped"
_ARGUMENTS: Final = (
    # Each by itself would do for most: no name is resolved, connections go to a proxy that is not
    # there, also those to this machine, and media connections may go by no other way.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:1",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in older ones
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--js-flags=--max-old-space-size=256",
)
_TESTS_WANT: Final = ("--disable-popup-blocking",)  # Playwright's own, which is made for tests
# In a world of its own, where nothing is what the page's scripts have made of it; by the
# prototypes, since elements that are named like a property of the document stand in for it.
_READ: Final = f"""(() => {{
const get = (kind, name, of) => Object.getOwnPropertyDescriptor(kind.prototype, name).get.call(of);
const root = get(Document, "documentElement", document);
return root === null ? "" : get(Element, "outerHTML", root).slice(0, {_MOST_CHARACTERS});
}})()"""


def find_chromium(path: str = "") -> str | None:
    """Return the executable of Chromium; None: there is none."""
    names = (path,) if path else _NAMES
    return next((found for name in names if (found := shutil.which(name))), None)


class Browser:
    """One Chromium, started with the first page; used from the thread of one running loop."""

    def __init__(self, executable: str, *, seconds: float) -> None:
        """Prepare the browser.

        Args:
            executable: the path of Chromium.
            seconds: that a page may take; what it shows then counts.
        """
        self._executable = executable
        self._seconds = seconds
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._starting = asyncio.Lock()
        self._open: set[asyncio.Task[Rendered]] = set()
        self._is_killed = False
        self._driver: Playwright | None = None
        self._chromium: Chromium | None = None

    async def render(self, page: PageAnswer, answer: Answerer) -> Rendered:
        """Return a page once its scripts have run.

        Args:
            answer: asks for what they ask for.

        Raises:
            RenderError: they could not be run.
        """
        async with self._turns:
            for is_last in (False, True):
                try:
                    return await self._try(page, answer)
                except RenderError as error:
                    # Another page may have cost the browser; this one gets a fresh one then.
                    if is_last or not error.is_ours or self._is_killed:
                        raise
        raise AssertionError

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

    async def _try(self, page: PageAnswer, answer: Answerer) -> Rendered:
        if self._is_killed:
            raise RenderError(_STOPPED, is_ours=True)
        task = asyncio.ensure_future(self._render(page, answer))
        self._open.add(task)
        try:
            return await task
        except asyncio.CancelledError as error:
            if not self._is_killed:
                raise
            raise RenderError(_STOPPED, is_ours=True) from error
        except PlaywrightError as error:
            is_ours = self._chromium is None or not self._chromium.is_connected()
            raise RenderError(error.message.splitlines()[0], is_ours=is_ours) from error
        finally:
            self._open.discard(task)

    async def _started(self) -> Chromium:
        async with self._starting:
            if self._driver is None:
                self._driver = await async_playwright().start()
            if self._chromium is None or not self._chromium.is_connected():
                self._chromium = await self._driver.chromium.launch(
                    executable_path=self._executable,
                    args=list(_ARGUMENTS),
                    ignore_default_args=list(_TESTS_WANT),
                    env={**without_secrets(os.environ)},
                    chromium_sandbox=os.geteuid() != 0,  # which root cannot have
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
                await _limit_memory(self._chromium)
            return self._chromium

    async def _end_chromium(self) -> None:
        chromium, self._chromium = self._chromium, None
        if chromium is not None:
            with suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(chromium.close(), _LEFT_OVER)

    async def _render(self, answer: PageAnswer, answerer: Answerer) -> Rendered:
        chromium = await self._started()
        async with self._context(chromium) as context:
            answers = PageAnswers(answer, answerer)
            await context.route("**/*", answers.fulfil)
            page = await context.new_page()
            context.on("page", lambda popup: asyncio.ensure_future(_close(popup)))
            session = await context.new_cdp_session(page)
            await self._load(page, answer.url)
            html = await _read(session)
            if not page.url.startswith("http") or origin_of(page.url) != origin_of(answer.url):
                raise RenderError("its scripts led elsewhere")
            return Rendered(f"<!DOCTYPE html>\n{html}", answers.led_to)

    @asynccontextmanager
    async def _context(self, chromium: Chromium) -> AsyncIterator[BrowserContext]:
        """A context with a renderer of its own, which goes with it, whatever its scripts do."""
        context = await chromium.new_context(service_workers="block", accept_downloads=False)
        try:
            yield context
        finally:
            try:
                await asyncio.wait_for(context.close(), _LEFT_OVER)
            except TimeoutError:
                await self._end_chromium()
            except PlaywrightError:
                pass  # it has gone with the browser

    async def _load(self, page: Page, url: str) -> None:
        milliseconds = self._seconds * 1000
        with suppress(PlaywrightTimeoutError):  # what it shows by then counts
            await page.goto(url, wait_until="networkidle", timeout=milliseconds)


async def _read(session: CDPSession) -> str:
    """Return what a page shows; a script that has not ended by now is ended."""
    for is_last in (False, True):
        try:
            return await asyncio.wait_for(_read_apart(session), _LEFT_OVER / 2)
        except TimeoutError:
            if is_last:
                break
            # The renderer hangs in a script; this goes past it.
            with suppress(PlaywrightError, TimeoutError):
                ending = session.send("Runtime.terminateExecution")
                await asyncio.wait_for(ending, _LEFT_OVER / 2)
    with suppress(PlaywrightError, TimeoutError):
        await asyncio.wait_for(session.send("Page.crash"), _LEFT_OVER / 2)
    raise RenderError("its scripts did not end")


async def _read_apart(session: CDPSession) -> str:
    tree = await session.send("Page.getFrameTree")
    frame = tree["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
    asked = {"contextId": world["executionContextId"], "expression": _READ, "returnByValue": True}
    found = await session.send("Runtime.evaluate", asked)
    html = found["result"].get("value")
    if not isinstance(html, str):
        raise RenderError("the page could not be read")
    return html


async def _close(popup: Page) -> None:
    with suppress(PlaywrightError):
        await popup.close()


async def _limit_memory(chromium: Chromium) -> None:
    """Limit the processes that the pages' own will be forked from, where the system can (Linux)."""
    try:
        from resource import RLIMIT_DATA, prlimit  # noqa: PLC0415 - Linux
    except ImportError:
        return
    session = await chromium.new_browser_cdp_session()
    try:
        told: dict[str, Any] = await session.send("SystemInfo.getProcessInfo")
        for process in told["processInfo"]:
            if process["type"] == "browser":
                for child in _descendants(int(process["id"])):
                    with suppress(OSError, ValueError):
                        prlimit(child, RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
    finally:
        await session.detach()


def _descendants(pid: int) -> list[int]:
    found = []
    with suppress(OSError):  # it has ended
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, file.read_text().split()):
                found += [child, *_descendants(child)]
    return found
