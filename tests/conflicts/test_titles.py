from __future__ import annotations

import pytest

from crawler.conflicts.titles import titles_agree

SITE = ("The Example Courier", "courier.example", "courier")

SAME = [
    ("The old footbridge stays open", "the old footbridge stays open!"),
    ("Moon shot: Musk\u2019s firm to bid", "Moon shot: Musk's firm to bid"),
    ("U.S. senate votes on bridges", "US Senate votes on bridges"),
    ("Rain &amp; wind stop the ferry", "Rain & wind stop the ferry"),
    ("Flood | The Example Courier", "Flood"),
    ("The Example Courier - Flood", "Flood"),
    ("Flood in town | News | Courier", "Flood in town"),
    ("Flood in town | News | Somewhere else", "Flood in town"),
    ("The old footbridge stays\u2026", "The old footbridge stays open until autumn"),
    ("The old footbri...", "The old footbridge stays open until autumn"),
    ("Council keeps the footbridge", "Exclusive: Council keeps the footbridge after debate"),
    ("Two of its seven old beams are rotten", "Two of seven old beams are rotten"),
    (
        "\u53f0\u98ce\u903c\u8fd1\u4e1c\u4eac\u6e7e",
        "\u3010\u5feb\u8baf\u3011\u53f0\u98ce\u903c\u8fd1\u4e1c\u4eac\u6e7e \u591a\u5730",
    ),
    ("\uff34\uff36 drama", "TV drama"),
]
DIFFERENT = [
    ("Storm | News", "Flood | News"),
    ("Election - Results", "Election - Candidates"),
    ("Market moves indoors", "The old footbridge stays open"),
    (
        "Three rescued, 12 missing after landslide in the valley",
        "Three rescued, 13 missing after landslide in the valley",
    ),
    ("Bridge", "Bridge collapses in the night"),
    ("Sport\u2026", "Sports hall opens"),
    ("\u53f0\u98ce", "\u53f0\u98ce\u903c\u8fd1\u4e1c\u4eac\u6e7e"),
    ("?!", "The old footbridge stays open"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_title_is_the_same_for_people_and_either_way_round(one: str, other: str) -> None:
    assert titles_agree(one, other, SITE)
    assert titles_agree(other, one, SITE)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_title_is_another_one_either_way_round(one: str, other: str) -> None:
    assert not titles_agree(one, other, SITE)
    assert not titles_agree(other, one, SITE)


def test_only_a_site_that_is_known_is_cut_from_the_front() -> None:
    assert not titles_agree("Elsewhere - Flood", "Flood", SITE)
    assert titles_agree("Elsewhere - Flood", "Flood", (*SITE, "elsewhere"))


@pytest.mark.parametrize(
    "title",
    [
        "Flood |",
        "Flood | Elsewhere |",
        "Elsewhere | Flood |",
        "Elsewhere: Flood",
        "Flood \u2013 Elsewhere \u2013",
        "Elsewhere - Flood -",
    ],
)
def test_separators_and_names_around_a_title_are_no_part_of_it(title: str) -> None:
    for name in ("elsewhere", "Elsewhere |", "Elsewhere:"):
        assert titles_agree("Flood", title, [name])
        assert titles_agree(title, "Flood", [name])
    assert not titles_agree("Review", "Review: Flood", ["elsewhere"])
