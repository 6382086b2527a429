from __future__ import annotations

import time

import lxml.html
import pytest

from crawler.extraction.metadata.headlines import HeadlineArea, headline_area

PAGE = """
<header><h1>The Daily</h1><p>Wednesday, 25 November 2026</p></header><nav><a>Home</a></nav>
<main><p>Politics</p><h2>Bridge <em>stays</em> open</h2>
<div><p>By <a>Ann Lee</a> <time datetime="2025-04-01">1 April</time></p></div>
<figure>Photo: Bo Ek</figure><script>x</script><p>The council voted.</p></main>
"""


def _texts(page: str, *titles: str) -> tuple[list[str], list[str]]:
    area = headline_area(lxml.html.document_fromstring(page), titles)
    return [piece.text for piece in area.before], [piece.text for piece in area.after]


def test_the_pieces_around_the_headline_are_in_order_without_captions_and_scripts() -> None:
    before, after = _texts(PAGE, "Bridge stays open")
    assert before == ["Politics"]
    assert after == ["By", "Ann Lee", "1 April", "The council voted."]


def test_times_are_kept_as_machines_read_them() -> None:
    area = headline_area(lxml.html.document_fromstring(PAGE), ["Bridge stays open"])
    assert [piece.time for piece in area.after if piece.time] == ["2025-04-01"]


@pytest.mark.parametrize("name", ["id=comments", "class='x comment-list'"])
def test_what_others_comment_is_not_of_the_headline(name: str) -> None:
    page = f"<h1>T</h1><p>Text</p><div {name}>By Bo Ek <time datetime=2025-05-01></time></div>"
    area = headline_area(lxml.html.document_fromstring(page), ["T"])
    assert [piece.text for piece in area.after] == ["Text"]
    assert not any(piece.time for piece in area.after)


def test_without_a_headline_like_the_title_the_first_h1_counts() -> None:
    assert _texts(PAGE, "Another")[1][0] == "Wednesday, 25 November 2026"


def test_a_logo_is_no_headline_and_a_headline_may_be_no_heading() -> None:
    page = "<a href=/><h1>The Daily</h1></a><table><tr><td>Bridge<td>Ann Lee</table>"
    assert _texts(page, "Bridge")[1] == ["Ann Lee"]


def test_a_page_without_headline_has_no_area() -> None:
    tree = lxml.html.document_fromstring("<p>Text</p>")
    assert headline_area(tree, ["Title"]) == HeadlineArea()


def test_a_heading_that_is_a_part_of_the_title_is_rather_the_headline_than_the_first() -> None:
    page = "<h1>Navigation and service</h1><p>Menu</p><h1>Bridge stays open</h1><p>Ann Lee</p>"
    assert _texts(page, "Bridge stays open - The Daily")[1] == ["Ann Lee"]


@pytest.mark.parametrize(
    ("markup", "label"),
    [
        ("Updated: <time datetime=2025-05-01>1 May</time>", "Updated:"),
        ("<time class='entry updated' datetime=2025-05-01></time>", "updated"),
        ("<time datetime=2025-05-01>Updated 1 May</time>", "Updated 1 May"),
    ],
)
def test_a_time_is_labelled_by_what_stands_around_it(markup: str, label: str) -> None:
    area = headline_area(lxml.html.document_fromstring(f"<h1>T</h1><p>{markup}</p>"), ["T"])
    assert [label in piece.label for piece in area.after if piece.time] == [True]


def test_a_hostile_page_costs_little() -> None:
    pages = [
        "<h1>T</h1>" + "<p>" + "<b>" * 20_000 + "x",
        "<h1>T</h1>" + "<i></i>" * 100_000,
        "<div>" * 1_500 + "<h1>T</h1>" + "</div><p>x</p>" * 1_500,
    ]
    for page in pages:
        tree = lxml.html.document_fromstring(page)
        start = time.process_time()
        headline_area(tree, ["T"])
        assert time.process_time() - start < 0.5
