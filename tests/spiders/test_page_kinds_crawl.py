"""Pages that answer 200 and are no article, through the real downloader from a local web."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.extraction.classify.case import cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

PAGES = {case.name: case for case in cases()}
# A page of each kind; "moved-home" is a redirect to it.
KINDS = {
    "blocked": "perimeterx-en",
    "consent-wall": "onetrust-es",
    "soft-404": "wordpress-en",
    "list-page": "drupal-term-de",
    "login": "members-fr",
    "parked": "dan-en",
    "paywalled": "piano-haspart-en",
    "moved-home": "home-fr",
}
NEWS, AMP = "http://news.example/town/bridge", "http://news.example/amp/bridge"
OTHER = "http://other.example/town/market"


def page_url(kind: str) -> str:
    return f"http://{kind}.example/town/bridge"


@pytest.fixture
def serve(web: LocalWeb) -> Callable[..., None]:
    """Have a URL, by default one of the kind's own site, answer with a page of this kind."""

    def put(kind: str, url: str | None = None) -> None:
        url = url or page_url(kind)
        host = url.split("/")[2]
        # The name that is for sale is the page's own.
        html = PAGES[KINDS[kind]].html.replace("riverlog.example", host)
        if kind == "moved-home":
            web.redirect(url, f"http://{host}/")
            url = f"http://{host}/"
        web.page(url, html)

    return put


@pytest.fixture
def entry(output: Path) -> Callable[..., dict[str, Any]]:
    """Return what an item's file says of its source."""

    def read(name: str = "bridge") -> dict[str, Any]:
        text = (output / "items" / f"{name}.md").read_text()
        source: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])["enrichment"]["source"]
        return source

    return read


def test_each_kind_of_page_ends_in_its_state_with_its_evidence(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
    serve: Callable[..., None],
    entry: Callable[..., dict[str, Any]],
) -> None:
    for kind in KINDS:
        serve(kind)
        write_item(items, kind, original_url=page_url(kind))

    outcome = crawl()

    assert outcome.code == 1
    assert outcome.json["sources"]["visited"] == dict.fromkeys(KINDS, 1)
    for kind in KINDS:
        told = entry(kind)
        assert told["state"] == kind
        assert told["httpStatus"] == 200
        assert told["detail"]
        has_text = kind == "paywalled"
        assert ("title" in told) is has_text, "what is read off a wall is not the article's"
        assert ("textFile" in told) is has_text
        assert ("<!-- article" in (output / "items" / f"{kind}.md").read_text()) is has_text
    assert entry("moved-home")["finalUrl"] == "http://moved-home.example/"


def test_a_refusal_by_a_bot_wall_is_told_from_one_of_the_site(
    crawl: Callable[..., Outcome],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    entry: Callable[..., dict[str, Any]],
) -> None:
    page = PAGES["cloudflare-managed-en"]
    web.page(NEWS, page.html, status=403, headers={"cf-mitigated": "challenge"})
    web.page(OTHER, "<h1>Members only</h1>", status=403)
    write_item(items, "bridge", original_url=NEWS)
    write_item(items, "market", original_url=OTHER)
    crawl()
    told = entry()
    assert (told["state"], told["detail"]) == ("blocked", "a challenge of Cloudflare")
    assert entry("market")["state"] == "forbidden"


def test_a_page_of_another_kind_never_replaces_a_stored_article(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    article_html: Callable[..., str],
    serve: Callable[..., None],
    entry: Callable[..., dict[str, Any]],
) -> None:
    for kind in KINDS:
        write_item(items, kind, original_url=page_url(kind))
        web.page(page_url(kind), article_html())
    crawl()
    before = {kind: entry(kind) for kind in KINDS}
    for kind in KINDS:
        serve(kind)

    outcome = crawl("--force")

    assert outcome.code == 1
    assert outcome.json["sources"]["visited"] == dict.fromkeys(KINDS, 1)
    assert outcome.json["sources"]["held"] == {"ok": len(KINDS)}
    for kind in KINDS:
        after = entry(kind)
        attempt = after.pop("lastAttempt")
        assert attempt["state"] == kind
        assert attempt["detail"]
        assert after.pop("failingSince") == attempt["attemptedDateTime"]
        assert after == before[kind]
        assert "Engineers had reported" in (output / "items" / f"{kind}.md").read_text()


def test_the_next_url_of_the_family_is_tried_and_a_good_page_wins(
    crawl: Callable[..., Outcome],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    article_html: Callable[..., str],
    serve: Callable[..., None],
    entry: Callable[..., dict[str, Any]],
) -> None:
    for kind in KINDS:
        amp = f"http://{kind}.example/amp/bridge"
        write_item(items, kind, original_url=page_url(kind), ampWebUrl=amp)
        serve(kind)
        web.page(amp, article_html())

    assert crawl().code == 0

    for kind in KINDS:
        told = entry(kind)
        assert (told["state"], told["requestedUrl"]) == ("ok", f"http://{kind}.example/amp/bridge")
        assert told["title"] == "The old footbridge stays open"


def test_the_free_part_stays_where_no_other_url_has_more(
    crawl: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    serve: Callable[..., None],
    entry: Callable[..., dict[str, Any]],
) -> None:
    write_item(items, "bridge", original_url=NEWS, ampWebUrl=AMP, related=[OTHER])
    serve("soft-404", NEWS)
    serve("paywalled", AMP)
    serve("paywalled", OTHER)

    outcome = crawl(settings={"CRAWLER_WAYBACK": "wayback"})

    assert outcome.code == 0
    assert outcome.json["sources"]["held"] == {"paywalled": 2}
    assert [request.host for request in web.requests if "archive" in request.host] == []
    told = entry()
    assert (told["requestedUrl"], told["textFile"]) == (AMP, "items/bridge.md")
    assert told["isAccessibleForFree"] is False
    text = (output / "items" / "bridge.md").read_text()
    assert "The first time the harbour sank, nobody noticed" in text
    assert "Subscribe" not in text
    enrichment = yaml.safe_load(text.split("---\n")[1])["enrichment"]
    source_file = (output / enrichment["related"][0]["textFile"]).read_text()
    assert 'state: "paywalled"' in source_file
    assert "nobody noticed for a week" in source_file

    status = run_crawler("status", items, "-o", output, "--json").json
    assert status["sources"] == {"due": 0, "held": {"paywalled": 2}, "last": {"paywalled": 2}}
    (explained,) = run_crawler("explain", NEWS, "-o", output, "--json").json["sources"]
    assert [attempt["state"] for attempt in explained["held"]["attempts"]] == [
        "soft-404",
        "paywalled",
    ]
    assert all(attempt["detail"] for attempt in explained["held"]["attempts"])
    assert "kind" not in {field["field"] for field in explained["held"]["fields"]}


def test_an_archive_is_asked_for_what_is_lost_and_for_nothing_else(
    crawl: Callable[..., Outcome],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    serve: Callable[..., None],
) -> None:
    for kind in KINDS:
        write_item(items, kind, original_url=page_url(kind))
        serve(kind)
    crawl(settings={"CRAWLER_WAYBACK": "wayback", "CRAWLER_WAYBACK_DELAY": 0})
    asked = {
        kind
        for kind in KINDS
        for request in web.requests
        if "archive.org" in request.host and f"{kind}.example" in request.url
    }
    assert asked == {"soft-404", "moved-home", "parked"}


def test_a_live_blog_is_an_article_of_that_form(
    crawl: Callable[..., Outcome],
    items: Path,
    write_item: Callable[..., Path],
    web: LocalWeb,
    entry: Callable[..., dict[str, Any]],
) -> None:
    write_item(items, "bridge", original_url=NEWS)
    web.page(NEWS, PAGES["live-blog-en"].html)
    assert crawl().code == 0
    assert (entry()["state"], entry()["pageType"]) == ("ok", "live-blog")
