from __future__ import annotations

import pytest

from crawler.extraction.metadata.field_text import (
    HTML,
    JSON_LD,
    META,
    OPEN_GRAPH,
    TWITTER,
    Candidate,
)
from crawler.extraction.metadata.titles import chosen_title, without_site_name


def test_a_title_on_which_two_sources_agree_wins_over_the_first() -> None:
    titles = [Candidate("A", JSON_LD), Candidate("“B b!”", OPEN_GRAPH), Candidate("C", HTML)]
    assert chosen_title(titles, None, []) == ("A", JSON_LD)
    titles[2] = Candidate("B b", HTML)
    assert chosen_title(titles, None, []) == ("“B b!”", OPEN_GRAPH)


AGREED = [Candidate("7 Best Bridges in 2025 [Guide]", one) for one in (JSON_LD, OPEN_GRAPH)]


@pytest.mark.parametrize(
    ("heading", "is_seen"),
    [
        ("The 7 Best Bridges to See", True),
        ("7 Best Bridges in 2025 [Guide], and Where to Find Them", True),
        ("Travel 7 Best Bridges in 2025 [Guide]", False),  # a kicker
        ("Where to walk", False),
        ("THE 7 BEST BRIDGES TO SEE", False),
    ],
)
def test_the_headline_that_readers_see_beats_a_title_for_search_engines(
    heading: str, *, is_seen: bool
) -> None:
    titles = [*AGREED, Candidate(heading, HTML)]
    expected = heading if is_seen else AGREED[0].value
    assert chosen_title(titles, None, []).value == expected
    assert chosen_title(titles, None, [], is_news=True).value == AGREED[0].value
    assert chosen_title([*titles, Candidate("7 bridges", HTML)], None, []).value != heading


def test_a_headline_of_several_parts_is_left_to_them() -> None:
    titles = [*AGREED, Candidate("Travel Seven Best Bridges to See", HTML)]
    parts = ["Travel", "Seven Best Bridges to See"]
    assert chosen_title(titles, None, [], parts).value == AGREED[0].value


def test_open_graph_and_twitter_are_one_voice() -> None:
    titles = [Candidate("A", JSON_LD), Candidate("B", OPEN_GRAPH), Candidate("B", TWITTER)]
    assert chosen_title(titles, None, []).value == "A"


def test_an_element_title_is_the_last_choice_and_loses_the_site_name() -> None:
    assert chosen_title([], "A story | The Daily", ["The Daily"]) == ("A story", HTML)
    assert chosen_title([Candidate("B", META)], "A | The Daily", ["The Daily"]).value == "B"
    assert chosen_title([], " ", []) == (None, None)
    assert chosen_title([], None, []) == (None, None)


def test_the_name_of_the_site_is_no_title_where_there_is_another() -> None:
    titles = [Candidate("The Daily", HTML), Candidate("the daily", OPEN_GRAPH)]
    assert chosen_title(titles, "A story", ["The Daily"]) == ("A story", HTML)
    assert chosen_title(titles, None, ["The Daily"]).value == "The Daily"


def test_a_heading_shows_where_a_repeated_title_ends() -> None:
    titles = [Candidate("A story - Daily", OPEN_GRAPH), Candidate("A story", HTML)]
    assert chosen_title(titles, "A story - Daily", []) == ("A story", HTML)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A story | The Daily", "A story"),
        ("A story - the daily", "A story"),
        ("A story \u2013 The Daily | daily.example", "A story"),
        ("A story | Sport", "A story | Sport"),
        ("Up-to-date | Not The Daily", "Up-to-date | Not The Daily"),
        ("The Daily", "The Daily"),
    ],
)
def test_only_a_known_site_name_is_cut(title: str, expected: str) -> None:
    assert without_site_name(title, ["The Daily", "daily.example"]) == expected


@pytest.mark.parametrize(
    ("page_title", "first_heading", "subheadings", "expected"),
    [
        ("A long story - Office", "Navigation and service", ["A long story"], "A long story"),
        ("The Site » Blog » A long story", None, ["A long story"], "A long story"),
        ("A long story\uff1a市民新聞", "A long story", [], "A long story"),
        ("A long storyㅣ뉴스", "A long story", [], "A long story"),
        (
            "A long story | day.example",
            "Meeting hereA long story",
            ["A long story"],
            "A long story",
        ),
        ("8.11.2021 | A long story", "8.11.2021 | A long story", [], "A long story"),
        ("A long story | Opinion", None, [], "A long story"),
        ("A long story | How the whole town reads it", None, [], None),
        ("Talk with Bo - #Out", "Talk with Bo - #Out", ["#Out"], "Talk with Bo - #Out"),
        ("Story | Sport", None, ["Sport"], "Story | Sport"),
    ],
)
def test_a_part_of_the_page_title_that_is_a_heading_is_the_headline(
    page_title: str, first_heading: str | None, subheadings: list[str], expected: str | None
) -> None:
    headings = [Candidate(first_heading, HTML)] if first_heading else []
    found = chosen_title(headings, page_title, [], subheadings)
    assert found.value == (expected or page_title)
