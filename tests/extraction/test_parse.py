from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import Element

from crawler.extraction.parse import parse_page


def parsed_text(html: str) -> str:
    tree = parse_page(html)
    assert tree is not None
    return " ".join(tree.text_content().split())


@pytest.mark.parametrize("html", ["", "  \n", "<!-- only a comment -->", "\x00", "<?php ?>"])
def test_a_page_with_nothing_to_parse_is_none(html: str) -> None:
    assert parse_page(html) is None


@pytest.mark.parametrize(
    "html",
    [
        pytest.param('<?xml version="1.0" encoding="latin-1"?><html><p>Grüße</p>', id="xml"),
        pytest.param('<meta charset="shift_jis"><p>Grüße</p>', id="another-charset"),
        pytest.param("Grüße", id="no-markup"),
        pytest.param("<p>Grüße", id="no-html-element"),
        pytest.param("<p>Gr\x00üße</p>", id="nul"),
        pytest.param("<p>Grü\x08ße\ud800</p>", id="control-and-surrogate"),
        pytest.param("<!doctype html><html/><body><p>Grüße</p></body>", id="self-closed-html"),
        pytest.param("<html><html><body><body><p>Grüße", id="everything-twice"),
    ],
)
def test_a_broken_page_keeps_its_text(html: str) -> None:
    assert parsed_text(html) == "Grüße"


@pytest.mark.parametrize(
    "text",
    [
        "\f",
        "\ufffe",
        "\uffff",
        "&#11;",
        "&#12",
        "&#x0C;",
        "&#X1f;",
        "&#x7F",
        "&#65535;",
        "&#xFFFE;",
    ],
)
def test_what_no_xml_may_hold_does_not_stay(text: str) -> None:
    tree = parse_page(f"<p title='a{text} b'>a{text} b</p>")
    assert tree is not None
    (paragraph,) = tree.iter("p")
    copy = Element("p", title=paragraph.get("title"))  # refuses what XML may not hold
    copy.text = paragraph.text_content()
    assert copy.text.split() == copy.get("title", "").split() == ["a", "b"]


@pytest.mark.parametrize(
    "text", ["&#9;", "&#10;", "&#x0d;", "&#123;", "&#x1f600;", "&#xffef;", "&#65;"]
)
def test_other_character_references_are_read(text: str) -> None:
    tree = parse_page(f"<p>{text}</p>")
    assert tree is not None
    assert tree.text_content() == html.unescape(text)


def test_the_root_is_the_html_element() -> None:
    tree = parse_page("<p>x</p>")
    assert tree is not None
    assert tree.tag == "html"


@pytest.mark.parametrize("depth", [250, 255, 300, 2_000])
def test_an_article_deep_inside_boxes_is_not_lost(depth: int) -> None:
    html = f"<body>{'<div>' * depth}<p>article</p>{'</div>' * depth}<p>after</p></body>"
    assert parsed_text(html) == "articleafter"


def test_comments_and_processing_instructions_go() -> None:
    tree = parse_page("<p>a<!-- b --><?c d?>e</p>")
    assert tree is not None
    assert all(isinstance(element.tag, str) for element in tree.iter())


def test_a_prologue_of_unclosed_html_tags_takes_no_long_time() -> None:
    assert parse_page("<html " * 100_000) is None


@given(st.text(max_size=200))
def test_any_text_parses_or_is_nothing(html: str) -> None:
    tree = parse_page(html)
    assert tree is None or tree.tag == "html"


@given(st.text(alphabet="<>/!?-='\" abdhtmlpsvg&;#x0", max_size=200))
def test_any_markup_parses_or_is_nothing(html: str) -> None:
    tree = parse_page(html)
    assert tree is None or tree.tag == "html"


def test_the_images_of_amp_are_images() -> None:
    tree = parse_page("<p>a<amp-img src=b.jpg width=9></amp-img>c</p>")
    assert tree is not None
    (image,) = tree.iter("img")
    assert (image.get("src"), image.tail) == ("b.jpg", "c")


def test_what_react_streams_stands_where_its_scripts_put_it() -> None:
    html = """<body><main><p>One.</p><template id="P:1"></template><p>Three.</p>
    <template id="B:0"></template><i></i></main><footer>Five.</footer>
    <div hidden id="S:1"><p>Two.</p></div>
    <script>$RS=function(a,b){};$RS("S:1","P:1")</script>
    <div hidden id="S:2"><p>Four.</p></div><script>$RC("B:0","S:2")</script>"""
    tree = parse_page(html)
    assert tree is not None
    (main,) = tree.iter("main")
    assert [one.text for one in main.iter("p")] == ["One.", "Two.", "Three.", "Four."]


def test_a_segment_within_another_one_is_placed_as_well() -> None:
    html = """<body><main><template id="aB:0"></template></main>
    <div hidden id="aS:0"><p>One.</p><template id="aP:1"></template></div>
    <div hidden id="aS:1"><p>Two.</p></div>"""
    tree = parse_page(html)
    assert tree is not None
    (main,) = tree.iter("main")
    assert [one.text for one in main.iter("p")] == ["One.", "Two."]


def test_a_segment_without_a_place_is_shown_and_other_hidden_boxes_stay_hidden() -> None:
    tree = parse_page('<div hidden id="S:9">One.</div><div hidden id="x">Two.</div>')
    assert tree is not None
    assert [box.get("hidden") for box in tree.iter("div")] == [None, ""]
