"""Pages that are empty until their scripts have run: which, and what they are then."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from scrapy import Request

from crawler import config
from crawler.crawl.downloads import download_request
from crawler.downloader.addresses import PUBLIC_ONLY, refusal
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.host_state import VIA
from crawler.downloader.rendering import PageAnswer, RenderError
from crawler.downloader.stop import StoppedError, is_stopping
from crawler.extras import how_to_get
from crawler.options import OptionError
from crawler.sanitize import plain_text
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from crawler.crawl.reading import PageReader, Reading
    from crawler.downloader.browser import Browser
    from crawler.rules import Rule, SiteRules

logger = logging.getLogger("crawler.run")

_DETAIL_LENGTH: Final = 200
_WAYS: Final = ("rules", "empty", "off")


class ScriptRunner:
    """Has the scripts of pages run where a rule or the setting wants that."""

    def __init__(self, browser: Browser, crawler: Crawler, *, also_empty: bool) -> None:
        self._browser = browser
        self._crawler = crawler
        self._also_empty = also_empty

    @classmethod
    def from_crawler(cls, crawler: Crawler, rules: SiteRules) -> Self | None:
        """Make it; None: no page's scripts are to be run, or there is no browser for that.

        Raises:
            OptionError: as `check_javascript_settings`.
        """
        settings = crawler.settings
        check_javascript_settings(settings)
        also_empty = config.JAVASCRIPT.of(settings) == "empty"
        asked_for = any(rule.javascript for rule in rules.rules)
        if config.JAVASCRIPT.of(settings) == "off" or not (also_empty or asked_for):
            return None
        make = _maker(settings)
        if make is None:
            logger.warning("rules ask for JavaScript, but there is no browser: see docs/rules.md")
            return None
        return cls(make(), crawler, also_empty=also_empty)

    @property
    def is_stopping(self) -> bool:
        """Whether the crawl is being stopped, and pages with it."""
        return is_stopping(self._crawler)

    def wants(self, reading: Reading, rule: Rule | None) -> bool:
        """Whether the scripts of a page are to be run that was read without them."""
        asked_for = rule is not None and rule.javascript
        if asked_for:
            return reading.state in {State.OK, State.EMPTY}
        return self._also_empty and reading.state is State.EMPTY

    async def rendered(self, response: Response) -> tuple[Response, str | None]:
        """Return an answer with its page as it is once its scripts have run.

        Also where they would have led, if anywhere: a page's scripts may not go elsewhere.

        Raises:
            RenderError: they could not be run.
        """
        content_type = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
        page = PageAnswer(response.url, 200, content_type, response.body)
        answer = partial(_answer, self._crawler, is_public=_is_public(response))
        try:
            rendered = await self._browser.render(page, answer)
        except RenderError as error:
            logger.warning("the scripts of %s were not run: %s", response.url, error)
            raise
        self._crawler.stats.inc_value("crawler/javascript/pages")
        headers = response.headers.copy()
        headers["Content-Type"] = "text/html; charset=utf-8"
        body = rendered.html.encode("utf-8", "ignore")
        return response.replace(body=body, headers=headers), rendered.led_to

    def kill(self) -> None:
        """Give up all pages now."""
        self._browser.kill()

    async def close(self) -> None:
        """End the browser."""
        await self._browser.close()


async def with_scripts(
    reading: Reading, response: Response, scripts: ScriptRunner | None, read: PageReader
) -> Reading:
    """Return how a page is read once its scripts have run, where that is wanted and helps.

    Raises:
        StoppedError: they could not run to their end, as the crawl is being stopped.
    """
    if scripts is None or not scripts.wants(reading, read.rule_for(response)):
        return reading
    try:
        rendered, led_to = await scripts.rendered(response)
    except RenderError as error:
        reading = without_scripts(reading, error)
    else:
        again = await read(rendered, wants_body=True)
        reading = better(reading, again, led_to)
        if again.state.is_good:
            return reading
    if scripts.is_stopping:
        raise StoppedError(response.url)  # nothing was learned that the next run should believe
    return reading


def better(plain: Reading, rendered: Reading, led_to: str | None = None) -> Reading:
    """Return how a page is read: as it is once its scripts have run if that is good, else plain.

    Args:
        led_to: where the scripts would have led.
    """
    chosen, told = rendered, "its scripts were run"
    if not rendered.state.is_good:
        chosen, told = plain, f"its scripts were run and left it {rendered.state}"
    if led_to is not None:
        told = plain_text(f"{told}; they lead to {led_to}", limit=_DETAIL_LENGTH)
    return replace(chosen, detail="; ".join(filter(None, (told, chosen.detail))))


def without_scripts(plain: Reading, error: RenderError) -> Reading:
    """Return how a page is read whose scripts could not be run: no worse than without them.

    That it came out empty then says nothing of its article.
    """
    state = plain.state
    if state is State.EMPTY:
        state = State.INTERNAL_ERROR if error.is_ours else State.EXTRACTION_TIMEOUT
    told = plain_text(f"its scripts were not run: {error}", limit=_DETAIL_LENGTH)
    return replace(plain, state=state, detail="; ".join(filter(None, (told, plain.detail))))


def check_javascript_settings(settings: BaseSettings) -> None:
    """Look at the settings before anything is begun.

    Raises:
        OptionError: one makes no sense, or a browser is wanted and there is none.
    """
    config.BROWSER_SECONDS.of(settings)
    if config.JAVASCRIPT.of(settings) == "empty" and _maker(settings) is None:
        told = f"needs Chromium and {how_to_get('browser')}"
        raise OptionError(f"{config.JAVASCRIPT.name}: {told}")


def _maker(settings: BaseSettings) -> Callable[[], Browser] | None:
    """Return what makes the browser; None: there is none."""
    try:
        from crawler.downloader.browser import Browser, find_chromium  # noqa: PLC0415 - needs an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "playwright":
            raise
        return None
    executable = find_chromium(config.BROWSER.of(settings))
    if executable is None:
        return None
    return partial(Browser, executable, seconds=config.BROWSER_SECONDS.of(settings))


def _is_public(response: Response) -> bool:
    """Whether a page is from the internet, whose scripts are to reach no network of ours.

    Behind a proxy nobody knows, and only an address in the URL itself tells.
    """
    is_proxied = response.request is not None and response.meta.get("proxy")
    address = None if is_proxied else response.ip_address
    if address is None:
        try:
            address = ip_address((urlsplit(response.url).hostname or "").strip("[]"))
        except ValueError:
            return True
    return refusal(address) is None


async def _answer(
    crawler: Crawler, url: str, origin: str | None, *, is_public: bool
) -> PageAnswer | None:
    """Ask for what a script wants, with the manners of the crawl.

    Args:
        origin: whose scripts want to read an answer from elsewhere. The names of hosts in a network
            of ours are not told.
        is_public: whether the page is from the internet.
    """
    if not url.startswith(("http://", "https://")):
        return None
    headers = {"Origin": origin} if origin is not None and is_public else {}
    request = Request(url, headers=headers, meta={PUBLIC_ONLY: is_public, VIA: "a script"})
    try:
        asked = await download_request(crawler, request)
    except (StoppedError, OwnFailureError):
        return None  # the run ends, which its other requests tell
    response = asked.response
    if response is None:
        return None
    kind, allowed = (
        (response.headers.get(name) or b"").decode("latin-1")
        for name in ("Content-Type", "Access-Control-Allow-Origin")
    )
    return PageAnswer(response.url, response.status, kind, response.body, allowed or None)
