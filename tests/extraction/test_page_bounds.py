"""Pages with more markup than any article are cut before they cost anything."""

from __future__ import annotations

import pytest

from crawler.extraction.extract import extract_article
from crawler.extraction.parse import (
    LARGE_TAGS,
    MAX_ATTRIBUTES,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_TAGS,
    MAX_TEXT,
    MAX_VALUE,
    bound_page,
    first_bytes,
    flattened,
    is_too_deep,
    parse_page,
    shown_part,
)

URL = "http://news.example/bridge"
MANY = " ".join(f"a{number}" for number in range(MAX_ATTRIBUTES + 1))


def test_as_many_tags_as_a_page_may_have_are_parsed_and_no_more() -> None:
    page = bound_page("<hr>" * MAX_TAGS)
    assert (page.html, page.is_huge) == (page.whole, False)
    page = bound_page("<hr>" * MAX_TAGS + "text<p>more")
    assert page.html == "<hr>" * MAX_TAGS + "text"
    assert page.whole.endswith("text<p>more")
    assert (page.is_huge, page.cut) == (True, "")


@pytest.mark.parametrize(("tags", "is_large"), [(LARGE_TAGS, False), (LARGE_TAGS + 1, True)])
def test_a_page_with_many_tags_is_large(tags: int, *, is_large: bool) -> None:
    assert bound_page("<hr>" * tags).is_large is is_large


def test_a_page_of_too_many_characters_is_cut_and_says_so() -> None:
    assert bound_page("x" * MAX_CHARACTERS).cut == ""
    page = bound_page("x" * (MAX_CHARACTERS + 1))
    assert len(page.html) == MAX_CHARACTERS
    assert page.cut == f"only the first {MAX_CHARACTERS} characters were read"


def test_bytes_are_cut_before_a_tag_and_not_inside_a_character() -> None:
    page = "<p>字</p>".encode() * 500_000
    cut = first_bytes(page)
    assert MAX_CHARACTERS <= len(cut) < len(page)
    assert cut.decode().count("字") == cut.count(b"<p>")
    assert first_bytes(b"<p>short") == b"<p>short"


@pytest.mark.parametrize(
    "attributes",
    [
        MANY,
        MANY.replace(" ", "/"),
        MANY.replace(" ", "=1 "),
        MANY.replace(" ", ' = ">" '),
        MANY.replace(" ", " = '<p>'\n"),
    ],
)
def test_surplus_attributes_go_however_they_are_written(attributes: str) -> None:
    html = bound_page(f"<p>before<p {attributes}>after" + f" <p {attributes}>" * 2).html
    assert html.startswith("<p>before<p a0")
    assert ">after" in html
    assert html.count("a99") == 3
    assert f"a{MAX_ATTRIBUTES}" not in html


@pytest.mark.parametrize(
    "html",
    [
        f"<p {MANY.rpartition(' ')[0]}>",
        f"<p>{MANY}</p>",
        f'<p title="{MANY}">',
        f"<p title='{MANY}'>",
        f"<p x y=z> 1 < {MANY}",
        "<p a b c>" * 2_000,
        "<br><br><br>text",
        "<span>text</span>" * 100,
        "<!-- a --> text <!-- b -->",
        "some text and more text <!-- a comment",
    ],
)
def test_a_usual_page_stays_as_it_is(html: str) -> None:
    page = bound_page(html)
    assert (page.html, page.whole, page.cut) == (html, html, "")


@pytest.mark.parametrize(
    ("surplus", "left"),
    [
        ("<br>" * LARGE_TAGS, "<br><br>"),
        ("<BR />\n" * LARGE_TAGS, "<BR />\n<BR />\n"),
        ("<!-- x -->" * LARGE_TAGS, ""),
        ("<span class=x>word</span> " * LARGE_TAGS, "word " * LARGE_TAGS),
    ],
)
def test_of_a_large_page_goes_first_what_has_no_text(surplus: str, left: str) -> None:
    page = bound_page(f"<p>before{surplus}after</p>")
    assert (page.html, page.cut) == (f"<p>before{left}after</p>", "")


def test_a_comment_that_would_swallow_the_page_is_opened() -> None:
    page = bound_page("<!-- a --><p><!-- <!--text and more text, and more text")
    assert page.html == "<!-- a --><p> text and more text, and more text"


def test_a_page_that_nests_too_deep_keeps_its_paragraphs() -> None:
    boxes = "<div><b>" * (MAX_DEPTH // 2 + 1)
    page = bound_page(f"<head><title>T</title></head>{boxes}<p>a<br>b</p>c")
    tree = parse_page(page.html)
    assert tree is not None
    assert is_too_deep(tree)
    flat = parse_page(flattened(page).html)
    assert flat is not None
    assert not is_too_deep(flat)
    assert flat.findtext(".//title") == "T"
    assert flat.findtext(".//p") == "a"


def test_what_is_shown_of_a_page_has_neither_scripts_nor_comments_and_an_end() -> None:
    html = "<head><title>T</title></head>a<script>1</script>b<style>2</style>c<!-- 3 -->d"
    assert shown_part(bound_page(html)) == ("abcd", "")
    text, cut = shown_part(bound_page(html + "x" * MAX_TEXT))
    assert len(text) == MAX_TEXT
    assert cut == f"only the first {MAX_TEXT} characters were read"
    text, cut = shown_part(bound_page("<hr>" * (MAX_TAGS + 5)))
    assert text == "<hr>" * MAX_TAGS
    assert cut == f"only the first {MAX_TAGS} tags were read"


def test_a_giant_attribute_costs_the_page_nothing_but_the_attribute(article_html) -> None:
    page = article_html()
    image = f'<img src="data:image/png;base64,{"A" * (MAX_VALUE + 1)}"></article>'
    expected = extract_article(page, URL)
    assert expected.word_count > 50
    assert extract_article(page.replace("</article>", image), URL) == expected
