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
