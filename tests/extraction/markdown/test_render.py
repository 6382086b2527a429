from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from lxml.etree import Element, SubElement, XMLParser, fromstring
from markdown_it import MarkdownIt

from crawler.extraction.markdown.render import to_markdown

BASE = "https://example.org/news/page"
COMMONMARK = MarkdownIt("gfm-like", {"linkify": False})


def markdown(xml: str) -> str:
    return to_markdown(fromstring(f"<body>{xml}</body>", XMLParser(huge_tree=True)), BASE)


def rendered_text(source: str) -> str:
    rendered = COMMONMARK.render(source)
    return " ".join("".join(lxml_html.fromstring(f"<div>{rendered}</div>").itertext()).split())


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        pytest.param("<p>One.</p><p>Two.</p>", "One.\n\nTwo.", id="paragraphs"),
        pytest.param("<p>  a \n b\t</p>", "a b", id="white-space-collapses"),
        pytest.param("<p> </p><p/>", "", id="nothing-of-nothing"),
        pytest.param('<head rend="h1">A</head><head rend="h3">B</head>', "## A\n\n#### B", id="h1"),
        pytest.param(
            '<head rend="h3">A</head><head rend="h6">B</head>', "## A\n\n##### B", id="h3"
        ),
        pytest.param(
            "".join(f'<head rend="h{n}">A</head>' for n in range(1, 7)),
            "## A\n\n### A\n\n#### A\n\n##### A\n\n###### A\n\n###### A",
            id="headings-end-at-level-6",
        ),
        pytest.param("<head>Summary</head>", "## Summary", id="a-heading-without-a-level"),
        pytest.param('<head rend="h2">A<lb/>B</head>', "## A B", id="a-heading-is-one-line"),
        pytest.param('<p>a <hi rend="#b">b</hi> c</p>', "a **b** c", id="strong"),
        pytest.param('<p>a <hi rend="#i">b</hi>c</p>', "a *b*c", id="emphasis-inside-a-word"),
        pytest.param('<p>a<hi rend="#b"> b </hi>c</p>', "a **b** c", id="spaces-move-outside"),
        pytest.param('<p>a<hi rend="#b">(b)</hi>c</p>', "a(b)c", id="marks-that-would-not-count"),
        pytest.param(
            '<p><hi rend="#b">a <hi rend="#i">b</hi></hi></p>', "**a** ***b***", id="strong-and-em"
        ),
        pytest.param(
            '<p><hi rend="#b">a<hi rend="#i">b</hi></hi></p>', "**a**b", id="marks-never-meet"
        ),
        pytest.param('<p>a <del rend="overstrike">b</del></p>', "a ~~b~~", id="deleted"),
        pytest.param('<p>H<hi rend="#sub">2</hi>O</p>', "H2O", id="subscript-is-text"),
        pytest.param("<p>use <code>a_b*</code></p>", "use `a_b*`", id="code-span"),
        pytest.param(
            "<p>use <code>a`b</code></p>", "use a&#96;b", id="a-backtick-is-not-in-a-span"
        ),
        pytest.param(
            '<p><ref target="/a b">x</ref></p>', "[&#120;](https://example.org/a%20b)", id="link"
        ),
        pytest.param(
            '<list><item><ref target="/x">X</ref></item></list>',
            "- [&#88;](https://example.org/x)",
            id="a-link-that-would-be-a-tick",
        ),
        pytest.param(
            '<p>to <ref target="c"> <hi rend="#b">x</hi> y </ref>z</p>',
            "to [**x** y](https://example.org/news/c) z",
            id="a-link-with-emphasis",
        ),
        pytest.param('<p><ref target="javascript:alert(1)">x</ref></p>', "x", id="no-script-link"),
        pytest.param("<p><ref>x</ref></p>", "x", id="a-link-to-nowhere"),
        pytest.param(
            '<graphic src="//cdn.example/i.jpg" alt="A [cat]"/>',
            "![A \\[cat&#93;](https://cdn.example/i.jpg)",
            id="image",
        ),
        pytest.param('<p>a</p><graphic src="data:image/png;base64,xx"/>', "a", id="no-data-image"),
        pytest.param("<p>a<lb/>b</p>", "a  \nb", id="hard-break"),
        pytest.param("<p><lb/>a<lb/> <lb/>b<lb/></p>", "a\n\nb", id="two-breaks-part-paragraphs"),
        pytest.param("<p>a<lb/># b<lb/>1. c</p>", "a  \n\\# b  \n1\\. c", id="a-line-starts-inert"),
        pytest.param(
            '<list rend="ul"><item>a</item><item>b</item></list>', "- a\n- b", id="bullet-list"
        ),
        pytest.param(
            '<list rend="ol">' + "<item>a</item>" * 10 + "</list>",
            "\n".join(f"{n}. a" for n in range(1, 11)),
            id="ordered-list",
        ),
        pytest.param(
            '<list rend="ol"><item>a<list rend="ul"><item>b</item></list></item></list>',
            "1. a\n   - b",
            id="nested-list",
        ),
        pytest.param(
            "<list><item><p>a</p><p>b</p></item><item>c</item></list>",
            "- a\n\n  b\n\n- c",
            id="a-list-with-paragraphs-is-loose",
        ),
        pytest.param(
            "<list><item>a</item></list><list><item>b</item></list>", "- a\n- b", id="two-lists"
        ),
        pytest.param("<list><item/><item> </item></list>", "", id="an-empty-list"),
        pytest.param("<quote>a<p>b</p></quote>", "> a\n>\n> b", id="quote"),
        pytest.param(
            "<quote>a<list><item>b</item></list></quote>", "> a\n>\n> - b", id="a-list-in-a-quote"
        ),
        pytest.param("<code>a\n  b {{ c }}</code>", "~~~\na\n  b { { c }}\n~~~", id="code-block"),
        pytest.param("<code>~~~\na<lb/>b</code>", "~~~~\n~~~\na\nb\n~~~~", id="a-longer-fence"),
        pytest.param("<code> \n </code>", "", id="blank-code"),
        pytest.param(
            "<code>&lt;div class=x>a &lt; b&lt;/div></code>",
            "~~~\n< div class=x>a < b< /div>\n~~~",
            id="tags-in-code-are-parted",
        ),
        pytest.param(
            "<code>a<hi>b<hi>c</hi>d</hi><lb/>e</code>", "~~~\nabcd\ne\n~~~", id="nested-code"
        ),
        pytest.param(
            "<list><item>a<code>b\n- c</code></item></list>",
            "- a\n\n  > ~~~\n  > b\n  > - c\n  > ~~~",
            id="code-in-a-list-that-looks-like-a-list-is-quoted",
        ),
        pytest.param(
            "<list><item>a<code>b\nc</code></item></list>",
            "- a\n\n  ~~~\n  b\n  c\n  ~~~",
            id="other-code-in-a-list-is-not",
        ),
        pytest.param(
            '<head rend="h2">a <ref target="/b"><del>b</del></ref> <del>c</del></head>',
            "## a [b](https://example.org/b) c",
            id="nothing-is-struck-through-in-a-heading-with-links",
        ),
        pytest.param(
            '<head rend="h2">a <del>b</del></head>', "## a ~~b~~", id="a-struck-through-heading"
        ),
        pytest.param("<p>a <code>\u200b</code>b</p>", "a b", id="code-of-nothing-that-is-shown"),
        pytest.param("<p>a <code>\u200b b</code></p>", "a `b`", id="code-that-begins-hidden"),
        pytest.param(
            "<p><code>a ~~ b</code></p>", "a &#126;&#126; b", id="tildes-are-not-in-a-span"
        ),
        pytest.param("<p><code>a@b.c</code></p>", "a@b\\.c", id="an-address-is-not-in-a-span"),
        pytest.param(
            '<table><row><cell role="head">a|b</cell><cell>c</cell></row>'
            "<row><cell>d<lb/>e</cell></row></table>",
            "| a\\|b | c |\n| --- | --- |\n| d e |  |",
            id="table",
        ),
        pytest.param(
            "<table><row><cell>a</cell></row><row><cell>b</cell></row></table>",
            "a\n\nb",
            id="a-table-of-one-column-is-layout",
        ),
        pytest.param(
            f"<table><row><cell>a</cell><cell>{'b' * 501}</cell></row>"
            "<row><cell>c</cell><cell>d</cell></row></table>",
            f"a\n\n{'b' * 501}\n\nc\n\nd",
            id="a-table-of-long-cells-is-layout",
        ),
        pytest.param("<div>a<p>b</p>c</div>", "a\n\nb\n\nc", id="text-between-blocks"),
        pytest.param("<p>{{ x }} {% y %} &lt;b&gt;</p>", None, id="templates"),
    ],
)
def test_a_body_reads_the_same_as_markdown(xml: str, expected: str | None) -> None:
    source = markdown(xml)
    if expected is not None:
        assert source == expected
    assert not re.search(r"\{\{|\{%|\{:|<(?! )", source)


def test_the_body_is_not_changed() -> None:
    body = fromstring("<body><p>a <hi rend='#b'>b</hi></p></body>")
    first = to_markdown(body, BASE)
    assert to_markdown(body, BASE) == first


def test_deep_nesting_ends_as_running_text() -> None:
    source = markdown("<list><item>a" * 500 + "</item></list>" * 500)
    assert source.count("a") == 500
    assert max(len(line) - len(line.lstrip()) for line in source.split("\n")) < 40


def test_deeply_nested_emphasis_is_one_emphasis() -> None:
    assert markdown('<p><hi rend="#i">' * 200 + "a" + "</hi></p>" * 200).strip("*") == "a"


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn"]))


@given(texts, st.sampled_from(["p", "head", "quote", "item"]))
def test_any_text_is_shown_as_it_is(text: str, tag: str) -> None:
    body = Element("body")
    parent = SubElement(body, "list") if tag == "item" else body
    SubElement(parent, tag).text = text
    assert rendered_text(to_markdown(body, BASE)) == " ".join(text.split())


@given(
    st.lists(
        st.tuples(
            texts.filter(str.strip),
            st.sampled_from([("hi", "#b"), ("hi", "#i"), ("del", ""), ("hi", "#u"), ("ref", "")]),
            texts,
        ),
        max_size=4,
    )
)
def test_any_mixture_of_styles_is_shown_without_its_marks(
    runs: list[tuple[str, tuple[str, str], str]],
) -> None:
    body = Element("body")
    paragraph = SubElement(body, "p")
    for text, (tag, rendition), tail in runs:
        run = SubElement(paragraph, tag, rend=rendition, target="https://example.org/")
        run.text, run.tail = text, tail
    expected = "".join(paragraph.itertext())
    assert rendered_text(to_markdown(body, BASE)) == " ".join(expected.split())


@given(st.recursive(
    texts, lambda inner: st.tuples(
        st.sampled_from(["p", "list", "item", "quote", "hi", "lb", "table", "row", "cell"]),
        st.lists(inner, max_size=4),
    ), max_leaves=15,
))  # fmt: skip
def test_any_tree_gives_single_empty_lines_and_no_loose_spaces(tree: object) -> None:
    body = Element("body")
    _grow(body, tree)
    source = to_markdown(body, BASE)
    assert source == source.rstrip()
    assert "\n\n\n" not in source
    assert not re.search(r"(?<! ) $|   $", source, re.MULTILINE)


def _grow(parent: Element, tree: object) -> None:
    if isinstance(tree, str):
        SubElement(parent, "p").text = tree
    elif isinstance(tree, tuple):
        tag, children = tree
        element = SubElement(parent, tag)
        for child in children:
            _grow(element, child)
