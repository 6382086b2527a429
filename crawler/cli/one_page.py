"""Fetches one page with the manners of a crawl, and reads it by its rule and without."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse

from crawler.cli.logs import log_to
from crawler.cli.process import UnusableRunError
from crawler.extraction.extract import ExtractionJob
from crawler.extraction.pool.extraction_pool import ExtractionPoolError
from crawler.fetch.contact import MISSING_CONTACT, Surroundings, names_a_contact, user_agent
from crawler.fetch.media_type import content_type_of
from crawler.fetch.rendering import RenderError
from crawler.options import OptionError
from crawler.rules.site_rules import SiteRules
from crawler.spiders.asking import ask
from crawler.spiders.javascript import JavaScriptDesk, better, without_scripts
from crawler.spiders.pool import page_object_name, pool_from_settings
from crawler.spiders.reading import Reading, read_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rich.console import Console
    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings, Settings

    from crawler.extraction.article import Article
    from crawler.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class TriedPage:
    """One page and what was read off it.

    Attributes:
        url: after redirects.
        reading: what a crawl would make of it.
        rule: the rule that it was read by; None: there is none for it.
        page_object: the name of its page object; None: there is none for it.
        default: what a crawl without the two would make of it, where there is one of them.
        job, article: what was extracted, and from what, without what HTTP says of the page; None
            where there is no page to extract.
        at: when it was read (UTC).
    """

    url: str
    reading: Reading
    at: datetime
    rule: Rule | None = None
    page_object: str | None = None
    default: Reading | None = None
    job: ExtractionJob | None = None
    article: Article | None = None


def try_file(path: Path, url: str, settings: Settings) -> TriedPage:
    """Read a page that was stored.

    Args:
        url: where it came from.

    Raises:
        OptionError: a setting makes no sense.
        OSError: the file cannot be read.
        UnusableRunError: no page can be extracted.
    """
    headers = {"Content-Type": "text/html"}
    response = HtmlResponse(url, body=path.read_bytes(), headers=headers)
    try:
        return asyncio.run(_read(response, settings))
    except ExtractionPoolError as error:
        raise UnusableRunError(str(error)) from error


def try_url(url: str, settings: Settings, *, console: Console, verbose: bool) -> TriedPage:
    """Fetch a page and read it.

    Raises:
        OptionError: a setting makes no sense.
        UnusableRunError: it must not be fetched, or nothing can be.
    """
    process = AsyncCrawlerProcess(settings)
    log_to(console, settings, verbose=verbose)  # after Scrapy has set its own levels
    crawler = process.create_crawler(_OnePageSpider)
    process.crawl(crawler, url=url)
    process.start()
    spider = crawler.spider
    tried = spider.tried if isinstance(spider, _OnePageSpider) else None
    if tried is None:
        failure = spider.failure if isinstance(spider, _OnePageSpider) else None
        raise UnusableRunError(failure or "the page was not fetched; see the log")
    return tried


class _OnePageSpider(Spider):
    name = "one-page"
    url: str
    tried: TriedPage | None = None
    failure: str | None = None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        agent = user_agent(settings.get("CRAWLER_CONTACT", ""))
        settings.set("USER_AGENT", agent, priority="addon")

    async def start(self) -> AsyncIterator[Any]:
        if not names_a_contact(self.settings["USER_AGENT"]):
            use_proxies = self.settings.getbool("HTTPPROXY_ENABLED")
            if Surroundings(use_proxies=use_proxies).is_public(self.url):
                self.failure = MISSING_CONTACT
                raise CloseSpider(MISSING_CONTACT)
        asked = await ask(self.crawler, self.url)
        if asked.response is None:
            reading = Reading(asked.state, asked.detail)
            self.tried = TriedPage(self.url, reading, datetime.now(UTC))
        else:
            try:
                tried = await _read(asked.response, self.settings)
                self.tried = await self._with_scripts(asked.response, tried)
            except ExtractionPoolError as error:
                self.failure = str(error)
                raise CloseSpider(self.failure) from error
        requests: tuple[Request, ...] = ()  # there are none, but Scrapy asks for a generator
        for request in requests:
            yield request

    async def _with_scripts(self, response: Response, tried: TriedPage) -> TriedPage:
        """Return the page as it is once its scripts have run, where a crawl would have them run."""
        scripts = JavaScriptDesk.from_crawler(self.crawler, SiteRules.from_settings(self.settings))
        if scripts is None or not scripts.wants(tried.reading, tried.rule):
            return tried
        try:
            rendered, led_to = await scripts.rendered(response)
        except RenderError as error:
            return replace(tried, reading=without_scripts(tried.reading, error))
        finally:
            await scripts.close()
        again = await _read(rendered, self.settings)
        reading = better(tried.reading, again.reading, led_to)
        return replace(again if again.reading.state.is_good else tried, reading=reading)


async def _read(response: Response, settings: BaseSettings) -> TriedPage:
    rules, now = SiteRules.from_settings(settings), datetime.now(UTC)
    rule = rules.rule_for(response.url, now.date())
    pool = pool_from_settings(settings)
    page_object = page_object_name(settings, response.url)
    default = job = article = None
    try:
        reading = await read_page(response, pool, wants_body=True, rules=rules, served_at=now)
        if reading.answer is not None:
            content_type = content_type_of(response.headers)
            job = ExtractionJob(response.body, response.url, content_type, rule=rule)
            article = await pool.extract(job)
    finally:
        await pool.close()
    if rule is not None or page_object is not None:
        pool = pool_from_settings(settings, page_objects=False)
        try:
            default = await read_page(response, pool, wants_body=True)
        finally:
            await pool.close()
    return TriedPage(response.url, reading, now, rule, page_object, default, job, article)


def address(text: str) -> str:
    """Return the URL of a page, seen to be one.

    Raises:
        OptionError: it is none.
    """
    if not text.lower().startswith(("http://", "https://")):
        raise OptionError(f"{text!r} is not the http or https URL of a page")
    return text


def stored(text: str) -> Path | None:
    """Return the path that a text means; None: it is a URL."""
    return None if "://" in text else Path(text)
