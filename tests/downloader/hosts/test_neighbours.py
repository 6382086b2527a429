"""No page and no site does harm to those of others: the log of the server is the proof."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.web.closed_port import closed_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb
    from tests.web.request import Request

DIRECT = {"CRAWLER_ALLOWED_NETWORKS": "127.0.0.0/8", "HTTPPROXY_ENABLED": False}
CALM = {"Content-Type": "text/plain"}


@pytest.fixture
def crawl(
    tmp_path: Path, web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> Callable[..., Outcome]:
    def run(*words: object, seconds: float = 120, **settings: object) -> Outcome:
        where = (tmp_path / "items", "-o", tmp_path / "output")
        return run_crawler(
            "run", *where, "--json", *words, web=web, settings=settings, seconds=seconds
        )

    return run


def pages(web: LocalWeb, host: str) -> list[Request]:
    return [r for r in web.requests if r.host == host and not r.path.endswith("robots.txt")]


@pytest.mark.parametrize("platform", ["vercel.app", "blogspot.com", "netlify.app"])
def test_one_page_of_a_platform_silences_no_other_user_of_it(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    platform: str,
) -> None:
    mallory = f"http://mallory.{platform}/x"
    web.page(mallory, status=429, headers={"Retry-After": "31622400"})
    write_item(tmp_path / "items", "a", original_url=mallory)
    for number in range(4):
        url = f"http://writer{number}.{platform}/x"
        web.page(url, article_html(title=url))
        write_item(tmp_path / "items", f"b{number}", original_url=url)
    assert crawl().json["sources"]["visited"] == {"rate-limited": 1, "ok": 4}
    assert crawl().json["sources"]["due"] == 0


def test_sites_of_a_platform_are_each_asked_one_thing_at_a_time(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> None:
    for site in range(3):
        urls = [f"http://{sub}site{site}.github.io/{n}" for sub in ("", "m.") for n in range(3)]
        for url in urls:
            web.page(url, article_html(title=url), delay=0.05)
        write_item(tmp_path / "items", f"s{site}", original_url=urls[0], related=urls[1:])
    assert crawl(DOWNLOAD_DELAY=0.2).json["sources"]["visited"] == {"ok": 18}
    for site in range(3):
        mine = [r for r in web.requests if r.host.endswith(f"site{site}.github.io")]
        ends = pairwise(mine)
        assert all(after.started >= (before.ended or 0) for before, after in ends)
        assert len(mine) == 8


@pytest.mark.parametrize("way", ["redirect", "robots", "chain"])
def test_redirects_to_closed_ports_of_a_host_are_not_held_against_it(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    way: str,
) -> None:
    """127.0.0.1 stands for the innocent, who has one port; localhost redirects to another."""
    port = closed_port()
    base = web.url("").replace("127.0.0.1", "localhost")
    innocent = [web.url(f"/good{number}") for number in range(3)]
    for url in innocent:
        web.page(url.removeprefix(web.url("")), article_html(title=url))
    wrong = [f"{base}/bad{number}" for number in range(8)]
    for number, url in enumerate(wrong):
        target = f"https://127.0.0.1:{port}/{number}"
        if way == "robots":
            web.redirect(f"{base}/robots.txt", target)
        elif way == "chain":
            web.redirect(url, f"{base}/hop{number}")
            web.redirect(f"{base}/hop{number}", target)
        else:
            web.redirect(url, target)
    write_item(tmp_path / "items", "a-bad", original_url=wrong[0], related=wrong[1:])
    write_item(tmp_path / "items", "b-good", original_url=innocent[0], related=innocent[1:])
    outcome = crawl(**DIRECT, CRAWLER_HOST_STRIKES=3, RETRY_TIMES=1)
    assert outcome.json["sources"]["visited"]["ok"] == 3
    again = crawl("--force", **DIRECT, CRAWLER_HOST_STRIKES=3)
    assert again.json["sources"]["visited"]["ok"] == 3


def test_sites_that_hang_while_robots_txt_is_asked_keep_no_place(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> None:
    for number in range(12):
        web.fault(f"http://www.hang{number}.example/robots.txt", "silence")
        write_item(
            tmp_path / "items", f"a{number:02}", original_url=f"http://www.hang{number}.example/x"
        )
    for number in range(4):
        url = f"http://www.good{number}.example/x"
        web.page(url, article_html(title=url))
        write_item(tmp_path / "items", f"z{number}", original_url=url)
    settings = {"CONCURRENT_REQUESTS": 4, "DOWNLOAD_TIMEOUT": 6, "RETRY_TIMES": 1}
    outcome = crawl(**settings, CRAWLER_BACKOFF_SECONDS=1)
    assert outcome.json["sources"]["visited"] == {"robots": 12, "ok": 4}
    good = [r for n in range(4) for r in pages(web, f"www.good{n}.example")]
    assert len(good) == 4
    # In the first of two time-outs, though twelve others hang and there are four places.
    assert max(r.started for r in good) - web.requests[0].started < 6
    tries = [r for r in web.requests if r.host == "www.hang0.example"]
    assert [r.path for r in tries] == ["/robots.txt"] * 2
    assert tries[1].started - tries[0].started > 6 * 2, "as long as it was silent it has a pause"


def test_no_more_pages_are_asked_for_at_once_when_many_rules_come_together(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> None:
    for number in range(16):
        site = f"http://site{number}.example"
        web.page(f"{site}/robots.txt", "User-agent: *", headers=CALM, delay=0.5)
        web.page(f"{site}/x", article_html(title=site), delay=0.3)
        write_item(tmp_path / "items", f"a{number}", original_url=f"{site}/x")
    assert crawl(CONCURRENT_REQUESTS=4).json["sources"]["visited"] == {"ok": 16}
    asked = [r for r in web.requests if r.path == "/x"]
    most = max(
        sum(one.started <= other.started < (one.ended or 0) for one in asked) for other in asked
    )
    assert most <= 4
