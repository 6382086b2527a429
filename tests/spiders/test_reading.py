from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from scrapy.http import HtmlResponse, Request, Response

from crawler.crawl.reading import Reading, read_page, redirects_of
from crawler.downloader.warc import TAKEN_AT
from crawler.extraction.article import Article, PageKind
from crawler.extraction.job import ExtractionJob
from crawler.extraction.pool.extraction_pool import ExtractionPool, ExtractionPoolError
from crawler.extraction.pool.page_worker import ExtractionKilledError, ExtractionRaisedError
from crawler.extraction.pool.worker import Raised
from crawler.rules import Rule, SiteRules
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = "https://news.example/bridge"
TEXT = Article(markdown="The bridge stays open.")


class FakePool:
    """Gives one answer, or raises it, and keeps the jobs."""

    def __init__(self, answer: Article | Exception) -> None:
        self.answer = answer
        self.jobs: list[ExtractionJob] = []

    async def extract(self, job: ExtractionJob) -> Article:
        self.jobs.append(job)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def page(
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"<!DOCTYPE html><title>Bridge</title>",
    flags: list[str] | None = None,
) -> Response:
    given = {"Content-Type": "text/html"} if headers is None else dict(headers)
    return HtmlResponse(URL, status=status, headers=given, body=body, flags=flags)


def read(response: Response, pool: FakePool, *, wants_body: bool = True) -> Reading:
    typed = cast("ExtractionPool[ExtractionJob, Article]", pool)
    return asyncio.run(read_page(response, typed, wants_body=wants_body))


def test_a_page_with_a_text_is_ok_and_comes_with_its_validators() -> None:
    pool = FakePool(TEXT)
    headers = {"Content-Type": "text/html; charset=latin-1", "ETag": '"1"', "Last-Modified": "then"}
    reading = read(page(headers=headers), pool)
    assert (reading.state, reading.detail) == (State.OK, None)
    assert reading.page is not None
    assert reading.page.article is TEXT
    assert (reading.page.etag, reading.page.last_modified) == ('"1"', "then")
    (job,) = pool.jobs
    assert job == ExtractionJob(
        b"<!DOCTYPE html><title>Bridge</title>", URL, "text/html; charset=latin-1", wants_body=True
    )


def test_a_page_without_a_text_is_empty_and_keeps_its_metadata() -> None:
    article = Article(title="Bridge")
    reading = read(page(), FakePool(article))
    assert reading.state is State.EMPTY
    assert reading.page is not None
    assert reading.page.article is article


def test_where_no_body_is_wanted_the_metadata_is_all_that_is_asked_for() -> None:
    pool = FakePool(Article(title="A film"))
    reading = read(page(), pool, wants_body=False)
    assert reading.state is State.UNSUPPORTED
    assert reading.page is not None
    assert not pool.jobs[0].wants_body


@pytest.mark.parametrize(
    ("response", "state", "detail"),
    [
        (page(404), State.NOT_FOUND, None),
        (page(410), State.GONE, None),
        (page(403), State.FORBIDDEN, None),
        (page(429), State.RATE_LIMITED, None),
        (page(503), State.SERVER_ERROR, None),
        (page(404, {"Content-Type": "application/pdf"}), State.NOT_FOUND, None),
        (page(headers={"Content-Type": "image/png"}, body=b""), State.NOT_HTML, "image/png"),
        (page(flags=["download_stopped"]), State.NOT_HTML, "text/html"),
        (page(headers={}, body=b"%PDF-1.7"), State.NOT_HTML, "no HTML"),
        (page(headers={"Content-Type": "x/" + "y" * 999}), State.NOT_HTML, "x/" + "y" * 197 + "…"),
        (page(headers={"Content-Type": "x/\x1b[31my"}, body=b"%PDF"), State.NOT_HTML, "x/[31my"),
    ],
)
def test_an_answer_that_is_no_page_is_not_extracted(
    response: Response, state: State, detail: str | None
) -> None:
    pool = FakePool(TEXT)
    assert read(response, pool) == Reading(state, detail)
    assert pool.jobs == []


def test_a_page_without_a_content_type_is_judged_by_its_bytes() -> None:
    pool = FakePool(TEXT)
    assert read(page(headers={}), pool).state is State.OK
    assert pool.jobs[0].content_type == ""


@pytest.mark.parametrize(
    ("reason", "detail"),
    [
        ("time", "took more than CRAWLER_EXTRACTION_SECONDS"),
        ("memory", "took more than CRAWLER_EXTRACTION_MEMORY"),
        ("crash", "crashed the extraction worker"),
    ],
)
def test_a_page_that_cost_a_worker_says_how(reason: Any, detail: str) -> None:
    reading = read(page(), FakePool(ExtractionKilledError(reason)))
    assert reading == Reading(State.EXTRACTION_TIMEOUT, detail)


def test_whatever_a_page_makes_a_parser_raise_is_its_own_state(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        raised = Raised("RecursionError", "too deep " * 100, "Traceback: in a worker")
        reading = read(page(), FakePool(ExtractionRaisedError(raised)))
    assert reading.state is State.EXTRACTION_ERROR
    assert reading.detail is not None
    assert reading.detail.startswith("RecursionError: too deep")
    assert len(reading.detail) == 200
    assert URL in caplog.text
    assert "Traceback: in a worker" in caplog.text


def test_a_pool_that_cannot_work_is_no_fault_of_the_page() -> None:
    with pytest.raises(ExtractionPoolError, match="no workers"):
        read(page(), FakePool(ExtractionPoolError("no workers")))


def test_the_try_has_the_answer_and_the_way_to_it() -> None:
    response = page(404)
    request_meta = {"redirect_urls": ["https://a.example/", "https://b.example/"]}
    response = response.replace(request=response.follow(URL, meta=request_meta))
    response.meta["download_latency"] = 0.25
    attempt = Reading(State.NOT_FOUND, "why").attempt("https://a.example/", response)
    assert attempt.url == "https://a.example/"
    assert attempt.redirects == ("https://b.example/", URL)
    assert (attempt.state, attempt.status, attempt.detail) == (State.NOT_FOUND, 404, "why")
    assert attempt.seconds == 0.25


@pytest.mark.parametrize(
    ("redirect_urls", "expected"), [([], ()), (["u"], ("last",)), (["u", "v"], ("v", "last"))]
)
def test_redirects_are_where_a_request_was_sent_on_to(
    redirect_urls: list[str], expected: tuple[str, ...]
) -> None:
    assert redirects_of(redirect_urls, "last") == expected


def test_a_snapshot_is_read_as_the_page_that_it_shows() -> None:
    pool = FakePool(TEXT)
    typed = cast("ExtractionPool[ExtractionJob, Article]", pool)
    asyncio.run(read_page(page(), typed, wants_body=True, url="https://lost.example/"))
    assert [job.url for job in pool.jobs] == ["https://lost.example/"]


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, State.PARKED), (403, State.PARKED), (503, State.SERVER_ERROR)],
)
def test_a_parked_name_is_not_read_whatever_it_answers(status: int, state: State) -> None:
    pool = FakePool(TEXT)
    script = b"<script src=https://www.google.com/adsense/domains/caf.js></script>"
    reading = read(page(status, body=script), pool)
    assert reading.state is state
    assert pool.jobs == []


@pytest.mark.parametrize("state", [State.CONSENT_WALL, State.SOFT_404, State.LIST_PAGE])
def test_what_is_read_off_a_page_that_is_no_article_is_not_kept(state: State) -> None:
    article = replace(TEXT, kind=PageKind(state, "why\x1b " + "s" * 299))
    reading = read(page(), FakePool(article))
    assert (reading.state, reading.page) == (state, None)
    assert reading.detail is not None
    assert reading.detail.startswith("why sss")
    assert len(reading.detail) == 200


def test_of_a_paywalled_article_the_free_part_is_kept() -> None:
    article = replace(TEXT, kind=PageKind(State.PAYWALLED, "why"))
    reading = read(page(headers={"Content-Type": "text/html", "ETag": '"1"'}), FakePool(article))
    assert (reading.state, reading.detail) == (State.PAYWALLED, "why")
    assert reading.page is not None
    assert (reading.page.article, reading.page.etag) == (TEXT, '"1"')


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (State.LIST_PAGE, State.UNSUPPORTED),
        (State.PAYWALLED, State.UNSUPPORTED),
        (State.BLOCKED, State.BLOCKED),
        (State.SOFT_404, State.SOFT_404),
    ],
)
def test_where_no_text_is_wanted_none_is_missed(kind: State, state: State) -> None:
    article = Article(title="A film", kind=PageKind(kind, "why"))
    assert read(page(), FakePool(article), wants_body=False).state is state


@pytest.mark.parametrize(("status", "state"), [(403, State.BLOCKED), (404, State.NOT_FOUND)])
def test_a_refusal_with_a_challenge_is_not_the_site_s_own_word(status: int, state: State) -> None:
    pool = FakePool(TEXT)
    reading = read(page(status, body=b"<script>window._cf_chl_opt={}</script>"), pool)
    assert reading.state is state
    assert pool.jobs == []


def test_the_worker_is_told_what_was_asked_for_where_redirects_led_elsewhere() -> None:
    pool = FakePool(TEXT)
    response = page()
    meta = {"redirect_urls": ["https://a.example/", "https://b.example/"]}
    typed = cast("ExtractionPool[ExtractionJob, Article]", pool)
    redirected = response.replace(request=response.follow(URL, meta=meta))
    asyncio.run(read_page(redirected, typed, wants_body=True))
    asyncio.run(read_page(redirected, typed, wants_body=True, url="https://lost.example/"))
    assert [job.asked for job in pool.jobs] == ["https://a.example/", ""]


def test_the_rule_goes_to_the_worker_that_fits_the_day_of_the_answer() -> None:
    old, new = Rule("old", "news.example"), Rule("new", "news.example", since=date(2025, 3, 1))
    rules = SiteRules((old, new))
    pool = FakePool(TEXT)
    typed = cast("ExtractionPool[ExtractionJob, Article]", pool)
    recorded = page()
    recorded.request = Request(URL, meta={TAKEN_AT: "2025-02-28T23:59:59Z"})
    then = datetime(2024, 1, 1, tzinfo=UTC)
    asyncio.run(read_page(page(), typed, wants_body=True, rules=rules))
    asyncio.run(read_page(recorded, typed, wants_body=True, rules=rules))
    asyncio.run(read_page(page(), typed, wants_body=True, rules=rules, served_at=then))
    other = "https://other.example/"
    asyncio.run(read_page(page(), typed, wants_body=True, url=other, rules=rules))
    assert [job.rule for job in pool.jobs] == [new, old, old, None]


def test_what_a_rule_did_not_find_is_evidence_and_not_kept() -> None:
    pool = FakePool(replace(TEXT, rule_misses=("title", "date"), cut="half of it"))
    typed = cast("ExtractionPool[ExtractionJob, Article]", pool)
    rules = SiteRules((Rule("rules.toml:7", "news.example"),))
    reading = asyncio.run(read_page(page(), typed, wants_body=True, rules=rules))
    assert reading.detail == "half of it; rules.toml:7 finds no title, date"
    assert reading.page is not None
    assert reading.page.article.rule_misses == ()


def test_an_empty_page_whose_rule_says_so_is_told_to_need_javascript() -> None:
    rules = SiteRules((Rule("rules.toml:7", "news.example", javascript=True),))
    details = []
    for article in (Article(), TEXT):
        typed = cast("ExtractionPool[ExtractionJob, Article]", FakePool(article))
        reading = asyncio.run(read_page(page(), typed, wants_body=True, rules=rules))
        details.append((reading.state, reading.detail))
    told = "rules.toml:7: needs JavaScript"
    assert details == [(State.EMPTY, told), (State.OK, None)]
