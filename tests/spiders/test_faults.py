"""Whatever raises in a visit: its source ends in a state, the run ends, the exit code tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from crawler import settings
from tests.images.pictures import picture
from tests.spiders.test_archive import TAKEN, answer, question, snapshot
from tests.spiders.test_oembed import ANSWER, OEMBED, PAGE, VIDEO
from tests.web.articles import article_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

ROOT = Path(__file__).parents[2]
PLAIN, SECOND = "http://plain.example/a", "http://plain.example/b"
PAGED, LOST, DEAD = "http://paged.example/a", "http://lost.example/a", "http://dead.example/a"
IMAGE = "http://images.example/a.png"
ALL = {"plain", "paged", "video", "lost", "dead"}

# What raises, and whose visit that breaks; of the others nothing is to be seen.
STEPS: list[tuple[str, set[str]]] = [
    ("crawler.spiders.source:SourceSpider._first_request", ALL),
    ("crawler.spiders.source:read_page", ALL - {"lost", "dead"}),
    ("crawler.spiders.source:SourceSpider._with_scripts", ALL - {"lost", "dead"}),
    ("crawler.spiders.source:SourceSpider.outcome_of", set()),
    ("crawler.spiders.source:redirects_of", set()),
    ("crawler.spiders.source:SourceSpider._go_on", ALL),
    ("crawler.spiders.source:SourceSpider.finished", ALL - {"lost"}),
    ("crawler.spiders.source:SourceSpider.settled", ALL),
    ("crawler.spiders.reading:state_of_status", ALL),
    ("crawler.spiders.reading:Reading.hop", ALL),
    ("crawler.spiders.trail:Trail.visit", ALL),
    ("crawler.spiders.trail:deciding_hop", ALL),
    ("crawler.spiders.further_pages:PageDesk.begin", ALL),
    ("crawler.spiders.further_pages:PageDesk._after_page", {"paged"}),
    ("crawler.spiders.further_pages:with_next_page", {"paged"}),
    ("crawler.spiders.oembed:OEmbedDesk.request", ALL - {"lost"}),
    ("crawler.spiders.oembed:with_oembed", {"video"}),
    ("crawler.spiders.archive:ArchiveDesk.wants", ALL),
    ("crawler.spiders.archive:ArchiveDesk.take", {"lost"}),
    ("crawler.spiders.archive:ArchiveDesk._ask", {"lost"}),
    ("crawler.spiders.archive:ArchiveDesk._after_answer", {"lost"}),
    ("crawler.spiders.archive:ArchiveDesk._after_page", {"lost"}),
    ("crawler.spiders.archive:ArchiveDesk._keep", {"lost"}),
    ("crawler.spiders.memory:LedgerMemory.keep_robots", ALL),
    ("crawler.spiders.memory:LedgerMemory.pauses", ALL),
    ("crawler.fetch.hosts.gate:HostGate.process_request", ALL),
    ("crawler.fetch.hosts.gate:HostGate.process_response", ALL),
    ("crawler.fetch.robots.rules:Protego.parse", {"plain"}),
    ("crawler.fetch.answers.decompression:decode_body", {"plain"}),
    ("crawler.fetch.answers.handler:BoundedDownloadHandler.download_request", ALL),
]
# What has to raise only now and then, since nothing at all could be stored if it did each time.
STORING = [
    "crawler.crawl:Crawl.settle",
    "crawler.ledger.sqlite:SqliteLedger.settle",
    "crawler.ledger.source_rows:SourceRows.settle",
    "crawler.ledger.copy_rows:CopyRows.note",
    "crawler.ledger.run_plan:RunPlan.mark_done",
]
# What breaks no visit; the exit code tells all the same.
BESIDE = [
    "crawler.output.publish:Publisher.publish_item",
    "crawler.output.publish:enriched_item",
    "crawler.crawl:Crawl.images_wanted",
    "crawler.crawl:Crawl.settle_images",
    "crawler.crawl:Crawl.image_record",
    "crawler.spiders.images:ImageDesk._facts",
    "crawler.spiders.images:ImageDesk._settle",
    "crawler.spiders.images:state_of_status",
    "crawler.spiders.memory:LedgerMemory.keep_image",
]
# What the run cannot be done without.
RUN = [
    "crawler.crawl:Crawl.plan",
    "crawler.crawl:Crawl.tidy",
    "crawler.crawl:Crawl.due",
    "crawler.crawl:Crawl.tell_copies",
]


@pytest.fixture
def crawl(
    web: LocalWeb,
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
) -> Callable[..., Outcome]:
    """Crawl, with a function that raises, what takes every way that a visit can take."""
    web.page("http://plain.example/robots.txt", "User-agent: *\nAllow: /")
    packed = {"Content-Encoding": "gzip"}
    web.page(PLAIN, article_html(image=IMAGE), headers=packed)  # only labelled so
    web.page(
        PAGED, article_html().replace("</main>", '<a rel="next" href="/a?page=2">2</a></main>')
    )
    web.page(f"{PAGED}?page=2", article_html(paragraphs=["Another page of the article. " * 20]))
    web.page(VIDEO, PAGE)
    web.page(OEMBED, json.dumps(ANSWER), headers={"Content-Type": "application/json"})
    closest = {"available": True, "status": "200", "timestamp": TAKEN, "url": "http://x.test/"}
    web.page(question(LOST), answer(closest), headers={"Content-Type": "application/json"})
    memento = {"Memento-Datetime": "Thu, 16 May 2024 08:09:10 GMT"}
    web.page(snapshot(LOST), article_html(), headers=memento)
    web.fault(DEAD, "reset")
    web.page("http://dead.example/b", article_html(title="Another bridge"))
    web.page(IMAGE, picture("PNG"), headers={"Content-Type": "image/png"})
    for name, url in (("plain", PLAIN), ("paged", PAGED), ("lost", LOST)):
        write_item(items, name, original_url=url)
    write_item(items, "video", original_url=VIDEO, type="video")
    write_item(items, "dead", original_url=DEAD, webUrl="http://dead.example/b")

    def run(planted: str | None, **more: Any) -> Outcome:
        extensions = dict(settings.EXTENSIONS)
        if planted is not None:
            extensions["tests.spiders.planted.Planted"] = 1
        options = {
            "EXTENSIONS": json.dumps(extensions),
            "PLANTED": planted,
            "CRAWLER_ARCHIVE": "wayback",
            "CRAWLER_IMAGE_SIZES": "yes",
            **more,
        }
        words = ("run", items, "-o", output, "--json")
        return run_crawler(*words, web=web, cwd=ROOT, settings=options)

    return run


def sources(output: Path) -> dict[str, dict[str, Any]]:
    """What the item files say of their sources."""
    return {
        file.stem: yaml.safe_load(file.read_text().split("---\n")[1])["enrichment"]["source"]
        for file in (output / "items").glob("*.md")
    }


def test_without_a_fault_all_is_good(crawl: Callable[..., Outcome], output: Path) -> None:
    done = crawl(None)
    assert done.code == 0, done.stderr
    states = {name: source["state"] for name, source in sources(output).items()}
    assert states == dict.fromkeys(ALL, "ok") | {"video": "unsupported", "lost": "archived"}


@pytest.mark.slow
@pytest.mark.parametrize(("planted", "broken"), STEPS, ids=[step for step, _ in STEPS])
def test_a_fault_of_ours_is_the_state_of_its_sources_and_of_no_others(
    crawl: Callable[..., Outcome], output: Path, planted: str, broken: set[str]
) -> None:
    done = crawl(planted)
    found = sources(output)
    assert found.keys() == ALL, done.stderr
    faulty = {name: s["detail"] for name, s in found.items() if s["state"] == "internal-error"}
    assert broken <= faulty.keys(), done.stderr
    assert set(faulty.values()) <= {"RuntimeError: planted, in two lines"}
    assert done.code == (1 if faulty else 0)
    assert done.json["sources"]["due"] == sum(done.json["sources"]["visited"].values()) == len(ALL)
    again = crawl(None)  # it is ours, and may pass: the next run asks again
    assert again.code == 0, again.stderr
    assert {source["state"] for source in sources(output).values()} <= {
        *("ok", "unsupported", "archived")
    }


@pytest.mark.slow
@pytest.mark.parametrize("planted", STORING)
def test_a_visit_that_cannot_be_stored_is_stored_as_one_that_could_not(
    crawl: Callable[..., Outcome], output: Path, planted: str
) -> None:
    done = crawl(planted, PLANTED_TIMES=1)
    assert done.code == 1, done.stderr
    states = [source["state"] for source in sources(output).values()]
    assert len(states) == len(ALL)
    assert states.count("internal-error") == 1
    assert crawl(None).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("planted", STORING[:2])
def test_where_nothing_can_be_stored_the_run_ends_and_says_so(
    crawl: Callable[..., Outcome], output: Path, planted: str
) -> None:
    assert crawl(planted).code in {1, 2}
    assert sources(output) == {}
    assert crawl(None).code == 0
    assert sources(output).keys() == ALL


@pytest.mark.slow
@pytest.mark.parametrize("planted", BESIDE)
def test_a_fault_beside_the_visits_leaves_them_as_they_are(
    crawl: Callable[..., Outcome], planted: str
) -> None:
    done = crawl(planted)
    assert done.code == 1, done.stderr
    assert done.json["sources"]["visited"] == {"ok": 3, "unsupported": 1, "archived": 1}
    assert "RuntimeError: planted, in two lines" in "".join(done.json["problems"])
    assert crawl(None).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("planted", RUN)
def test_a_fault_without_which_no_run_can_be_done_ends_it(
    crawl: Callable[..., Outcome], planted: str
) -> None:
    done = crawl(planted)
    assert done.code == 2
    assert "an internal error: RuntimeError: planted, in two lines" in done.stderr
    assert crawl(None).code == 0


def test_what_other_code_does_to_a_visit_on_its_way_is_told(
    crawl: Callable[..., Outcome], output: Path
) -> None:
    swallowing = {"tests.spiders.planted.Swallowing": 1}
    done = crawl(None, SPIDER_MIDDLEWARES=json.dumps({**settings.SPIDER_MIDDLEWARES, **swallowing}))
    assert done.code == 1
    details = {source["detail"] for source in sources(output).values()}
    assert details == {"its visit was lost on its way to the ledger"}
