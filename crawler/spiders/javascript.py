"""Pages that are empty until their scripts have run: which, and what they are then."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self

from crawler.fetch.bounded_stop import StoppedError
from crawler.fetch.warc.errors import OwnFailureError
from crawler.options import OptionError
from crawler.spiders.asking import ask
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from crawler.fetch.browser import Browser, PageAnswer
    from crawler.rules.rule import Rule
    from crawler.rules.site_rules import SiteRules
    from crawler.spiders.reading import Reading

logger = logging.getLogger("crawler.run")

JAVASCRIPT: Final = "CRAWLER_JAVASCRIPT"
BROWSER: Final = "CRAWLER_BROWSER"
_SECONDS: Final = "CRAWLER_BROWSER_SECONDS"
_WAYS: Final = ("rules", "empty", "off")


class JavaScriptDesk:
    """Has the scripts of pages run where a rule or the setting wants that."""

    def __init__(self, browser: Browser, crawler: Crawler, *, also_empty: bool) -> None:
        self._browser = browser
        self._crawler = crawler
        self._also_empty = also_empty

    @classmethod
    def from_crawler(cls, crawler: Crawler, rules: SiteRules) -> Self | None:
        """Make the desk; None: no page's scripts are to be run, or there is no browser for that.

        Raises:
            OptionError: as `check_javascript_settings`.
        """
        settings = crawler.settings
        check_javascript_settings(settings)
        also_empty = settings[JAVASCRIPT] == "empty"
        asked_for = any(rule.javascript for rule in rules.rules)
        if settings[JAVASCRIPT] == "off" or not (also_empty or asked_for):
            return None
        make = _maker(settings)
        if make is None:
            logger.warning("rules ask for JavaScript, but there is no browser: see docs/rules.md")
            return None
        return cls(make(lambda url: _answer(crawler, url)), crawler, also_empty=also_empty)

    def wants(self, reading: Reading, rule: Rule | None) -> bool:
        """Whether the scripts of a page are to be run that was read without them."""
        asked_for = rule is not None and rule.javascript
        if asked_for:
            return reading.state in {State.OK, State.EMPTY}
        return self._also_empty and reading.state is State.EMPTY

    async def rendered(self, response: Response) -> Response | None:
        """Return an answer with its page as it is once its scripts have run; None: it failed."""
        from crawler.fetch.browser import PageAnswer, RenderError  # noqa: PLC0415 - needs an extra

        content_type = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
        page = PageAnswer(response.url, 200, content_type, response.body)
        try:
            html = await self._browser.render(page)
        except RenderError as error:
            logger.warning("the scripts of %s were not run: %s", response.url, error)
            return None
        self._crawler.stats.inc_value("crawler/javascript/pages")
        headers = response.headers.copy()
        headers["Content-Type"] = "text/html; charset=utf-8"
        return response.replace(body=html.encode("utf-8", "ignore"), headers=headers)

    def kill(self) -> None:
        """Give up all pages now."""
        self._browser.kill()

    async def close(self) -> None:
        """End the browser."""
        await self._browser.close()


def better(plain: Reading, rendered: Reading) -> Reading:
    """Return how a page is read: as it is once its scripts have run if that is good, else plain."""
    chosen, told = rendered, "its scripts were run"
    if not rendered.state.is_good:
        chosen, told = plain, f"its scripts were run and left it {rendered.state}"
    return replace(chosen, detail="; ".join(filter(None, (told, chosen.detail))))


def check_javascript_settings(settings: BaseSettings) -> None:
    """Look at the settings before anything is begun.

    Raises:
        OptionError: one makes no sense, or a browser is wanted and there is none.
    """
    if settings[JAVASCRIPT] not in _WAYS:
        raise OptionError(f"{JAVASCRIPT}: {settings[JAVASCRIPT]!r} is not {', '.join(_WAYS)}")
    try:
        seconds = float(settings[_SECONDS])
    except (TypeError, ValueError):
        seconds = 0
    if not 0 < seconds <= 600:  # noqa: PLR2004 - ten minutes
        raise OptionError(f"{_SECONDS}: {settings[_SECONDS]!r} is no number from above 0 to 600")
    if settings[JAVASCRIPT] == "empty" and _maker(settings) is None:
        told = "needs Chromium and pip install 'frontmatter-crawler[browser]'"
        raise OptionError(f"{JAVASCRIPT}: {told}")


def _maker(
    settings: BaseSettings,
) -> Callable[[Callable[[str], Awaitable[PageAnswer | None]]], Browser] | None:
    """Return what makes the browser; None: there is none."""
    try:
        from crawler.fetch.browser import Browser, find_chromium  # noqa: PLC0415 - needs an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "playwright":
            raise
        return None
    executable = find_chromium(settings[BROWSER])
    if executable is None:
        return None
    seconds = settings.getfloat(_SECONDS)
    return lambda answer: Browser(executable, answer, seconds=seconds)


async def _answer(crawler: Crawler, url: str) -> PageAnswer | None:
    """Ask for what a script wants, with the manners of the crawl."""
    from crawler.fetch.browser import PageAnswer  # noqa: PLC0415 - needs an extra

    if not url.startswith(("http://", "https://")):
        return None
    try:
        asked: Any = await ask(crawler, url, via="a script")
    except (StoppedError, OwnFailureError):
        return None  # the run ends, which its other requests tell
    response = asked.response
    if response is None:
        return None
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return PageAnswer(response.url, response.status, content_type, response.body)
