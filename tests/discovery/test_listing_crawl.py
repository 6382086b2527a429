"""Spiders of one's own, from the pages of a site to the enriched files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from crawler.api import RunError
from crawler.states import State
from crawler.summary import ExitCode, exit_code_of
from crawler.testing import Page, article_page, crawl
from tests.discovery.own_spiders import (
    SITE,
    CarelessSpider,
    ChoosySpider,
    CourierSpider,
    FaultySpider,
    PlainSpider,
    SectionsSpider,
)

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.testing import Crawled


def listing(*paths: str, older: str | None = None) -> str:
    teasers = "".join(
        f'<article><h2>On <i>{path}</i></h2><a href="{path}">more</a>'
        "<time>14 May 2024</time></article>"
        for path in paths
    )
    return teasers + (f'<a rel="next" href="{older}">older</a>' if older else "")


def found(crawled: Crawled) -> tuple[int, int, int, int]:
    tally = crawled.summary.discovery
    assert tally is not None
    return tally.created, tally.known, tally.unusable, tally.left


def asked(crawled: Crawled) -> dict[State, int]:
    assert crawled.summary.discovery is not None
    return dict(crawled.summary.discovery.asked)


def test_what_a_listing_names_becomes_items_that_are_enriched(tmp_path: Path) -> None:
    pages = {
        f"{SITE}/news": listing("/a", "mailto:desk@courier.example", older="/news?page=2"),
        f"{SITE}/news?page=2": listing("/b", older="/news"),  # which was asked for already
        f"{SITE}/a": article_page("The bridge"),
        f"{SITE}/b": article_page("The market"),
    }
    done = crawl(CourierSpider, pages, tmp_path)

    assert found(done) == (2, 0, 1, 0)
    assert asked(done) == {State.OK: 2}
    assert list(done.items) == ["2024-05-14-on-a.md", "2024-05-14-on-b.md"]
    item = done.items["2024-05-14-on-b.md"]
    assert item["title"] == "On /b"
    assert item["originalUrl"] == f"{SITE}/b"
    assert item["discovery"]["foundIn"] == f"{SITE}/news?page=2"
    assert done.summary.visited == {State.OK: 2}
    assert "duplicateOf" not in done.enriched["2024-05-14-on-b.md"]
    assert "forty" in done.enriched["2024-05-14-on-b.md"]
    assert "without a usable URL: \u2018mailto:" in done.log

    again = crawl(CourierSpider, pages, tmp_path)
    assert found(again) == (0, 2, 1, 0)


def test_a_spider_asks_for_no_more_pages_than_it_may(tmp_path: Path) -> None:
    pages = {f"{SITE}/news": listing("/0", older="/1")}
    pages |= {f"{SITE}/{page}": listing(older=f"/{page + 1}") for page in range(1, 9)}
    done = crawl(CourierSpider, pages, tmp_path)
    assert asked(done) == {State.OK: CourierSpider.max_pages}
    assert "no more pages than max_pages, 3" in done.log


def test_callbacks_and_arguments_of_ones_own_work_as_in_scrapy(tmp_path: Path) -> None:
    pages = {
        f"{SITE}/": "<h1>Sections</h1>",
        f"{SITE}/api/sport": '[{"link": "/match", "name": "The match"}]',
        f"{SITE}/match": article_page("The match"),
    }
    done = crawl(SectionsSpider, pages, tmp_path, arguments={"section": "sport"})
    assert [item["topics"] for item in done.items.values()] == [["sport"]]
    assert done.summary.visited == {State.OK: 1}


def test_what_is_wrong_with_a_page_or_a_callback_is_told_and_harms_nothing_else(
    tmp_path: Path,
) -> None:
    pages = {
        f"{SITE}/changed": "<p>another look</p>",
        f"{SITE}/odd": "<p>odd</p>",
        f"{SITE}/nothing": "<p>nothing</p>",
        f"{SITE}/gone": Page("gone", status=410),
        f"{SITE}/good": article_page("Good"),
    }
    urls = " ".join(f"{SITE}/{name}" for name in ("changed", "odd", "nothing", "gone", "other"))
    done = crawl(FaultySpider, pages, tmp_path, arguments={"urls": urls})

    assert asked(done) == {
        State.EXTRACTION_ERROR: 2,
        State.EMPTY: 1,
        State.GONE: 1,
        State.NOT_RECORDED: 1,
    }
    assert found(done) == (1, 1, 0, 0)  # what was found before the error counts
    assert "AttributeError: \u2018NoneType\u2019 object has no attribute" in done.log
    assert re.search(r"own_spiders\.py:\d+: AttributeError", done.log)
    assert "dict is neither a FoundArticle nor a Request" in done.log
    assert "parse found neither articles nor further pages" in done.log


def test_values_as_they_stand_there_are_taken_or_refused_with_the_line_of_the_spider(
    tmp_path: Path,
) -> None:
    teasers = (
        '<article data-day="1705312800"><h2>A <i>b</i></h2><a href="/a">more</a>'
        '<img src="/i.jpg"></article>'
        '<article><h2>Chosen</h2><a href="/chosen">more</a></article>'
        '<article><h2>Returned</h2><a href="/return">more</a></article>'
        "<article><h2>No link</h2></article>"
    )
    pages = {f"{SITE}/news": teasers} | {
        f"{SITE}{path}": article_page("A bridge") for path in ("/a", "/chosen")
    }
    done = crawl(CarelessSpider, pages, tmp_path)

    assert asked(done) == {State.OK: 1}
    assert found(done) == (2, 0, 2, 0)
    first = done.items["2024-01-15-a-b.md"]
    assert first["topics"] == ["town", "7"]
    assert first["discovery"]["authors"] == ["Ada Moss"]
    assert [image["url"] for image in first["images"]] == [f"{SITE}/i.jpg"]
    (second,) = [item for name, item in done.items.items() if name.endswith("-chosen.md")]
    assert second["topics"] == ["chosen"]
    line = r"own_spiders\.py:\d+: "
    assert re.search(line + "published: 'some day' is of no use", done.log)
    assert re.search(line + "images: .* is of no use", done.log)
    assert re.search(line + f"{SITE}/news: an article without a usable URL", done.log)
    assert re.search(line + f"{SITE}/return: str is no FoundArticle", done.log)


def test_a_listing_of_which_no_article_can_be_used_is_a_failure(tmp_path: Path) -> None:
    pages = {f"{SITE}/news": listing("mailto:a@b.example", "javascript:x()")}
    done = crawl(CourierSpider, pages, tmp_path)
    assert asked(done) == {State.EMPTY: 1}
    assert found(done) == (0, 0, 2, 0)
    assert "none of 2 articles has a URL that can be used" in done.log
    assert exit_code_of(done.summary) is ExitCode.NEEDS_A_LOOK


def test_a_search_that_breaks_off_counts_for_what_it_has_found(tmp_path: Path) -> None:
    done = crawl(PlainSpider, {f"{SITE}/good": article_page("Good")}, tmp_path)

    assert asked(done) == {State.EXTRACTION_ERROR: 1}
    assert found(done) == (1, 0, 2, 0)
    (item,) = done.items.values()
    assert (item["title"], item["topics"]) == ("Good", ["a"])
    assert done.summary.visited == {State.OK: 1}
    assert re.search(r"own_spiders\.py:\d+: dict is no FoundArticle", done.log)
    assert re.search(r"own_spiders\.py:\d+: an article without a usable URL", done.log)
    assert re.search(
        r"own_spiders\.py:\d+: extraction-error \(KeyError: \u2018later\u2019\)", done.log
    )


def test_a_feed_of_ones_own_is_chosen_from(tmp_path: Path) -> None:
    entries = "".join(
        f"<item><title>{title}</title><link>{SITE}/{path}</link></item>"
        for title, path in (("A bridge for all", "a"), ("Buy", "advert"))
    )
    untitled = f"<item><link>{SITE}/untitled</link></item>"  # which choose does not expect
    pages = {
        f"{SITE}/feed": f'<rss version="2.0"><channel>{entries}{untitled}</channel></rss>',
        f"{SITE}/a": article_page("A bridge for all"),
    }
    done = crawl(ChoosySpider, pages, tmp_path)
    assert [(item["title"], item["topics"]) for item in done.items.values()] == [
        ("A bridge f", ["chosen"])
    ]
    assert found(done) == (1, 0, 1, 0)
    assert f"{SITE}/untitled: choose failed: TypeError" in done.log


def test_a_spider_that_names_no_page_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="faulty names no page to begin with"):
        crawl(FaultySpider, {}, tmp_path)
