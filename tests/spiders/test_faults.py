"""Whatever raises in a visit: its source ends in a state, the run ends, the exit code tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from crawler import settings
from tests.images.pictures import picture
from tests.spiders.test_oembed import ANSWER, PAGE
from tests.spiders.test_wayback_crawl import TAKEN, answer, question, snapshot
from tests.web.articles import article_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

ROOT = Path(__file__).parents[2]
DETAIL = "RuntimeError: planted, in two lines"
GOOD = {"plain": "ok", "paged": "ok", "video": "unsupported", "lost": "archived", "dead": "ok"}

# What raises in the visit of a source of its own, and of which kind that is.
STEPS = [
    ("crawler.spiders.source:visit_source", "plain"),
    ("crawler.spiders.source:SourceSpider.parse_source", "plain"),
    ("crawler.spiders.source:SourceSpider._step", "plain"),
    ("crawler.spiders.source:SourceSpider.source_failed", "dead"),
    ("crawler.crawl.visit:_after_next_url", "plain"),
    ("crawler.crawl.visit:_request", "dead"),
    ("crawler.crawl.visit:with_scripts", "plain"),
    ("crawler.crawl.visit:with_further_pages", "plain"),
    ("crawler.crawl.visit:with_recording", "plain"),
    ("crawler.crawl.reading:read_page", "plain"),
    ("crawler.crawl.reading:parked", "plain"),
    ("crawler.crawl.reading:Reading.attempt", "plain"),
    ("crawler.crawl.reading:header_opt_outs", "plain"),
    ("crawler.crawl.open_visit:OpenVisit.closed", "plain"),
    ("crawler.crawl.open_visit:deciding_attempt", "plain"),
    ("crawler.crawl.further_pages:_request", "paged"),
    ("crawler.crawl.further_pages:_read", "paged"),
    ("crawler.crawl.further_pages:with_next_page", "paged"),
    ("crawler.crawl.oembed:_request", "video"),
    ("crawler.crawl.oembed:_completed", "video"),
    ("crawler.crawl.oembed:with_oembed", "video"),
    ("crawler.crawl.wayback:Wayback.may_have", "lost"),
    ("crawler.crawl.wayback:Wayback.look_up", "lost"),
    ("crawler.crawl.wayback:Wayback._look_up", "lost"),
    ("crawler.crawl.wayback:Wayback._place", "lost"),
    ("crawler.crawl.wayback:Wayback._page", "lost"),
    ("crawler.crawl.wayback:Wayback._keep", "lost"),
    ("crawler.crawl.ledger_thread:LedgerMemory.robots", "plain"),
    ("crawler.crawl.ledger_thread:LedgerMemory.keep_robots", "plain"),
    ("crawler.downloader.retry:SiteRetryMiddleware.process_request", "plain"),
    ("crawler.downloader.retry:SiteRetryMiddleware.process_response", "plain"),
    ("crawler.downloader.robots.middleware:RobotsMiddleware.process_request", "plain"),
    ("crawler.downloader.compression:DecompressionMiddleware.process_response", "plain"),
    ("crawler.downloader.http11:BoundedDownloadHandler.download_request", "plain"),
]
# What raises once while a visit is stored: it is stored then that it could not be.
STORING = [
    ("crawler.spiders.source:SourceSpider._store_visit", "plain"),
    ("crawler.session:RunSession.store_visit", "plain"),
    ("crawler.ledger.sqlite:SqliteLedger.store_visit", "plain"),
    ("crawler.ledger.copy_rows:CopyRows.note", "plain"),
]
# What breaks no visit; what is told of it, the summary tells.
BESIDE = [
    ("crawler.output.publish:Publisher.publish_item", "plain"),
    ("crawler.session:RunSession.store_images", "plain"),
    ("crawler.crawl.images:ImageFetcher._keep", "plain"),
    ("crawler.crawl.ledger_thread:LedgerMemory.keep_image", "plain"),
]
# What the run cannot be done without.
RUN = ["crawler.session:RunSession.plan", "crawler.session:RunSession.tell_copies"]


@pytest.fixture
def site(web: LocalWeb, items: Path, write_item: Callable[..., Path]) -> Callable[..., None]:
    """Add an item about a page of one of the kinds, on a site of its own."""

    def add(name: str, kind: str) -> None:
        url, urls, more = f"http://{name}.example/a", {}, {}
        page = article_html(image=f"http://{name}.example/a.png")
        json_type = {"Content-Type": "application/json"}
        web.page(
            f"http://{name}.example/a.png", picture("PNG"), headers={"Content-Type": "image/png"}
        )
        if kind == "paged":
            page = page.replace("</main>", '<a rel="next" href="/a?page=2">2</a></main>')
            text = f"Another page of the article about {name}. " * 20
            web.page(f"{url}?page=2", article_html(paragraphs=[text]))
        elif kind == "video":
            page, more = PAGE, {"type": "video"}
            web.page(f"http://{name}.example/oembed?id=5", json.dumps(ANSWER), headers=json_type)
        elif kind == "lost":
            closest = {"available": True, "status": "200", "timestamp": TAKEN, "url": "http://x/"}
            web.page(question(url), answer(closest), headers=json_type)
            memento = {"Memento-Datetime": "Thu, 16 May 2024 08:09:10 GMT"}
            web.page(snapshot(url), page, headers=memento)
        elif kind == "dead":
            urls = {"webUrl": f"http://{name}.example/b"}
            web.fault(url, "reset")
            web.page(urls["webUrl"], page)
        if kind not in {"lost", "dead"}:
            web.page(url, page)
        write_item(items, name, original_url=url, **urls, **more)

    return add


@pytest.fixture
def crawl(
    web: LocalWeb, items: Path, output: Path, run_crawler: Callable[..., Outcome]
) -> Callable[..., Outcome]:
    """Crawl with functions that raise."""

    def run(*planted: str, **more: Any) -> Outcome:
        options = {
            "EXTENSIONS": json.dumps(
                {**settings.EXTENSIONS, "tests.spiders.planted.Planted": 1},
            ),
            "PLANTED": ";".join(planted),
            "CRAWLER_WAYBACK": "wayback",
            "CRAWLER_IMAGE_SIZES": "yes",
            **more,
        }
        words = ("run", items, "-o", output, "--json")
        return run_crawler(*words, web=web, cwd=ROOT, settings=options, seconds=300)

    return run


def sources(output: Path) -> dict[str, dict[str, Any]]:
    """What the item files say of their sources."""
    return {
        file.stem: yaml.safe_load(file.read_text().split("---\n")[1])["enrichment"]["source"]
        for file in (output / "items").glob("*.md")
    }


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_fault_of_ours_is_the_state_of_its_source_and_of_no_other(
    site: Callable[..., None], crawl: Callable[..., Outcome], output: Path
) -> None:
    planted, faulty, beside = [], {}, {}
    for kind in GOOD:
        site(f"good-{kind}", kind)
    for number, (target, kind) in enumerate([*STEPS, *STORING, *BESIDE]):
        name = f"s{number:02}"
        site(name, kind)
        planted.append(f"{target} {name} {1 if (target, kind) in STORING else 10**6}")
        (beside if (target, kind) in BESIDE else faulty)[name] = target

    done = crawl(*planted)

    assert done.code == 1, done.stderr
    found = sources(output)
    assert found.keys() == {*(f"good-{kind}" for kind in GOOD), *faulty, *beside} - {
        name for name, target in beside.items() if "publish" in target
    }
    wrong = {
        target: (found[name]["state"], found[name].get("detail"))
        for name, target in faulty.items()
        if (found[name]["state"], found[name].get("detail")) != ("internal-error", DETAIL)
    }
    assert wrong == {}
    assert {kind: found[f"good-{kind}"]["state"] for kind in GOOD} == GOOD
    assert {found[name]["state"] for name in beside.keys() & found.keys()} == {"ok"}
    told = "\n".join(done.json["problems"])
    assert told.count(DETAIL) >= len(beside), told
    assert done.json["sources"]["due"] == sum(done.json["sources"]["visited"].values())

    again = crawl()  # it is ours, and may pass: the next run asks for them again, and for no other
    assert again.code == 0, again.stderr
    assert again.json["sources"]["due"] == len(faulty)
    assert {source["state"] for source in sources(output).values()} == set(GOOD.values())


@pytest.mark.slow
@pytest.mark.parametrize("planted", RUN)
def test_a_fault_without_which_no_run_can_be_done_ends_it(
    site: Callable[..., None], crawl: Callable[..., Outcome], planted: str
) -> None:
    site("one", "plain")
    done = crawl(f"{planted} RunSession 1")
    assert done.code == 2
    assert f"an internal error: {DETAIL}" in done.stderr


@pytest.mark.slow
def test_where_nothing_can_be_stored_the_run_ends_and_says_so(
    site: Callable[..., None], crawl: Callable[..., Outcome], output: Path
) -> None:
    site("one", "plain")
    done = crawl("crawler.ledger.sqlite:SqliteLedger.store_visit one 1000")
    assert done.code == 1
    assert sources(output) == {}
    assert "no state of http://one.example/a can be stored" in done.stderr


def test_what_other_code_does_to_an_article_on_its_way_is_told_and_loses_no_visit(
    site: Callable[..., None], crawl: Callable[..., Outcome], output: Path
) -> None:
    site("one", "plain")
    swallowing = {"tests.spiders.planted.Swallowing": 1}
    done = crawl(SPIDER_MIDDLEWARES=json.dumps({**settings.SPIDER_MIDDLEWARES, **swallowing}))
    assert done.code == 1
    assert sources(output)["one"]["state"] == "ok"
    assert "articles that were not taken: 1; the next run delivers them again" in done.stderr
