from __future__ import annotations

import pytest

from crawler.extraction.body.trim import Titles, drop_title, page_titles
from crawler.extraction.parse import parse_page
from tests.extraction.body.bodies import PROSE, body_of, texts_of

TITLES = Titles(
    frozenset({"the old footbridge stays open"}), frozenset({"the council votes to repair it"})
)


def test_titles_and_descriptions_are_read_off_the_page() -> None:
    tree = parse_page(
        "<title>A Title</title><meta property=og:title content='Another, title'><h1>Heading</h1>"
        "<meta name=description content='What it is.'><meta name=x content=y><h1></h1>"
    )
    assert tree is not None
    assert page_titles(tree) == Titles(
        frozenset({"a title", "another title", "heading"}), frozenset({"what it is"})
    )


@pytest.mark.parametrize(
    "markup",
    [
        "<head rend='h1'>Anything</head>",
        "<head rend='h2'>The old footbridge stays open</head>",
        "<p>The old footbridge stays open</p>",
        "<head rend='h2'>Town hall: The old footbridge stays open</head>",
        "<head rend='h2'>Old footbridge stays open, the</head>",
        "<head rend='h2'>The council votes to repair it</head>",
        "<p>Town</p><head rend='h2'>The old footbridge stays open</head>",
        "<graphic/><head rend='h2'>The old footbridge stays open</head>",
    ],
)
def test_what_repeats_the_title_goes_with_the_label_before_it(markup: str) -> None:
    body = body_of(f"{markup}<p>{PROSE}</p>")
    drop_title(body, TITLES)
    assert texts_of(body) == [PROSE]


@pytest.mark.parametrize(
    "markup",
    [
        "<head rend='h2'>The old footbridge</head>",
        "<head rend='h2'>Why a bridge matters to this town and how it came to be</head>",
        "<p>The council votes to repair it</p>",
        f"<p>{PROSE * 4}</p><head rend='h2'>The old footbridge stays open</head>",
    ],
)
def test_other_headings_and_paragraphs_stay(markup: str) -> None:
    body = body_of(f"{markup}<p>{PROSE}</p>")
    expected = texts_of(body)
    drop_title(body, TITLES)
    assert texts_of(body) == expected
