"""Crawls of sites that ask to be left alone, or that fail."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.faults import Fault
    from tests.web.local_web import LocalWeb
    from tests.web.request import Request

BUSY = "http://busy.example"
FREE = "http://free.example"


@pytest.fixture
def items(tmp_path: Path, write_item: Callable[..., Path]) -> Path:
    folder = tmp_path / "items"
    for site in (BUSY, FREE):
        urls = [f"{site}/{number}" for number in range(4)]
        write_item(folder, site[7:11], original_url=urls[0], related=urls[1:])
    return folder


@pytest.fixture
def pages(web: LocalWeb, article_html: Callable[..., str]) -> None:
    for site in (BUSY, FREE):
        for number in range(4):
            web.page(f"{site}/{number}", article_html(title=f"{site} {number}"), delay=0.05)


@pytest.fixture
def crawl(
    items: Path, tmp_path: Path, web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> Callable[..., Outcome]:
    def run(*words: object, **settings: object) -> Outcome:
        chosen = {"RETRY_TIMES": 2, "CRAWLER_BACKOFF_SECONDS": 0.2, **settings}
        output = tmp_path / "output"
        return run_crawler("run", items, "-o", output, "--json", *words, web=web, settings=chosen)

    return run


def asked(web: LocalWeb, site: str) -> list[Request]:
    return [r for r in web.requests if r.url.startswith(site) and not r.url.endswith("robots.txt")]


def gaps(requests: list[Request]) -> list[float]:
    """Seconds from the end of each answer to the next request."""
    return [after.started - (before.ended or 0) for before, after in pairwise(requests)]


def source_of(output: Path, name: str) -> dict[str, Any]:
    text = (output / "items" / f"{name}.md").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])["enrichment"]["source"]
    return found


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_says_when_is_left_alone_until_then_while_others_go_on(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    pages: None,
    article_html: Callable[..., str],
    status: int,
    form: str,
) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=6)
    value = "2" if form == "seconds" else format_datetime(at, usegmt=True)
    web.page(f"{BUSY}/0", status=status, headers={"Retry-After": value}, times=1)
    web.page(f"{BUSY}/0", article_html())
    outcome = crawl()
    assert outcome.json["sources"]["visited"] == {"ok": 8}
    busy, free = asked(web, BUSY), asked(web, FREE)
    assert [r.status for r in busy] == [status, 200, 200, 200, 200]
    if form == "seconds":
        assert gaps(busy)[0] >= 2
    else:
        began = datetime.now(UTC) - timedelta(seconds=time.monotonic() - busy[1].started)
        assert began >= at
    assert max(r.started for r in free) < busy[1].started


def test_without_a_header_the_pauses_grow(
    crawl: Callable[..., Outcome], web: LocalWeb, pages: None, article_html: Callable[..., str]
) -> None:
    web.page(f"{BUSY}/0", status=503, times=2)
    web.page(f"{BUSY}/0", article_html())
    outcome = crawl(CRAWLER_BACKOFF_SECONDS=0.5)
    assert outcome.json["sources"]["visited"] == {"ok": 8}
    first, second = gaps([r for r in asked(web, BUSY) if r.path == "/0"])
    assert first >= 0.5
    assert second >= 1.0


def test_a_pause_that_is_too_long_leaves_the_site_to_a_later_run(
    crawl: Callable[..., Outcome], web: LocalWeb, pages: None, tmp_path: Path
) -> None:
    web.page(f"{BUSY}/0", status=429, headers={"Retry-After": "3600"})
    outcome = crawl()
    assert outcome.json["sources"]["visited"] == {"rate-limited": 1, "deferred": 3, "ok": 4}
    assert len(asked(web, BUSY)) == 1
    assert source_of(tmp_path / "output", "busy")["state"] == "rate-limited"
    web.forget()

    again = crawl()

    assert again.json["sources"]["due"] == 0
    assert asked(web, BUSY) == []


@pytest.mark.parametrize("words", [["--force"], ["--retry", "deferred", "--retry", "rate-limited"]])
def test_who_asks_for_it_has_a_paused_site_asked_again(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    pages: None,
    article_html: Callable[..., str],
    words: list[str],
) -> None:
    web.page(f"{BUSY}/0", status=429, headers={"Retry-After": "31622400"}, times=1)
    web.page(f"{BUSY}/0", article_html(title="it has come to itself"))
    crawl()
    again = crawl(*words)
    assert again.json["sources"]["visited"] == {"ok": 8 if words == ["--force"] else 4}
    web.forget()
    assert crawl().json["sources"]["due"] == 0


def test_a_site_that_still_wants_a_pause_then_is_asked_once(
    crawl: Callable[..., Outcome], web: LocalWeb, pages: None
) -> None:
    web.page(f"{BUSY}/0", status=429, headers={"Retry-After": "3600"})
    crawl()
    web.forget()
    forced = crawl("--force")
    assert forced.json["sources"]["visited"] == {"rate-limited": 1, "deferred": 3, "ok": 4}
    assert len(asked(web, BUSY)) == 1


@pytest.mark.parametrize("fault", ["reset", "close", "silence"])
def test_a_host_that_fails_again_and_again_is_cooled_down(
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    fault: Fault,
) -> None:
    urls = [f"{BUSY}/{number}" for number in range(20)]
    write_item(tmp_path / "many", "n", original_url=urls[0], related=urls[1:])
    web.page(f"{BUSY}/robots.txt", "", headers={"Content-Type": "text/plain"})
    for url in urls:
        web.fault(url, fault)
    settings = {"DOWNLOAD_TIMEOUT": 0.5}
    words = ("run", tmp_path / "many", "-o", tmp_path / "output", "--json")
    outcome = run_crawler(*words, web=web, settings=settings)
    failed = "timeout" if fault == "silence" else "network-error"
    assert outcome.json["sources"]["visited"] == {failed: 5, "deferred": 15}
    if fault == "silence":
        assert len(asked(web, BUSY)) == 5
    related = yaml.safe_load(
        (tmp_path / "output" / "items" / "n.md").read_text("utf-8").split("---\n")[1]
    )["enrichment"]["related"]
    details = [entry["detail"] for entry in related if entry["state"] == "deferred"]
    assert all("5 failures in a row" in detail for detail in details)


def test_a_host_that_does_not_even_give_its_robots_txt_is_cooled_down_too(
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
) -> None:
    urls = [f"{BUSY}/{number}" for number in range(12)]
    write_item(tmp_path / "many", "n", original_url=urls[0], related=urls[1:])
    web.fault(f"{BUSY}/robots.txt", "reset")
    words = ("run", tmp_path / "many", "-o", tmp_path / "output", "--json")
    settings = {"CRAWLER_HOST_STRIKES": 3}
    outcome = run_crawler(*words, web=web, settings=settings)
    assert outcome.json["sources"]["visited"] == {"robots": 2, "deferred": 10}
    assert asked(web, BUSY) == []
    again = run_crawler(*words, "--retry", "deferred", web=web, settings=settings)
    assert again.json["sources"]["visited"] == {"robots": 2, "deferred": 8}, "it is asked again"


def test_blocks_cool_a_host_down_too(
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
) -> None:
    urls = [f"{BUSY}/{number}" for number in range(12)]
    write_item(tmp_path / "many", "n", original_url=urls[0], related=urls[1:])
    for url in urls:
        web.page(url, status=403)
    words = ("run", tmp_path / "many", "-o", tmp_path / "output", "--json")
    outcome = run_crawler(*words, web=web, settings={"CRAWLER_HOST_STRIKES": 3})
    assert outcome.json["sources"]["visited"] == {"forbidden": 3, "deferred": 9}
    assert len(asked(web, BUSY)) == 3


def test_no_site_ever_sees_two_requests_at_once(
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    for site in range(12):
        urls = [f"http://{sub}.site{site}.example/{n}" for sub in "ab" for n in range(3)]
        write_item(tmp_path / "many", f"n{site}", original_url=urls[0], related=urls[1:])
        for number, url in enumerate(urls):
            web.page(url, article_html(title=url), delay=0.02)
            if number == 3:
                web.redirect(urls[1], urls[2])
                web.page(urls[3], status=503, times=1)
                web.page(urls[3], article_html(title=url))
    words = ("run", tmp_path / "many", "-o", tmp_path / "output", "--json")
    outcome = run_crawler(*words, web=web, settings={"RETRY_TIMES": 2})
    assert outcome.json["sources"]["visited"] == {"ok": 72}
    for site in range(12):
        mine = [r for r in web.requests if r.host.endswith(f".site{site}.example")]
        assert len(mine) >= 8
        assert min(gaps(mine)) >= 0


def test_a_crawl_that_waits_for_a_paused_site_stops_when_it_is_told_to(
    items: Path, tmp_path: Path, web: LocalWeb, pages: None
) -> None:
    web.page(f"{BUSY}/0", status=429, headers={"Retry-After": "100"})
    words = arguments(
        "run", items, "-o", tmp_path / "output", "--json", settings={"RETRY_TIMES": 1}
    )
    with subprocess.Popen(
        words, env=environment(web), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        deadline = time.monotonic() + 30
        while len(asked(web, FREE)) < 4:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.5)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        stdout, _ = process.communicate(timeout=30)
    assert time.monotonic() - started < 8
    assert process.returncode == 130
    assert json.loads(stdout)["sources"]["visited"] == {"ok": 4}
