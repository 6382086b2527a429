"""A source that is known is asked again when it is due, and only for what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
ALWAYS = ("--older-than", "0s")


@pytest.fixture
def item(items: Path, write_item: Callable[..., Path]) -> Path:
    return write_item(items, "bridge", original_url=NEWS)


def pages_asked(web: LocalWeb) -> list[str]:
    return [r.url for r in web.requests if not r.url.endswith("/robots.txt")]


def stamps(output: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in output.rglob("*.md")}


@pytest.mark.parametrize(
    "validator", [{"ETag": '"1"'}, {"Last-Modified": "Tue, 14 May 2024 06:30:00 GMT"}]
)
def test_a_page_that_has_not_changed_is_not_sent_again_and_no_file_is_touched(
    crawl: Callable[..., Outcome],
    item: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    validator: dict[str, str],
) -> None:
    web.page(NEWS, article_html(), headers=validator)
    crawl()
    before = stamps(output)

    again = crawl(*ALWAYS)

    assert again.code == 0
    assert again.json["sources"]["visited"] == {"not-modified": 1}
    assert again.json["sources"]["held"] == {"ok": 1}
    assert again.json["files"]["written"] == 0
    assert [r.status for r in web.requests if r.url == NEWS] == [200, 304]
    assert stamps(output) == before


def test_a_page_that_has_changed_is_read_again(
    crawl: Callable[..., Outcome],
    item: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    web.page(NEWS, article_html(), headers={"ETag": '"1"'}, times=1)
    web.page(NEWS, article_html(title="Corrected: the bridge"), headers={"ETag": '"2"'})
    crawl()

    again = crawl(*ALWAYS)

    assert again.json["sources"]["visited"] == {"ok": 1}
    assert "Corrected: the bridge" in (output / "items" / "bridge.md").read_text("utf-8")


def test_force_asks_for_the_whole_page(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    web.page(NEWS, article_html(), headers={"ETag": '"1"'})
    crawl()
    assert crawl("--force").json["sources"]["visited"] == {"ok": 1}


def test_a_redirect_on_the_way_does_not_get_in_the_way(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    web.redirect(NEWS, "http://news.example/2024/bridge")
    web.page("http://news.example/2024/bridge", article_html(), headers={"ETag": '"1"'})
    crawl()
    assert crawl(*ALWAYS).json["sources"]["visited"] == {"not-modified": 1}


def test_an_unasked_304_is_a_failure(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb
) -> None:
    web.page(NEWS, status=304)
    assert crawl().json["sources"]["visited"] == {"network-error": 1}


def test_a_fresh_article_is_due_as_it_ages_and_the_settings_say_when(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    web.page(NEWS, article_html())
    crawl()
    assert crawl().json["sources"]["due"] == 0
    often = crawl(settings={"CRAWLER_REVISIT_OLD": "0s"})
    assert often.json["sources"]["visited"] == {"ok": 1}
    assert crawl("--older-than", "1h").json["sources"]["due"] == 0


def test_a_lost_page_is_not_asked_again_at_once(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb
) -> None:
    web.page(NEWS, status=410)
    crawl()
    assert crawl().json["sources"]["due"] == 0
    assert crawl(settings={"CRAWLER_REVISIT_LOST": "0s"}).json["sources"]["due"] == 1


def test_what_may_pass_is_tried_by_the_next_run_and_then_less_often(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb
) -> None:
    web.page(NEWS, status=500)
    crawl()
    assert crawl().json["sources"]["visited"] == {"server-error": 1}
    assert crawl().json["sources"]["due"] == 0
    assert pages_asked(web) == [NEWS, NEWS]
