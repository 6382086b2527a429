"""The report as a page, in a real browser, and as Markdown, of what strangers may have written."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.ledger.events import Event, EventKind
from crawler.report.document import Selection, report_document
from crawler.report.facts import MEANINGS, Facts, Link
from crawler.report.html import html_report
from crawler.report.markdown import markdown_report
from crawler.report.notes import Conflict, Duplicate, ItemNotes
from crawler.states import State

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-11-27T03:00:00Z"
HOSTILE = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '" onmouseover="window.hit=1" x=\'',
    "</style><svg onload=window.hit=1>",
    "{{ 7*7 }}{% raw %}",
    "\u202egnp.\u2066evil\u2069",
    "`` | ``` [x](javascript:window.hit=1)",
)


def facts(links: list[Link], events: tuple[Event, ...] = (), nights: int = 14) -> Facts:
    states = Counter(link.state for link in links)
    return Facts("output", AT, AT, tuple(links), events, tuple(map(_run, range(nights))), 0, states)


def _run(number: int) -> dict[str, Any]:
    return {
        "startedDateTime": f"2026-11-{number + 1:02}T03:00:00Z",
        "seconds": 60.0 + number,
        "ended": "finished",
        "sources": {"held": {"ok": 90 - number, "gone": 10 + number}},
        "happened": {"lost": number % 3, "changed": 2},
    }


def article(number: int, **more: Any) -> Link:
    site = f"site{number % 40}.example"
    url = f"https://{site}/articles/2026/11/{number}-the-footbridge-stays-open.html"
    told: dict[str, Any] = {
        "checked_at": AT,
        "places": (f"items/2026/{number}.md",),
        "title": f"The old footbridge number {number} stays open after all",
        "words": 420,
        "excerpt": "The council of the small town voted on Tuesday to keep it open. " * 2,
        "image": f"https://{site}/images/{number}.jpg",
        "published": AT,
    }
    return Link(f"{site}/{number}", url, site, State.OK, **(told | more))


def hostile() -> Facts:
    links = [
        Link(
            f"k{number}",
            f"javascript:window.hit={text}",
            f"h{number}.{text}",
            State.GONE,
            detail=text,
            since=AT,
            places=(f"items/{text}.md:7",),
            archive_url=f"javascript:alert('{text}')",
            title=text,
            words=3,
            excerpt=text,
            image="javascript:window.hit=1",
        )
        for number, text in enumerate(HOSTILE)
    ]
    kind = EventKind.LOST
    events = tuple(Event(link.key, AT, kind, State.GONE, title=link.title) for link in links)
    return facts(links, events)


def test_all_states_have_a_meaning_for_people() -> None:
    assert MEANINGS.keys() == set(State)


def test_many_links_of_a_site_that_fail_alike_are_one_thing_to_do() -> None:
    links = [article(1)]
    down = [
        Link(f"d/{n}", f"https://d.example/{n}", "d.example", State.NO_SUCH_HOST, since=AT)
        for n in range(30)
    ]
    (task,) = report_document(facts([*links, *down]))["tasks"]
    assert (task["site"], task["count"], len(task["links"])) == ("d.example", 30, 20)


def test_at_most_ten_things_are_told_and_the_others_counted() -> None:
    links = [
        Link(f"{n}", f"https://s{n}.example/a", f"s{n}.example", State.GONE) for n in range(12)
    ]
    document = report_document(facts(links))
    assert (len(document["tasks"]), document["taskCount"]) == (10, 12)
    assert "and 2 more" in markdown_report(document)


def test_a_selection_lists_what_it_names_and_the_verdict_stays_about_all() -> None:
    links = [
        Link("a", "https://a.example/a", "a.example", State.GONE),
        Link("b", "https://b.example/b", "b.example", State.ROBOTS),
    ]
    chosen = report_document(facts(links), Selection(states=frozenset({State.ROBOTS})))
    assert [link["source"] for link in chosen["links"]] == ["b"]
    assert chosen["sources"]["total"] == 2


def test_a_page_of_ten_thousand_articles_is_made_within_two_seconds_and_below_5_mb() -> None:
    told: dict[str, Any] = {"language": "en", "topics": ("Town", "Council")}
    many = facts([article(number, **told) for number in range(10_000)])
    html_report(facts([]))  # the template is compiled once
    began = time.process_time()
    page = html_report(many)
    assert time.process_time() - began < 2
    assert len(page.encode()) < 5_000_000


def test_markdown_of_strangers_has_no_tag_and_no_link() -> None:
    markdown_it = pytest.importorskip("markdown_it")
    rendered = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(
        markdown_report(report_document(hostile()))
    )
    assert "<script" not in rendered
    assert "<img" not in rendered
    assert "<svg" not in rendered
    assert "href" not in rendered


def test_a_document_is_json() -> None:
    document = report_document(hostile())
    assert json.loads(json.dumps(document)) == document


def opened(browser: Any, page_text: str, folder: Path, width: int = 1280, mark: str = "") -> Any:
    """Open a page from its file; `told` has what its console said, images aside."""
    file = folder / "report.html"
    file.write_text(page_text, "utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.told = []
    page.on("console", lambda message: page.told.append(message.text))
    page.on("pageerror", lambda error: page.told.append(str(error)))
    page.route("**/*.jpg", lambda route: route.fulfill(body=b"", content_type="image/jpeg"))
    page.goto(f"file://{file}{mark}")
    return page


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_fits_has_no_error_and_nothing_that_axe_finds(
    browser: Any, tmp_path: Path, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    links = [article(number) for number in range(30)]
    lost = Link("x/" + "long" * 60, "https://x.example/" + "long" * 60, "x.example", State.GONE)
    events = (Event(lost.key, AT, EventKind.LOST, State.GONE, since=AT),)
    page = opened(browser, html_report(facts([*links, lost], events)), tmp_path, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.told == []
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_what_strangers_wrote_is_inert(browser: Any, tmp_path: Path) -> None:
    page = opened(browser, html_report(hostile()), tmp_path)
    page.locator("h1").hover()
    assert page.evaluate("window.hit") is None
    assert page.locator("script").count() == 1
    assert page.locator("main img").count() == 0
    assert page.locator("a").count() == 0, "no address of theirs is one that a click may follow"
    assert "\u202e" not in page.content()
    assert HOSTILE[0] in page.locator("main").inner_text()


def test_articles_are_filtered_and_the_address_keeps_it(browser: Any, tmp_path: Path) -> None:
    text = html_report(facts([article(number) for number in range(80)]))
    page = opened(browser, text, tmp_path)
    page.locator("select[name=site]").select_option("site7.example")
    page.wait_for_url("**/*#site=site7.example")
    assert page.locator(".cards article:visible").count() == 2

    again = opened(browser, text, tmp_path, mark="#site=site7.example&q=number+47")
    assert again.locator(".cards article:visible").count() == 1
    assert again.get_by_label("Words").input_value() == "number 47"


def test_sites_are_sorted_by_a_click(browser: Any, tmp_path: Path) -> None:
    page = opened(browser, html_report(facts([article(number) for number in range(50)])), tmp_path)
    page.get_by_role("button", name="sources").click()
    counts = page.locator("#sites ~ div tbody tr td:nth-child(2)").all_inner_texts()
    assert counts == ["2"] * 10 + ["1"] * 30


def test_articles_are_filtered_by_language_and_topic(browser: Any, tmp_path: Path) -> None:
    links = [
        article(n, language=("en", "de", None)[n % 3], topics=("Bridges", "A & B")[: n % 3])
        for n in range(30)
    ]
    page = opened(browser, html_report(facts(links)), tmp_path)
    page.get_by_label("Language").select_option("de")
    page.wait_for_url("**/*#language=de")
    assert page.locator(".cards article:visible").count() == 10
    page.get_by_label("Topic").select_option("A & B")
    page.wait_for_url("**/*topic=*")
    assert page.locator(".cards article:visible").count() == 0
    page.get_by_label("Language").select_option("")
    page.wait_for_url("**/*#topic=*")
    assert page.locator(".cards article:visible").count() == 10
    again = opened(browser, html_report(facts(links)), tmp_path, mark="#topic=Bridges&state=ok")
    assert again.locator(".cards article:visible").count() == 20


def test_notes_of_items_and_sites_are_inert_and_axe_finds_nothing(
    browser: Any, tmp_path: Path
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    links, notes = list(hostile().links), ItemNotes()
    for link, text in zip(links, HOSTILE, strict=True):
        place = f"items/{text}.md:2"
        notes.counts["title"] += 1
        notes.conflicts.append(Conflict(link.key, place, link.url, "title", text, text))
        notes.duplicates.append(Duplicate(link.key, link.url, (place,), link.url))
        notes.missing["excerpt"].append(place)
    pauses = {link.site: (AT, text) for link, text in zip(links, HOSTILE, strict=True)}
    told = replace(facts(links), notes=notes, pauses=pauses)
    page = opened(browser, html_report(told), tmp_path, 320)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.locator("details li:visible").count() == 2 * len(HOSTILE)
    assert page.evaluate("window.hit") is None
    assert page.locator("a").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.told == []
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
