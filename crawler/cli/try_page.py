"""`crawler try`: one page, fetched as a crawl does, read by its rule and without, by field."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse

from crawler import config
from crawler.cli.logs import Telling, log_to
from crawler.cli.process import UnusableRunError, project_settings
from crawler.cli.report import escape, narrow_table
from crawler.cli.shared import AsJson, Overrides, json_text, settings_of, tells
from crawler.crawl.checks import check_settings
from crawler.crawl.downloads import download
from crawler.crawl.javascript import ScriptRunner, better, without_scripts
from crawler.crawl.pool import page_object_modules, page_object_name, pool_from_settings
from crawler.crawl.reading import Reading, read_page
from crawler.downloader.contact import MISSING_CONTACT, Surroundings, names_a_contact, user_agent
from crawler.downloader.media_type import content_type_of
from crawler.downloader.rendering import RenderError
from crawler.extraction.job import ExtractionJob
from crawler.extraction.pool.extraction_pool import ExtractionPoolError
from crawler.options import OptionError
from crawler.rules import SiteRules
from crawler.summary import ExitCode
from crawler.testing.cases import Case, Told, told_fields

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings, Settings

    from crawler.extraction.article import Article
    from crawler.rules import Rule


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


def try_url(url: str, settings: Settings, *, console: Console, telling: Telling) -> TriedPage:
    """Fetch a page and read it.

    Raises:
        OptionError: a setting makes no sense.
        UnusableRunError: it must not be fetched, or nothing can be.
    """
    process = AsyncCrawlerProcess(settings)
    log_to(console, settings, telling)  # after Scrapy has set its own levels
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
        agent = user_agent(config.CONTACT.of(settings))
        settings.set("USER_AGENT", agent, priority="addon")

    async def start(self) -> AsyncIterator[Any]:
        if not names_a_contact(self.settings["USER_AGENT"]):
            use_proxies = self.settings.getbool("HTTPPROXY_ENABLED")
            if Surroundings(use_proxies=use_proxies).is_public(self.url):
                self.failure = MISSING_CONTACT
                raise CloseSpider(MISSING_CONTACT)
        asked = await download(self.crawler, self.url)
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
        scripts = ScriptRunner.from_crawler(self.crawler, SiteRules.from_settings(self.settings))
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
        if reading.page is not None:
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


_SHOWN = 200  # characters of a value


@tells
def try_page(
    page: Annotated[str, typer.Argument(metavar="URL_OR_FILE")],
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="where a FILE came from")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="TOML", help="instead of CRAWLER_RULES")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="keep it as a case for pytest")
    ] = None,
    as_json: AsJson = False,
    overrides: Overrides = [],
    *,
    telling: Telling,
) -> None:
    """Show what would be extracted from a page, by its rule and without; nothing is kept of it."""
    quiet = {"STATS_DUMP": False, "LOG_LEVEL": "WARNING", "LOG_INSTALL_ROOT_HANDLER": False}
    chosen = {} if rules is None else {config.RULES.name: str(rules)}
    settings = project_settings({**settings_of(overrides), **chosen})
    settings.setdict(quiet, priority="project")
    settings.set(config.EXTRACTION_WORKERS.name, 1, priority="cmdline")  # for one page
    check_settings(settings)
    file = stored(page)
    if file is None:
        console = Console(stderr=True)
        tried = try_url(address(page), settings, console=console, telling=telling)
    elif url is None:
        raise OptionError(f"--url: say where {page} came from; rules and links go by it")
    else:
        tried = try_file(file, address(url), settings)
    if as_json:
        print(json_text(_as_json(tried)))

    else:
        _print_tried(tried, Console())
    if save is not None:
        _save(tried, save, settings)
    if not tried.reading.state.is_good:
        raise typer.Exit(ExitCode.NEEDS_A_LOOK)


def _save(tried: TriedPage, folder: Path, settings: Settings) -> None:
    if tried.job is None or tried.article is None:
        raise OptionError(f"--save: {tried.url} is {tried.reading.state}, there is nothing to keep")
    case = Case.of_page(
        folder,
        tried.job,
        tried.article,
        day=tried.at.date(),
        rules=Path(path) if (path := config.RULES.of(settings)) else None,
        page_objects=page_object_modules(settings),
    )
    case.write()
    Console(stderr=True).print(f"kept as {escape(str(case.file))}", soft_wrap=True)


def _fields(reading: Reading | None) -> dict[str, Told]:
    answer = None if reading is None else reading.page
    return {} if answer is None else told_fields(answer.article)


def _as_json(tried: TriedPage) -> dict[str, Any]:
    fields, defaults = _fields(tried.reading), _fields(tried.default)
    rows = []
    for name in fields | defaults:
        row: dict[str, Any] = {"field": name, **_pair(fields.get(name))}
        if tried.default is not None:
            row["default"] = _pair(defaults.get(name))
        rows.append(row)
    return {
        "url": tried.url,
        "state": str(tried.reading.state),
        "detail": tried.reading.detail,
        "rule": None if tried.rule is None else tried.rule.place,
        "pageObject": tried.page_object,
        "fields": rows,
    }


def _pair(told: Told | None) -> dict[str, Any]:
    if told is None:
        return {"value": None, "origin": None}
    return {"value": told.value, "origin": told.origin}


def _print_tried(tried: TriedPage, console: Console) -> None:
    detail = f" ({tried.reading.detail})" if tried.reading.detail else ""
    console.print(f"[bold]{tried.reading.state}[/]{escape(detail)} {escape(tried.url)}", **_PLAIN)
    rule = None if tried.rule is None else tried.rule.place
    by = " and ".join(filter(None, (rule, tried.page_object)))
    console.print(escape(f"read by {by}" if by else "no rule is for it"), **_PLAIN)
    fields, defaults = _fields(tried.reading), _fields(tried.default)
    headings = ["field", "value", "from"]
    headings += [] if tried.default is None else ["by default", "from"]
    table = narrow_table(*headings)
    for name in fields | defaults:
        cells = [name, *_cells(fields.get(name))]
        if tried.default is not None:
            same = fields.get(name) == defaults.get(name)
            cells += ["the same", ""] if same else _cells(defaults.get(name))
        table.add_row(*cells)
    if table.rows:
        console.print(table)


_PLAIN: dict[str, Any] = {"soft_wrap": True, "highlight": False}


def _cells(told: Told | None) -> list[str]:
    if told is None:
        return ["nothing", ""]
    text = told.value if isinstance(told.value, str) else json.dumps(told.value, ensure_ascii=False)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text)} characters)"
    return [escape(shown, keep="\n"), told.origin]
