from __future__ import annotations

import re
import time

import lxml.html
import pytest

from crawler.extraction.body.article_boxes import alone, open_article_boxes

ONE = "The council met on Monday and decided, after a long debate, about the bridge over the river."
TWO = "Work on the bridge is to begin in spring, and nobody at the office would say what it costs."
SIX = "A museum on the upper floor is to show photographs of the bridge from the year it was built."


def _opened(page: str) -> str:
    tree = lxml.html.document_fromstring(page)
    open_article_boxes(tree)
    return lxml.html.tostring(tree, encoding="unicode")


@pytest.mark.parametrize("tag", ["nav", "aside", "form", "footer", "menu", "noscript", "figure"])
def test_an_element_that_holds_the_headline_is_a_plain_box(tag: str) -> None:
    opened = _opened(f"<body><{tag} class=x><h1>Bridge</h1><p>{ONE}</p></{tag}></body>")
    assert f"<{tag}" not in opened
    assert "<div><h1>Bridge</h1>" in opened


@pytest.mark.parametrize("tag", ["aside", "noscript", "form"])
def test_an_element_that_holds_most_of_the_prose_is_a_plain_box(tag: str) -> None:
    page = f"<h1>T</h1><p>{ONE}</p><{tag}><p>{TWO}</p><p>{SIX}</p></{tag}>"
    assert f"<{tag}" not in _opened(page)


def test_furniture_with_less_prose_than_the_article_stays() -> None:
    page = f"<h1>T</h1><p>{ONE}</p><p>{TWO}</p><aside><p>{SIX}</p></aside>"
    assert "<aside>" in _opened(page)


def test_a_figure_with_several_paragraphs_is_no_figure_and_one_with_a_caption_is() -> None:
    around = f"<h1>T</h1><p>{ONE}</p><p>{TWO}</p>"
    assert "<figure" not in _opened(f"{around}<figure><p>{ONE}</p><p>{TWO}</p></figure>")
    caption = f"<figure><img src=a><figcaption><p>{SIX}</p></figcaption></figure>"
    assert "<figcaption>" in _opened(around + caption)


def test_the_captions_of_a_gallery_are_its_text() -> None:
    slide = (
        "<figure class=slide><img src=a><figcaption class=caption><p>{}</p></figcaption></figure>"
    )
    page = "<article><h1>T</h1>" + "".join(slide.format(text) for text in (ONE, TWO, SIX))
    assert not re.search("figure|figcaption|slide|caption", _opened(page))


def test_the_heading_in_the_button_of_an_accordion_is_a_heading() -> None:
    assert "<h3>Who pays?</h3>" in _opened("<h1>T</h1><h3><button>Who pays?</button></h3>")


@pytest.mark.parametrize(
    "panel",
    [
        "<a>Who pays?</a><div role=region aria-labelledby=x style='display:none'>{}</div>",
        "<a aria-controls=y>Who pays?</a><div id=y hidden class=is-hidden>{}</div>",
        "<div class='block-accordion sidebar-wide'><h3>Who pays?</h3>{}</div>",
    ],
)
def test_the_prose_that_a_click_on_its_heading_shows_is_shown(panel: str) -> None:
    opened = _opened(f"<h1>T</h1><p>{ONE}</p>" + panel.format(f"<p>{TWO}</p>"))
    assert f"<div><p>{TWO}</p></div>" in opened or f"</h3><p>{TWO}</p></div>" in opened
    assert not re.search("display:none|hidden|sidebar", opened)


def test_a_menu_that_a_click_shows_stays_hidden() -> None:
    menu = "<a aria-controls=y>Menu</a><div id=y hidden><ul><li><a href=/>Home</a></ul></div>"
    assert "hidden" in _opened(f"{menu}<h1>T</h1><p>{ONE}</p><p>{TWO}</p>")


def test_the_names_of_the_whole_page_say_nothing() -> None:
    assert "hide-header" not in _opened(f"<body class='hide-header'><h1>T</h1><p>{ONE}</p>")


def test_the_smallest_box_with_most_of_the_prose_stands_alone() -> None:
    tree = lxml.html.document_fromstring(
        f"<div><h1>T</h1><div class=promo><h2>One</h2><p>{ONE}</p><p>{TWO}</p></div></div>"
        f"<div><p>{SIX}</p></div>"
    )
    page = alone(tree)
    assert page is not None
    html = lxml.html.tostring(page, encoding="unicode")
    box = f"<div><h2>One</h2><p>{ONE}</p><p>{TWO}</p></div>"
    assert html == f"<html><body><article>{box}</article></body></html>"
    assert "promo" in lxml.html.tostring(tree, encoding="unicode")


def test_no_box_stands_alone_on_a_page_without_prose() -> None:
    assert alone(lxml.html.document_fromstring("<div><p>One.</p></div>")) is None


def test_cells_that_lay_out_the_page_are_boxes_and_tables_of_data_stay() -> None:
    data = "<table><tr><th>Stop<td>Line</table>"
    page = f"<table><tr><td><h1>T</h1><p>{ONE}</p><p>{TWO}</p>{data}</td></tr></table>"
    opened = _opened(page)
    assert opened.count("<table") == 1
    assert "<th>Stop" in opened


def test_articles_that_are_blocks_of_one_article_are_joined() -> None:
    blocks = "".join(f"<article class=b><p>{text}</p></article>" for text in (ONE, TWO, SIX))
    assert 'class="b"' in _opened(f"<main><h1>T</h1>{blocks}</main>")
    assert "<article" not in _opened(f"<main><h1>T</h1>{blocks}</main>")
    others = blocks.replace("<p>", "<h1>Other</h1><p>")
    assert _opened(f"<main>{others}</main>").count("<article") == 3


def test_the_standfirst_leaves_the_header_of_the_article() -> None:
    page = f"<main><header><h1>T</h1><p>{ONE}</p></header><p>{TWO}</p></main>"
    assert f"</header><p>{ONE}</p>" in _opened(page)


def test_prose_between_paragraphs_is_no_menu_whatever_it_is_called() -> None:
    page = f"<main><h1>T</h1><p>{ONE}</p><div id=menu><p>{TWO}</p></div><p>{SIX}</p></main>"
    assert "menu" not in _opened(page)
    page = f"<main><h1>T</h1><p>{ONE}</p></main><div id=menu><p>{TWO}</p></div>"
    assert "menu" in _opened(page)


def test_later_headings_of_the_first_level_are_of_the_second() -> None:
    opened = _opened(f"<h1>T</h1><p>{ONE}</p><h1>More</h1><p>{TWO}</p><h1>Logo</h1>")
    assert re.findall(r"<(h\d)>(\w+)", opened) == [("h1", "T"), ("h2", "More"), ("h1", "Logo")]


def test_the_headings_of_a_digest_lose_their_links_and_those_of_teasers_do_not() -> None:
    entry = "<h2><a href=https://a.example/{0}>Item {0}</a></h2><p>{1}</p>"
    digest = "".join(entry.format(number, ONE) for number in range(3))
    assert "<a " not in _opened(f"<h1>Digest</h1>{digest}")
    teasers = digest.replace(ONE, "Read on now.")
    assert "<a " in _opened(f"<h1>T</h1><p>{ONE}</p><p>{TWO}</p>{teasers}")


def test_most_of_the_prose_is_an_article_where_the_page_calls_nothing_one() -> None:
    page = f"<body><h1>T</h1><p>{ONE}</p><p>{TWO}</p><ul><li>{SIX}</ul></body>"
    assert "<body><article><h1>T</h1>" in _opened(page)
    assert "<article>" in _opened(f"<div class=x><p>{ONE}</p><p>{TWO}</p></div>").replace(
        ' class="x"', ""
    )
    assert "<article" not in _opened(f"<main><p>{ONE}</p><p>{TWO}</p></main>")


@pytest.mark.parametrize(
    "page",
    [
        "<h1>T</h1>" + f"<p>{ONE}</p>" * 5_000,
        "<nav>" * 500 + f"<h1>T</h1><p>{ONE}</p>",
        "<h2><a href=x>y</a></h2>" * 20_000,
        "<table><tr><td>" * 300 + f"<h1>T</h1><p>{ONE}</p>",
        "<button>x</button>" * 20_000,
    ],
)
def test_a_hostile_page_costs_little(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    start = time.process_time()
    open_article_boxes(tree)
    assert time.process_time() - start < 2
