"""What a player's page does not say is asked of its oEmbed answer, through a local web."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

VIDEO = "http://video.example/watch/5"
OEMBED = "http://video.example/oembed?id=5"
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Watch</title>
<meta property="og:type" content="video.other">
<meta property="og:video" content="/5.mp4">
<link rel="alternate" type="application/json+oembed" href="/oembed?id=5">
</head><body><p>{"One of our films. " * 9}</p></body></html>"""
ANSWER = {
    "version": "1.0",
    "type": "video",
    "title": "The bridge from above",
    "thumbnail_url": "https://video.example/5.jpg",
    "duration": 282,
    "html": '<iframe src="https://video.example/embed/5"></iframe><script>go()</script>',
}
JSON = {"Content-Type": "application/json; charset=utf-8"}
BARE = {"kind": "video", "url": "http://video.example/5.mp4", "oEmbedUrl": OEMBED}
FULL = BARE | {
    "title": "The bridge from above",
    "durationSeconds": 282,
    "embedUrl": "https://video.example/embed/5",
    "thumbnailUrl": "https://video.example/5.jpg",
}


@pytest.fixture
def item(web: LocalWeb, items: Path, write_item: Callable[..., Path]) -> Path:
    web.page(VIDEO, PAGE)
    return write_item(items, "bridge", original_url=VIDEO, type="video")


@pytest.fixture
def told(output: Path) -> Callable[[], dict[str, Any]]:
    """Return what the item's file says of its source."""

    def read() -> dict[str, Any]:
        text = (output / "items" / "bridge.md").read_text()
        assert "go()" not in text
        source: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])["enrichment"]["source"]
        return source

    return read


def asked(web: LocalWeb) -> list[str]:
    return [request.url for request in web.requests if not request.url.endswith("/robots.txt")]


@pytest.mark.usefixtures("item")
def test_an_answer_fills_what_the_page_lacks(
    crawl: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    output: Path,
    web: LocalWeb,
    told: Callable[[], dict[str, Any]],
) -> None:
    web.page(OEMBED, json.dumps(ANSWER), headers=JSON)
    assert crawl().json["sources"]["visited"] == {"unsupported": 1}
    assert asked(web) == [VIDEO, OEMBED]
    assert told()["media"] == [FULL]
    explained = run_crawler("explain", VIDEO, "-o", output, "--json").json
    fields = explained["sources"][0]["held"]["fields"]
    assert [one["origin"] for one in fields if one["field"] == "media"] == ["open-graph, oembed"]


@pytest.mark.usefixtures("item")
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404},
        {"body": "<oembed/>", "headers": {"Content-Type": "text/xml"}},
        {"body": json.dumps(ANSWER), "headers": {"Content-Type": "text/html"}},
        {"body": "{", "headers": JSON},
        {"body": json.dumps(ANSWER | {"more": "x" * 70_000}), "headers": JSON},
    ],
)
def test_an_answer_that_fails_is_done_without(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    told: Callable[[], dict[str, Any]],
    answer: dict[str, Any],
) -> None:
    web.page(OEMBED, **answer)
    outcome = crawl()
    assert (outcome.code, outcome.json["sources"]["visited"]) == (0, {"unsupported": 1})
    assert asked(web) == [VIDEO, OEMBED]
    assert told()["media"] == [BARE]
    assert "detail" not in told()


@pytest.mark.usefixtures("item")
def test_what_robots_txt_forbids_is_not_asked(
    crawl: Callable[..., Outcome], web: LocalWeb, told: Callable[[], dict[str, Any]]
) -> None:
    rules = "User-agent: *\nDisallow: /oembed"
    web.page("http://video.example/robots.txt", rules, headers={"Content-Type": "text/plain"})
    web.page(OEMBED, json.dumps(ANSWER), headers=JSON)
    assert crawl().code == 0
    assert asked(web) == [VIDEO]
    assert told()["media"] == [BARE]


@pytest.mark.usefixtures("item")
def test_a_failure_later_takes_nothing_away(
    crawl: Callable[..., Outcome], web: LocalWeb, told: Callable[[], dict[str, Any]]
) -> None:
    web.page(OEMBED, json.dumps(ANSWER), headers=JSON)
    crawl()
    web.page(OEMBED, status=500)
    again = crawl("--force")
    assert again.json["files"]["written"] == 0
    assert told()["media"] == [FULL]


def test_a_player_that_is_an_article_is_completed_after_its_further_pages(
    crawl: Callable[..., Outcome],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    article_html: Callable[..., str],
    told: Callable[[], dict[str, Any]],
) -> None:
    head = PAGE[PAGE.index("<meta") : PAGE.index("</head>")]
    first = article_html().replace("<head>", f'<head>{head}<link rel="next" href="?page=2">')
    more = [f"The film shows beam number {n} of seven, and how it was mended." for n in "1234567"]
    web.page(VIDEO, first)
    web.page(f"{VIDEO}?page=2", article_html(paragraphs=more))
    web.page(OEMBED, json.dumps(ANSWER), headers=JSON)
    write_item(items, "bridge", original_url=VIDEO)
    assert crawl().json["sources"]["visited"] == {"ok": 1}
    assert asked(web) == [VIDEO, f"{VIDEO}?page=2", OEMBED]
    assert told()["pageCount"] == 2
    assert told()["media"][0]["title"] == FULL["title"]


def test_an_article_that_is_no_player_is_not_asked_about(
    crawl: Callable[..., Outcome],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    link = '<link rel="alternate" type="application/json+oembed" href="/oembed?id=5">'
    web.page(VIDEO, article_html().replace("</head>", f"{link}</head>"))
    write_item(items, "bridge", original_url=VIDEO)
    assert crawl().code == 0
    assert asked(web) == [VIDEO]
