"""A source that is lost at its place is read off the archive's snapshot of its time."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import yaml

from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS, OTHER = "http://news.example/bridge", "http://news.example/bridge-2"
PUBLISHED = "20240514063000"  # as `write_item` has it
TAKEN = "20240516080910"
MEMENTO = {"Memento-Datetime": "Thu, 16 May 2024 08:09:10 GMT"}
ON = {"CRAWLER_WAYBACK": "wayback"}
AGAIN = ("--retry", "not-found")


def question(url: str, published: str = PUBLISHED) -> str:
    return f"https://archive.org/wayback/available?url={quote(url, safe='')}&timestamp={published}"


def snapshot(url: str, stamp: str = TAKEN) -> str:
    return f"https://web.archive.org/web/{stamp}id_/{url}"


def archive_asked(web: LocalWeb) -> list[str]:
    """The archive's URLs that were requested, in order, without its robots.txt."""
    asked = [request.url for request in web.requests if "archive" in request.host]
    return [url for url in asked if not url.endswith("/robots.txt")]


def answer(closest: Mapping[str, object] | None) -> str:
    return json.dumps({"archived_snapshots": {} if closest is None else {"closest": closest}})


@pytest.fixture
def knows(web: LocalWeb) -> Callable[..., None]:
    """Have the archive say that it has a page, or that it has not."""

    def know(url: str, stamp: str | None = TAKEN) -> None:
        closest = {"available": True, "status": "200", "timestamp": stamp, "url": "http://x.test/"}
        body = answer(None if stamp is None else closest)
        web.page(question(url), body, headers={"Content-Type": "application/json"})

    return know


@pytest.fixture
def item(items: Path, write_item: Callable[..., Path]) -> Path:
    return write_item(items, "bridge", original_url=NEWS)


@pytest.fixture
def entry(output: Path) -> Callable[[], dict[str, Any]]:
    """Return what the item's file says of its source."""

    def read() -> dict[str, Any]:
        text = (output / "items" / "bridge.md").read_text()
        source: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])["enrichment"]["source"]
        return source

    return read


def test_a_lost_article_is_taken_from_the_snapshot_of_its_time(
    crawl: Callable[..., Outcome],
    item: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    knows(NEWS)
    page = article_html(image="/bridge.png")
    web.page(snapshot(NEWS), page, headers=MEMENTO | {"ETag": '"archive"'})

    outcome = crawl(settings=ON)

    assert outcome.code == 0
    assert outcome.json["sources"]["visited"] == {"archived": 1}
    assert archive_asked(web) == [question(NEWS), snapshot(NEWS)]
    told = entry()
    assert told["state"] == "archived"
    assert told["requestedUrl"] == NEWS
    assert told["archiveUrl"] == snapshot(NEWS)
    assert told["archivedDateTime"] == "2024-05-16T08:09:10Z"
    assert told["textFile"] == "items/bridge.md"
    assert told["images"] == [{"url": "http://news.example/bridge.png"}]
    assert not {"finalUrl", "detail", "lastAttempt"} & told.keys()
    assert "Engineers had reported in spring" in (output / "items" / "bridge.md").read_text()


def test_the_ledger_knows_what_was_tried_and_where_the_article_came_from(
    crawl: Callable[..., Outcome],
    item: Path,
    output: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    article_html: Callable[..., str],
    knows: Callable[..., None],
) -> None:
    knows(NEWS)
    web.page(snapshot(NEWS), article_html(), headers=MEMENTO | {"ETag": '"archive"'})
    crawl(settings=ON)

    (source,) = run_crawler("explain", NEWS, "-o", output, "--json").json["sources"]
    held = source["held"]
    assert [
        (attempt["url"], attempt["state"], attempt["status"]) for attempt in held["attempts"]
    ] == [
        (NEWS, "not-found", 404),
        (NEWS, "archived", 200),
    ]
    assert held["snapshot"]["url"] == snapshot(NEWS)
    assert held["snapshot"]["takenAt"] == "2024-05-16T08:09:10Z"
    assert held["etag"] is None
    told = run_crawler("explain", NEWS, "-o", output).stdout
    assert f"from {snapshot(NEWS)}, taken 2024-05-16T08:09:10Z" in told


def test_without_an_archive_none_is_asked(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb, knows: Callable[..., None]
) -> None:
    knows(NEWS)
    off = crawl(settings={"CRAWLER_WAYBACK": "off"})
    assert off.json["sources"]["visited"] == {"not-found": 1}
    assert archive_asked(web) == []


def test_what_the_archive_does_not_have_stays_lost_and_is_not_asked_for_again(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    knows(NEWS, None)
    assert crawl(settings=ON).json["sources"]["visited"] == {"not-found": 1}
    assert entry()["detail"] == "the archive has no snapshot"
    assert crawl(*AGAIN, settings=ON).json["sources"]["visited"] == {"not-found": 1}
    assert web.count(NEWS) == 2
    assert archive_asked(web) == [question(NEWS)]
    crawl("--force", settings=ON)
    assert archive_asked(web) == [question(NEWS), question(NEWS)]


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (404, "text/html", "HTTP 404"),
        (503, "text/html", "HTTP 503"),
        (200, "text/html", "empty"),
        (200, "application/pdf", "not-html"),
    ],
)
def test_a_snapshot_without_an_article_does_not_count(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
    status: int,
    kind: str,
    told: str,
) -> None:
    knows(NEWS)
    headers = MEMENTO | {"Content-Type": kind}
    web.page(snapshot(NEWS), "<h1>Not here</h1>", status=status, headers=headers)
    assert crawl(settings=ON).json["sources"]["visited"] == {"not-found": 1}
    assert entry()["detail"] == f"the archive\u2019s snapshot of 2024-05-16T08:09:10Z: {told}"
    crawl(*AGAIN, settings=ON)
    assert archive_asked(web) == [question(NEWS), snapshot(NEWS)]


def test_the_free_part_of_an_article_is_better_than_nothing(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    wall = '<div class="paywall"><p>To read the full story, subscribe or sign in.</p></div>'
    access = '<script type="application/ld+json">{"@type": "NewsArticle", '
    access += '"isAccessibleForFree": false, "wordCount": 2500}</script>'
    page = article_html().replace("</head>", f"{access}</head>")
    knows(NEWS)
    web.page(snapshot(NEWS), page.replace("</article>", f"{wall}</article>"), headers=MEMENTO)
    assert crawl(settings=ON).json["sources"]["visited"] == {"archived": 1}
    assert entry()["wordCount"] > 10
    assert entry()["detail"].startswith("only the free part of the article: ")


def test_an_article_that_is_held_is_not_replaced_by_a_snapshot(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    web.page(NEWS, article_html(), times=1)
    knows(NEWS)
    crawl(settings=ON)
    assert crawl("--force", settings=ON).json["sources"]["visited"] == {"not-found": 1}
    assert entry()["state"] == "ok"
    assert archive_asked(web) == []


def test_an_article_that_comes_back_replaces_its_snapshot(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    knows(NEWS)
    web.page(snapshot(NEWS), article_html(), headers=MEMENTO)
    crawl(settings=ON)
    web.page(NEWS, article_html())
    assert crawl("--retry", "archived", settings=ON).json["sources"]["visited"] == {"ok": 1}
    assert not {"archiveUrl", "archivedDateTime"} & entry().keys()


def test_each_lost_url_of_a_source_is_asked_for_until_the_archive_has_one(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    write_item(items, "bridge", original_url=NEWS, webUrl=OTHER)
    knows(NEWS, None)
    knows(OTHER)
    web.page(snapshot(OTHER), article_html(), headers=MEMENTO)
    assert crawl(settings=ON).json["sources"]["visited"] == {"archived": 1}
    assert archive_asked(web) == [question(NEWS), question(OTHER), snapshot(OTHER)]
    assert entry()["requestedUrl"] == OTHER


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_source_that_may_still_be_there_is_not_looked_for_in_the_archive(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    status: int,
) -> None:
    write_item(items, "bridge", original_url=NEWS, webUrl=OTHER)
    web.page(OTHER, status=status)
    crawl(settings=ON)
    assert web.count(OTHER) == 1
    assert archive_asked(web) == []


@pytest.mark.parametrize(
    ("status", "body"), [(503, ""), (200, "<h1>Back soon</h1>"), (200, "[" * 100_000)]
)
def test_an_archive_that_fails_is_left_alone_and_the_sources_stay_as_they_are(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    status: int,
    body: str,
) -> None:
    lost = [f"http://news{number}.example/lost" for number in range(6)]
    for url in (NEWS, *lost):
        web.page(question(url), body, status=status)
    write_item(items, "bridge", original_url=NEWS, related=lost)
    outcome = crawl(settings=ON | {"RETRY_TIMES": 2})
    assert outcome.json["ended"] == "finished"
    assert outcome.json["sources"]["visited"] == {"not-found": 7}
    assert len(archive_asked(web)) == 3


def test_snapshots_that_fail_are_not_asked_for_while_the_index_still_answers(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    knows: Callable[..., None],
) -> None:
    lost = [f"http://news{number}.example/lost" for number in range(6)]
    for url in lost:
        knows(url)
        web.page(snapshot(url), status=429)
    write_item(items, "bridge", original_url=lost[0], related=lost[1:])
    assert crawl(settings=ON).json["sources"]["visited"] == {"not-found": 6}
    assert sum(web.count(snapshot(url)) for url in lost) == 3


def test_an_archive_that_breaks_off_leaves_a_source_as_it_is(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    knows(NEWS)
    web.fault(snapshot(NEWS), "truncate")
    assert crawl(settings=ON).json["sources"]["visited"] == {"not-found": 1}
    assert entry()["detail"] == "the archive failed: the answer broke off"
    web.page(snapshot(NEWS), status=404)
    crawl(*AGAIN, settings=ON)
    assert web.count(question(NEWS)) == 1  # where the snapshot is was remembered
    assert web.count(snapshot(NEWS)) == 2


def test_a_source_whose_lookup_is_stopped_is_visited_by_the_next_run(
    crawl: Callable[..., Outcome],
    item: Path,
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    knows: Callable[..., None],
) -> None:
    knows(NEWS)
    web.fault(snapshot(NEWS), "silence", times=1)
    words = arguments(
        "run", items, "-o", output, "--json", settings=ON | {"CRAWLER_STOP_GRACE": 0.2}
    )
    with subprocess.Popen(
        words, env=environment(web), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        deadline = time.monotonic() + 30
        while not web.count(snapshot(NEWS)):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        stopped = json.loads(process.communicate(timeout=30)[0])
    assert stopped["ended"] == "interrupted"
    assert stopped["sources"]["visited"] == {}

    web.page(snapshot(NEWS), article_html(), headers=MEMENTO)
    assert crawl(settings=ON).json["sources"]["visited"] == {"archived": 1}
    assert web.count(question(NEWS)) == 1


def test_robots_txt_of_the_archive_is_obeyed(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    knows(NEWS)
    rules = "User-agent: *\nDisallow: /web/"
    headers = {"Content-Type": "text/plain"}
    web.page("https://web.archive.org/robots.txt", rules, headers=headers)
    assert crawl(settings=ON).json["sources"]["visited"] == {"not-found": 1}
    assert archive_asked(web) == [question(NEWS)]
    assert entry()["detail"] == "the archive failed: robots.txt forbids it"


def test_the_archive_leads_only_to_its_own_raw_snapshots(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    knows: Callable[..., None],
) -> None:
    write_item(items, "bridge", original_url=NEWS, related=[OTHER])
    knows(NEWS)
    knows(OTHER)
    web.redirect(snapshot(NEWS), f"/web/20240517000000/{NEWS}", status=302)
    nearer = {"Memento-Datetime": "Fri, 17 May 2024 00:00:00 GMT"}
    web.page(snapshot(NEWS, "20240517000000"), article_html(), headers=nearer)
    web.redirect(snapshot(OTHER), "http://elsewhere.example/web/20240517000000id_/x", status=302)
    web.page("http://elsewhere.example/web/20240517000000id_/x", article_html(), headers=nearer)

    assert crawl(settings=ON).json["sources"]["visited"] == {"archived": 1, "not-found": 1}
    assert snapshot(NEWS, "20240517000000") in archive_asked(web)
    assert not [request for request in web.requests if request.host == "elsewhere.example"]


def test_an_archive_that_redirects_for_ever_is_not_followed_for_ever(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb, knows: Callable[..., None]
) -> None:
    knows(NEWS)
    web.redirect(snapshot(NEWS), snapshot(NEWS), status=302)
    assert crawl(settings=ON).json["sources"]["visited"] == {"not-found": 1}
    assert web.count(snapshot(NEWS)) == 6


def test_another_archive_is_asked_by_its_timegate(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    entry: Callable[[], dict[str, Any]],
) -> None:
    gate = "https://gate.archive.example/timegate/"
    memento = f"https://archive.example/all/{TAKEN}"
    write_item(items, "bridge", original_url=NEWS, related=[OTHER])
    web.redirect(f"{gate}{NEWS}", f"{memento}mp_/{NEWS}", status=302)
    web.page(f"{memento}id_/{NEWS}", article_html(), headers=MEMENTO)

    outcome = crawl(settings={"CRAWLER_WAYBACK": gate})

    assert outcome.json["sources"]["visited"] == {"archived": 1, "not-found": 1}
    (asked,) = [request for request in web.requests if request.url == f"{gate}{NEWS}"]
    assert asked.headers["Accept-Datetime"] == "Tue, 14 May 2024 06:30:00 GMT"
    assert entry()["archiveUrl"] == f"{memento}id_/{NEWS}"
    assert entry()["archivedDateTime"] == "2024-05-16T08:09:10Z"


def test_a_parked_name_is_told_from_an_article_and_looked_up(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    knows: Callable[..., None],
    run_crawler: Callable[..., Outcome],
    output: Path,
) -> None:
    web.redirect(NEWS, "https://www.hugedomains.com/domain_profile.cfm?d=news.example", status=302)
    web.page("https://www.hugedomains.com/domain_profile.cfm?d=news.example", article_html())
    knows(NEWS)
    web.page(snapshot(NEWS), article_html(), headers=MEMENTO)
    assert crawl(settings=ON).json["sources"]["visited"] == {"archived": 1}
    (source,) = run_crawler("explain", NEWS, "-o", output, "--json").json["sources"]
    first = source["held"]["attempts"][0]
    assert (first["state"], first["detail"]) == ("parked", "parked: redirected to hugedomains.com")


@pytest.mark.parametrize(
    "setting", [{"CRAWLER_WAYBACK": "ftp://archive.example/"}, {"CRAWLER_WAYBACK_DELAY": "soon"}]
)
def test_a_setting_that_makes_no_sense_ends_the_run_before_it_begins(
    crawl: Callable[..., Outcome], item: Path, output: Path, setting: dict[str, str]
) -> None:
    outcome = crawl(settings=setting)
    assert outcome.code == 2
    assert next(iter(setting)) in outcome.stderr
    assert not output.exists()


def test_a_snapshot_of_what_stands_in_the_article_s_place_does_not_count(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    knows: Callable[..., None],
    entry: Callable[[], dict[str, Any]],
) -> None:
    knows(NEWS)
    lost = "<title>Page not found</title><body class=error404><h1>Page not found</h1>"
    text = "<p>The page you are looking for is not here, and has not been for a long time.</p>"
    web.page(snapshot(NEWS), lost + text, headers=MEMENTO)
    assert crawl(settings=ON).code == 0
    told = entry()
    assert told["state"] == "not-found"
    assert told["detail"].endswith(": soft-404")
