"""Articles over several pages, through the real downloader from a local web."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

FIRST = "http://news.example/town/bridge"
SECOND, THIRD = f"{FIRST}?page=2", f"{FIRST}?page=3"
ALWAYS = ("--older-than", "0s")
TEXTS = {
    1: (
        "The council of the small town voted on Tuesday evening to keep the old footbridge open.",
        "Engineers had reported in spring that two of its seven beams were rotten to the core.",
    ),
    2: (
        "Work begins in the second week of September, and walkers will be led over the weir.",
        "The school has been asked to send its pupils by the upper path until the work is done.",
    ),
    3: (
        "The mayor hopes that the bridge will outlive the century, as the one before it did not.",
        "A second vote about the railings and their colour has been put off until the winter.",
    ),
}


@pytest.fixture
def serve(web: LocalWeb, article_html: Callable[..., str]) -> Callable[..., None]:
    """Have a URL answer with a page of the article, which goes on at the next URL, if any."""

    def put(url: str, number: int, next_url: str | None, **more: Any) -> None:
        title = "The bridge stays open" if number == 1 else f"The bridge stays open, page {number}"
        html = article_html(title, paragraphs=TEXTS[number])
        link = "" if next_url is None else f'<link rel="next" href="{next_url}">'
        web.page(url, html.replace("</head>", f"{link}</head>"), **more)

    return put


@pytest.fixture
def serve_three(serve: Callable[..., None]) -> None:
    serve(FIRST, 1, SECOND, headers={"ETag": '"1"'})
    serve(SECOND, 2, THIRD)
    serve(THIRD, 3, None)


@pytest.fixture
def item(items: Path, write_item: Callable[..., Path]) -> Path:
    return write_item(items, "bridge", original_url=FIRST)


@pytest.fixture
def told(output: Path) -> Callable[[], dict[str, Any]]:
    """Return what the item's file says of its source."""

    def read() -> dict[str, Any]:
        text = (output / "items" / "bridge.md").read_text()
        source: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])["enrichment"]["source"]
        return source

    return read


@pytest.fixture
def text_pages(output: Path) -> Callable[[], list[int]]:
    """Return the pages whose text is in the item's file, in their order, each as often as it is."""

    def read() -> list[int]:
        text = (output / "items" / "bridge.md").read_text()
        places = []
        for number, (begin, end) in TEXTS.items():
            assert text.count(begin) == text.count(end)
            places += [(text.find(begin), number)] * text.count(begin)
        return [number for _, number in sorted(places)]

    return read


def asked(web: LocalWeb) -> list[str]:
    return [request.url for request in web.requests if not request.url.endswith("/robots.txt")]


@pytest.mark.usefixtures("serve_three", "item")
def test_the_pages_of_an_article_are_one_article(
    crawl: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    output: Path,
    web: LocalWeb,
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
) -> None:
    outcome = crawl()

    assert outcome.code == 0
    assert outcome.json["sources"]["visited"] == {"ok": 1}
    assert asked(web) == [FIRST, SECOND, THIRD]
    assert text_pages() == [1, 2, 3]
    entry = told()
    assert (entry["state"], entry["pageCount"]) == ("ok", 3)
    assert entry["title"] == "The bridge stays open"
    assert entry["finalUrl"] == FIRST
    assert entry["wordCount"] == sum(len(" ".join(text).split()) for text in TEXTS.values())
    assert "detail" not in entry
    explained = run_crawler("explain", FIRST, "-o", output, "--json").json
    fields = {field["field"] for field in explained["sources"][0]["held"]["fields"]}
    assert "pageCount" in fields
    assert "nextPage" not in fields


@pytest.mark.usefixtures("serve_three", "item")
def test_a_first_page_that_has_not_changed_keeps_all_pages(
    crawl: Callable[..., Outcome], web: LocalWeb, text_pages: Callable[[], list[int]]
) -> None:
    crawl()
    web.forget()
    again = crawl(*ALWAYS)
    assert again.json["sources"]["visited"] == {"not-modified": 1}
    assert again.json["files"]["written"] == 0
    assert asked(web) == [FIRST]
    assert text_pages() == [1, 2, 3]


@pytest.mark.usefixtures("serve_three", "item")
def test_a_page_that_fails_leaves_the_article_as_far_as_it_is_known(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    serve: Callable[..., None],
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
) -> None:
    web.page(THIRD, status=503)

    first = crawl()

    assert (first.code, first.json["sources"]["visited"]) == (0, {"ok": 1})
    assert text_pages() == [1, 2]
    entry = told()
    assert (entry["state"], entry["pageCount"]) == ("ok", 2)
    assert entry["detail"] == "page 3 could not be read: server-error, HTTP 503"

    serve(THIRD, 3, None)
    again = crawl(*ALWAYS)  # though the first page has not changed

    assert again.json["sources"]["visited"] == {"ok": 1}
    assert text_pages() == [1, 2, 3]
    assert told()["pageCount"] == 3
    assert "detail" not in told()


@pytest.mark.usefixtures("serve_three", "item")
def test_a_page_that_fails_later_takes_nothing_away(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    serve: Callable[..., None],
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
) -> None:
    crawl()
    before = told()
    web.page(SECOND, status=410)

    again = crawl("--force")

    assert (again.code, again.json["sources"]["held"]) == (0, {"ok": 1})
    assert told() == before
    assert text_pages() == [1, 2, 3]


@pytest.mark.usefixtures("item")
@pytest.mark.parametrize(
    ("fails", "detail"),
    [
        ({"status": 404}, "not-found, HTTP 404"),
        ({"headers": {"Content-Type": "application/pdf"}}, "not-html, application/pdf"),
        ({"body": "<title>Bridge</title>"}, "empty, HTTP 200"),
    ],
)
def test_what_was_wrong_with_a_page_is_told(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    serve: Callable[..., None],
    told: Callable[[], dict[str, Any]],
    fails: dict[str, Any],
    detail: str,
) -> None:
    serve(FIRST, 1, SECOND)
    web.page(SECOND, **fails)
    assert crawl().code == 0
    assert told()["detail"] == f"page 2 could not be read: {detail}"
    assert "pageCount" not in told()


@pytest.mark.usefixtures("item")
def test_a_page_that_robots_txt_forbids_is_not_asked_for(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    serve: Callable[..., None],
    told: Callable[[], dict[str, Any]],
) -> None:
    rules = "User-agent: *\nDisallow: /*?page="
    web.page("http://news.example/robots.txt", rules, headers={"Content-Type": "text/plain"})
    serve(FIRST, 1, SECOND)
    serve(SECOND, 2, None)
    assert crawl().code == 0
    assert asked(web) == [FIRST]
    assert told()["detail"].startswith("page 2 could not be read: robots, ")


@pytest.mark.usefixtures("item")
@pytest.mark.parametrize("number", [1, 2])
def test_pages_that_go_round_in_a_circle_are_read_once(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    serve: Callable[..., None],
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
    number: int,
) -> None:
    serve(FIRST, 1, SECOND)
    serve(SECOND, 2, THIRD)
    serve(THIRD, number, f"{FIRST}?page=4")  # an earlier page again
    assert crawl().code == 0
    assert asked(web) == [FIRST, SECOND, THIRD]
    assert text_pages() == [1, 2]
    assert "detail" not in told()


@pytest.mark.usefixtures("item")
def test_a_redirect_back_to_the_first_page_ends_the_article(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    serve: Callable[..., None],
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
) -> None:
    serve(FIRST, 1, SECOND)
    web.redirect(SECOND, FIRST)
    assert crawl().code == 0
    assert text_pages() == [1]
    assert "pageCount" not in told()
    assert "detail" not in told()


@pytest.mark.usefixtures("item")
def test_a_redirect_to_another_article_is_not_joined(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    serve: Callable[..., None],
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
) -> None:
    serve(FIRST, 1, SECOND)
    web.redirect(SECOND, "/town/market")
    serve("http://news.example/town/market", 3, None)
    assert crawl().code == 0
    assert text_pages() == [1]
    assert told()["detail"] == "page 2 could not be read: it redirects elsewhere"


@pytest.mark.usefixtures("serve_three", "item")
@pytest.mark.parametrize(
    ("most", "detail"), [(1, None), (2, "only the first 2 pages were read"), (3, None)]
)
def test_no_more_pages_are_joined_than_the_setting_says(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
    most: int,
    detail: str | None,
) -> None:
    crawl(settings={"CRAWLER_ARTICLE_PAGES": most})
    assert asked(web) == [FIRST, SECOND, THIRD][:most]
    assert text_pages() == [1, 2, 3][:most]
    assert told().get("detail") == detail


@pytest.mark.usefixtures("item")
def test_the_next_article_is_not_the_next_page(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    serve: Callable[..., None],
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
) -> None:
    serve(FIRST, 1, "http://news.example/town/market")
    serve("http://news.example/town/market", 2, None)
    assert crawl().code == 0
    assert asked(web) == [FIRST]
    assert text_pages() == [1]
    assert "pageCount" not in told()


@pytest.mark.usefixtures("serve_three")
def test_of_a_video_no_page_is_joined(
    crawl: Callable[..., Outcome], items: Path, write_item: Callable[..., Path], web: LocalWeb
) -> None:
    write_item(items, "bridge", original_url=FIRST, type="video")
    assert crawl().json["sources"]["visited"] == {"unsupported": 1}
    assert asked(web) == [FIRST]


@pytest.mark.usefixtures("item")
@pytest.mark.parametrize("value", ["0", "100", "many", "2.5"])
def test_a_limit_that_makes_no_sense_ends_the_run_before_it_begins(
    crawl: Callable[..., Outcome], web: LocalWeb, value: str
) -> None:
    outcome = crawl(settings={"CRAWLER_ARTICLE_PAGES": value})
    assert outcome.code == 2
    assert "CRAWLER_ARTICLE_PAGES" in outcome.stderr
    assert web.requests == []


@pytest.mark.usefixtures("serve_three", "item")
@pytest.mark.parametrize(
    ("recorded", "expected", "detail"),
    [(3, [1, 2, 3], None), (1, [1], "page 2 could not be read: not-recorded, ")],
)
def test_pages_that_were_recorded_are_joined_without_a_network(
    crawl: Callable[..., Outcome],
    tmp_path: Path,
    output: Path,
    told: Callable[[], dict[str, Any]],
    text_pages: Callable[[], list[int]],
    recorded: int,
    expected: list[int],
    detail: str | None,
) -> None:
    file = tmp_path / "seen.warc.gz"
    crawl("--record", file, settings={"CRAWLER_ARTICLE_PAGES": recorded})
    shutil.rmtree(output)
    outcome = crawl("--replay", file)
    assert outcome.json["sources"]["visited"] == {"ok": 1}
    assert text_pages() == expected
    assert (told().get("detail") or "").startswith(detail or "")
    assert ("detail" in told()) is (detail is not None)
