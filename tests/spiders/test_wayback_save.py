"""Pages of articles that the web archive is asked to save while they are alive."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

SAVE = "https://web.archive.org/save/"
PAGES = [f"http://news{number}.example/a" for number in range(4)]
LOST = "http://lost.example/a"
DELAY = 0.5


@pytest.fixture
def crawl(
    run_crawler: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> Callable[..., Outcome]:
    """A run that saves up to so many pages; there are four articles, and a lost page."""
    for url in PAGES:
        web.page(url, article_html(url))
        write_item(items, url.removeprefix("http://")[:5], original_url=url)
    write_item(items, "lost", original_url=LOST)

    def run(most: int, *words: str, **settings: object) -> Outcome:
        wanted = {
            "CRAWLER_WAYBACK": "wayback",
            "CRAWLER_WAYBACK_SAVE": most,
            "CRAWLER_WAYBACK_DELAY": DELAY,
            **settings,
        }
        return run_crawler("run", items, "-o", output, "--json", *words, web=web, settings=wanted)

    return run


def saved(web: LocalWeb) -> list[str]:
    return [r.url.removeprefix(SAVE) for r in web.requests if r.url.startswith(SAVE)]


def takes(web: LocalWeb, url: str, status: int = 302) -> None:
    place = f"https://web.archive.org/web/20261127120000/{url}"
    web.raw(f"{SAVE}{url}", lambda handler: handler.send(status, {"Location": place}, b""))


def test_each_article_is_saved_once_no_more_than_wanted_and_at_the_archives_pace(
    crawl: Callable[..., Outcome], web: LocalWeb
) -> None:
    for url in PAGES:
        takes(web, url)
    first = crawl(3)
    assert first.code == 0, first.stderr
    assert len(saved(web)) == 3
    # The first one's pause is over when the connection has been made.
    _, before, after = [r for r in web.requests if r.url.startswith(SAVE)]
    assert after.started - before.started >= DELAY / 2
    assert all(f"saved {url}" in first.stderr for url in saved(web))

    crawl(3)
    assert sorted(saved(web)) == PAGES, "the fourth, and none twice; the lost page never"
    crawl(3)
    assert sorted(saved(web)) == PAGES
    assert not [r for r in web.requests if r.url == f"{SAVE}{LOST}"]


def test_an_article_that_was_changed_is_saved_again(
    crawl: Callable[..., Outcome], web: LocalWeb, article_html: Callable[..., str]
) -> None:
    for url in PAGES:
        takes(web, url)
    crawl(9)
    web.forget()
    web.page(
        PAGES[1], article_html(PAGES[1], paragraphs=["A new text about the bridge. " * 30] * 9)
    )
    time.sleep(1.05 - time.time() % 1)
    crawl(9, "--force")
    assert saved(web) == [PAGES[1]]


def test_an_archive_that_fails_is_left_alone_and_asked_again_by_the_next_run(
    crawl: Callable[..., Outcome], web: LocalWeb
) -> None:
    for url in PAGES:
        takes(web, url, 520)
    outcome = crawl(9)
    assert outcome.code == 0
    assert len(saved(web)) == 3
    assert outcome.json["sources"]["visited"]["ok"] == 4
    web.forget()
    for url in PAGES:
        takes(web, url)
    crawl(9)
    assert sorted(saved(web)) == PAGES


@pytest.mark.parametrize("settings", [{}, {"CRAWLER_WAYBACK": "off"}])
def test_nothing_is_saved_that_nobody_wants_saved(
    crawl: Callable[..., Outcome], web: LocalWeb, settings: dict[str, str]
) -> None:
    crawl(9 if settings else 0, **settings)
    assert saved(web) == []


def test_what_is_at_home_stays_there(
    run_crawler: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> None:
    secret = "http://news.example/a?token=abc"
    for number, url in enumerate([secret, "http://intranet/a"]):
        web.page(url, article_html(url))
        write_item(items, f"n{number}", original_url=url)
    settings = {"CRAWLER_WAYBACK": "wayback", "CRAWLER_WAYBACK_SAVE": 9}
    done = run_crawler("run", items, "-o", output, "--json", web=web, settings=settings)
    assert done.code == 0
    assert saved(web) == []
