from __future__ import annotations

import time

import lxml.html
import pytest

from crawler.extraction.metadata.visible_dates import dates_by_name, labelled_dates


def _named(markup: str) -> list[str]:
    page = f"<article><h1>Bridge</h1><p>Text</p>{markup}</article>"
    return [date.value for date in dates_by_name(lxml.html.document_fromstring(page))]


@pytest.mark.parametrize(
    "markup",
    [
        "<p class=post-footer><abbr class=published title='2016-12-23T05:11:00-05:00'>5:11</abbr>",
        "<span class=post_date>23 December 2016</span>",
        "<span class=entryDate>23.12.2016</span>",
        "<span property='dc:date' content='2016-12-23'>last week</span>",
        "<span property='schema:datePublished'>23 December 2016</span>",
        "<b itemprop=datePublished>23 Dec 2016</b>",
        "<time>23 December 2016</time>",
        "<h2 id=date>Friday, 23 December 2016</h2>",
    ],
)
def test_an_element_that_is_called_a_date_gives_one(markup: str) -> None:
    assert [value[:10] for value in _named(markup)] == ["2016-12-23"]


@pytest.mark.parametrize(
    "markup",
    [
        "<span class=comment-date>23 December 2016</span>",
        "<div class=comments><time>23 December 2016</time></div>",
        "<div class=related-posts><span class=date>23 December 2016</span></div>",
        "<figcaption><span class=date>23 December 2016</span></figcaption>",
        "<span class=event-date>23 December 2016</span>",
        "<p>Updated: <time>23 December 2016</time></p>",
        "<span class=updated-date>23 December 2016</span>",
        "<span class=certificate>23 December 2016</span>",
        f"<span class=date>{'The 23 December 2016 was a day of rain. ' * 5}</span>",
    ],
)
def test_what_is_another_date_gives_none(markup: str) -> None:
    assert _named(markup) == []


def test_a_list_of_articles_does_not_hide_the_one_that_is_called_otherwise() -> None:
    teasers = "".join(f"<span class=card-date>{day} May 2016</span>" for day in range(1, 5))
    assert _named(teasers) == []
    assert _named(f"<span class=story-date>23 December 2016</span>{teasers}") == ["2016-12-23"]


def test_a_label_tells_a_date_wherever_it_stands() -> None:
    page = "<div><h1>Bridge</h1></div><section><i>Posted on</i> Friday, April 4, 2025</section>"
    found = labelled_dates(lxml.html.document_fromstring(page))
    assert [date.value for date in found] == ["2025-04-04"]
    page = "<p>The book was published. It is about 4 April 2025.</p>"
    assert labelled_dates(lxml.html.document_fromstring(page)) == []


@pytest.mark.parametrize(
    "page",
    [
        "<h1>T</h1>" + "<span class=date>x</span>" * 50_000,
        "<h1>T</h1>" + "<p>published</p>" * 50_000,
        "<div class=date>" * 200 + "<h1>T</h1>",
        "<h1>T</h1><a class=date>" + "<b>x</b>" * 100_000,
    ],
)
def test_a_hostile_page_costs_little(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    start = time.process_time()
    dates_by_name(tree)
    labelled_dates(tree)
    assert time.process_time() - start < 1


def test_a_label_for_those_who_listen_may_stand_before_the_date() -> None:
    page = (
        "<h1>Bridge</h1><div><h4>Published</h4><h3 class=sr-only>Publish date</h3>"
        " <time>15 November 2018</time></div><p>Text</p>"
    )
    found = labelled_dates(lxml.html.document_fromstring(page))
    assert [date.value for date in found] == ["2018-11-15"]
