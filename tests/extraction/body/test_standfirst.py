from __future__ import annotations

import pytest

from crawler.extraction.body.missing_text import find_standfirst, named_standfirst
from crawler.extraction.body.trim import page_titles
from crawler.extraction.parse import parse_page
from tests.extraction.body.bodies import PROSE, body_of

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


def named(page: str, body: str = f"<p>{PROSE}</p>") -> str | None:
    tree = parse_page(page)
    assert tree is not None
    return named_standfirst(tree, body_of(body))


@pytest.mark.parametrize(
    "shown",
    [
        f"<p class=lead>{TEXT}</p>",
        f"<div class='article__intro'><p>{TEXT}</p></div>",
        f"<div class=chapo><div><p>{TEXT}</p></div></div>",
        f"<h2 class='c-headStandfirst big'>{TEXT}</h2>",
        f"<div class=date>14 May</div><div class=text-lead>{TEXT}</div>",
    ],
)
def test_what_is_called_a_lead_between_headline_and_text_is_found(shown: str) -> None:
    assert named(f"<h1>Title</h1>{shown}<article><p>{PROSE}</p></article>") == TEXT


@pytest.mark.parametrize(
    "page",
    [
        f"<p class=lead>{TEXT}</p><h1>Title</h1><p>{PROSE}</p>",
        f"<h1>Title</h1><p>{PROSE}</p><p class=lead>{TEXT}</p>",
        f"<h1>Title</h1><p class=leading-10>{TEXT}</p><p>{PROSE}</p>",
        f"<h1>Title</h1><p class=lead>The council votes.</p><p>{PROSE}</p>",
        f"<h1>Title</h1><p class=lead>{TEXT[:-1]}</p><p>{PROSE}</p>",
        f"<h1>Title</h1><p class=lead><a href=/x>{TEXT}</a></p><p>{PROSE}</p>",
        f"<h1>Title</h1><div class=author><p class=lead>{TEXT}</p></div><p>{PROSE}</p>",
        f"<p class=lead>{TEXT}</p><p>{PROSE}</p>",
    ],
)
def test_a_lead_elsewhere_or_of_something_else_is_none(page: str) -> None:
    assert named(page) is None


def test_a_lead_that_the_body_has_is_none() -> None:
    page = f"<h1>Title</h1><p class=lead>{TEXT}</p><p>{PROSE}</p>"
    assert named(page, f"<p>{TEXT}</p><p>{PROSE}</p>") is None
