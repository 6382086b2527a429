from __future__ import annotations

import pytest

from crawler.extraction.body.missing_text import find_standfirst
from crawler.extraction.body.trim import page_titles
from crawler.extraction.parse import parse_page

TEXT = (
    "After a long debate the council of the small town votes to keep the old footbridge open, "
    "and finds the money for it."
)


def found(shown: str, opening: str = "", description: str = TEXT) -> str | None:
    tree = parse_page(f"<meta name=description content='{description}'><h1>Title</h1>{shown}")
    assert tree is not None
    return find_standfirst(tree, page_titles(tree), opening)


@pytest.mark.parametrize(
    "shown",
    [
        f"<p>{TEXT}</p>",
        f"<h2>{TEXT}</h2>",
        f"<div> {TEXT.replace('old', '<b>old</b>')} </div>",
        f"<header><div><span>{TEXT}</span></div></header>",
    ],
)
def test_the_element_that_shows_the_description_is_found(shown: str) -> None:
    assert found(shown) == TEXT


def test_one_that_the_article_opens_with_is_not_looked_for() -> None:
    opening = "after a long debate the council of the small town votes to keep the old footbridge"
    assert found(f"<p>{TEXT}</p>", opening) is None


@pytest.mark.parametrize(
    ("shown", "description"),
    [
        ("", TEXT),
        (f"<p>{TEXT} Share this</p>", TEXT),
        ("<p>The council votes.</p>", "The council votes."),
        (f"<p>{TEXT[:-1]}</p>", TEXT[:-1]),
    ],
)
def test_what_is_not_shown_or_no_sentence_or_short_is_none(shown: str, description: str) -> None:
    assert found(shown, description=description) is None
