from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml.etree import fromstring
from trafilatura.settings import Document, Extractor

from crawler.extraction.body import article_body as body_module
from crawler.extraction.body.article_body import Body, extract_body
from crawler.extraction.parse import LARGE_TAGS, bound_page, parse_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

SENTENCES = [
    f"Sentence number {n} tells the readers of this paper something that they did not know, "
    f"and goes on for long enough to count as prose about matter {n}."
    for n in range(1, 9)
]
PROSE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def extracted(article: str, *, head: str = "<title>The title</title>") -> _Element:
    page = f"<html><head>{head}</head><body><article>{article}</article></body></html>"
    body = body_of(page)
    assert body is not None
    return body.element


def body_of(html: str) -> Body | None:
    tree = parse_page(html)
    assert tree is not None
    return extract_body(tree, bound_page(html))


def text_of(body: _Element) -> str:
    return " ".join(" ".join(body.itertext()).split())


def test_the_vocabulary_of_an_article_is_kept() -> None:
    body = extracted(
        f"{PROSE}<h2>A heading</h2><p>A <b>bold</b> <a href='/x'>link</a>, <code>code</code>.</p>"
        "<ul><li>An item of a list</li></ul><blockquote><p>A quotation.</p></blockquote>"
        "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>"
        f"<figure><img src='/photo.jpg' alt='A photo'></figure>{PROSE.replace('matter', 'item')}"
    )
    tags = {element.tag for element in body.iter()}
    assert {"head", "p", "hi", "ref", "code", "list", "item", "quote", "graphic"} <= tags
    assert {"table", "row", "cell"} <= tags
    assert [link.get("target") for link in body.iter("ref")] == ["/x"]
    assert [image.get("src") for image in body.iter("graphic")] == ["/photo.jpg"]


@pytest.mark.parametrize("page", ["<html></html>", "<p> </p>", "<script>let x = 1</script>"])
def test_a_page_without_text_has_no_body(page: str) -> None:
    assert body_of(page) is None


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("<h1>Any first heading of level one</h1>", id="level-1"),
        pytest.param("<h2>The title</h2>", id="repeats-the-title"),
        pytest.param("<h1>The title</h1><h2>What this is about</h2>", id="repeats-the-description"),
        pytest.param("<p>Politics</p><h1>The title</h1>", id="after-a-label"),
    ],
)
def test_the_title_is_not_part_of_the_body(title: str) -> None:
    head = "<title>The title</title><meta name=description content='What this is about'>"
    assert text_of(extracted(title + PROSE, head=head)) == " ".join(SENTENCES)


def test_a_first_heading_of_the_article_itself_stays() -> None:
    assert text_of(extracted(f"<h2>Background</h2>{PROSE}")).startswith("Background Sentence")


@pytest.mark.parametrize(
    "notice",
    [
        "<p>Subscribe to our newsletter for more.</p>",
        "<h3>More from us</h3><p>© 2024 The Paper. All rights reserved.</p>",
        "<p>Follow the author on Twitter.</p>",
        "<h3>Read next</h3><ul><li><a href='/1'>One</a></li><li><a href='/2'>Two</a></li></ul>",
        "<p>Alle Rechte vorbehalten</p>",
    ],
)
def test_notices_at_the_end_go(notice: str) -> None:
    assert text_of(extracted(PROSE + notice)) == " ".join(SENTENCES)


@pytest.mark.parametrize(
    "last",
    [
        "<p>The governor did not respond to a request for comment.</p>",
        f"<p>A newsletter is what he wrote. {'It was long and full of news. ' * 12}</p>",
    ],
)
def test_a_last_paragraph_that_only_sounds_like_a_notice_stays(last: str) -> None:
    assert text_of(extracted(PROSE + last)) != " ".join(SENTENCES)


@pytest.mark.parametrize(
    ("paragraph", "stays"),
    [
        ("<p>Read more: <a href='/1'>Another article of this paper</a></p>", False),
        ("<p><a href='/1'>ANOTHER ARTICLE OF THIS PAPER</a></p>", False),
        ("<p><a href='/1'>The report of the commission in full</a></p>", True),
        ("<p>It is all in the report: <a href='/1'>The report</a>, as they say.</p>", True),
    ],
)
def test_a_labelled_link_between_paragraphs_is_a_promotion(paragraph: str, stays: bool) -> None:
    body = extracted(PROSE + paragraph + PROSE.replace("matter", "item"))
    assert any(link.get("target") == "/1" for link in body.iter("ref")) is stays


@pytest.mark.parametrize(
    "furniture",
    [
        "<figure><img src='/a.jpg'><figcaption>Words under a photo</figcaption></figure>",
        "<figure><div><img src='/a.jpg'></div><div>Words under a photo</div></figure>",
        "<div class='photo-caption'>Words under a photo</div>",
        "<p hidden>Words for later</p>",
        "<p class='error hide'>Words for later</p>",
        "<p aria-hidden=true>Words for no one</p>",
        "<noscript><p>Words for old browsers</p></noscript>",
        "<a href='/b'><figure><img src='/teaser.jpg'></figure></a>",
    ],
)
def test_furniture_between_paragraphs_goes(furniture: str) -> None:
    body = extracted(PROSE + furniture + PROSE.replace("matter", "item"))
    assert "Words" not in text_of(body)
    assert [image.get("src") for image in body.iter("graphic")] in ([], ["/a.jpg"])


def test_an_article_that_is_hidden_as_a_whole_stays() -> None:
    assert text_of(extracted(f"<div hidden>{PROSE}</div>")) == " ".join(SENTENCES)


def test_an_article_in_several_boxes_is_joined() -> None:
    pieces = "".join(
        "<div class=grid><div class='article-body piece'>"
        + "".join(f"<p>{n}{c}: {SENTENCES[c]}</p>" for c in range(5))
        + "</div></div><div class=promo>Buy this.</div>"
        for n in range(3)
    )
    text = text_of(extracted(pieces))
    assert [text.count(f"{n}4: ") for n in range(3)] == [1, 1, 1]


def test_articles_one_after_another_are_not_joined() -> None:
    pieces = "".join(
        f"<div class=grid><div class='article-body'><h1>Title {n}</h1>"
        + "".join(f"<p>{n}{c}: {SENTENCES[c]}</p>" for c in range(5))
        + "</div></div>"
        for n in range(3)
    )
    assert "24: " not in text_of(extracted(pieces))


def test_comments_are_not_part_of_the_body() -> None:
    comments = "<div id=comments><p>First! I have something to say as well, and I say it.</p></div>"
    assert "First!" not in text_of(extracted(PROSE + comments))


@pytest.mark.parametrize("opening", ["<div>", "<ul><li>x", "<em>x", "<blockquote>x", "<p><b>x"])
def test_tags_that_are_never_closed_do_not_lose_the_article(opening: str) -> None:
    text = text_of(extracted(PROSE + opening * 900))
    assert all(sentence in text for sentence in SENTENCES)


def test_two_pages_with_the_same_text_both_keep_it() -> None:
    texts = [text_of(extracted(PROSE)) for _ in range(4)]
    assert texts == [" ".join(SENTENCES)] * 4


@pytest.fixture
def variants(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let each way of extraction give a text of its own; the list names the ways as asked for."""

    def give(**texts: str) -> list[str]:
        asked: list[str] = []

        def extract(_: object, options: Extractor) -> Document | None:
            if options.focus == "precision":
                way = "fast_precise" if options.fast else "precise"
            else:
                way = ("alone" if "fast" in asked else "fast") if options.fast else "careful"
            asked.append(way)
            text = texts.get(asked[-1])
            return None if text is None else Document(body=fromstring(f"<body>{text}</body>"))

        monkeypatch.setattr(body_module, "bare_extraction", extract)
        return asked

    return give


OTHER = "".join(f"<p>{sentence.upper()}</p>" for sentence in SENTENCES)
TOO_MUCH = PROSE + "".join(f"<p>{sentence.upper()}</p>" for sentence in SENTENCES[:4])
PAGE = f"<article>{PROSE}</article>"


@pytest.mark.parametrize(
    ("texts", "asked", "text"),
    [
        pytest.param({"fast": PROSE}, ["fast"], PROSE, id="agreed"),
        pytest.param({"fast": OTHER, "alone": PROSE}, ["fast", "alone"], PROSE, id="alone"),
        pytest.param(
            {"fast": OTHER, "careful": PROSE},
            ["fast", "alone", "careful"],
            PROSE,
            id="careful",
        ),
        pytest.param(
            {"fast": TOO_MUCH, "alone": OTHER, "fast_precise": PROSE},
            ["fast", "alone", "fast_precise"],
            PROSE,
            id="precise",
        ),
        pytest.param(
            {"fast": TOO_MUCH, "fast_precise": OTHER, "precise": PROSE},
            ["fast", "alone", "fast_precise", "precise"],
            PROSE,
            id="precise-found-again",
        ),
        pytest.param(
            {"fast": TOO_MUCH, "fast_precise": OTHER, "precise": OTHER},
            ["fast", "alone", "fast_precise", "precise"],
            TOO_MUCH,
            id="precise-is-worse",
        ),
        pytest.param({}, ["fast", "alone", "careful"], PROSE, id="lost"),
    ],
)
def test_dearer_ways_are_asked_only_where_the_cheap_ones_disagree(
    variants: Callable[..., list[str]], texts: dict[str, str], asked: list[str], text: str
) -> None:
    ways = variants(**texts)
    body = body_of(PAGE)
    assert body is not None
    assert ways == asked
    assert text_of(body.element) == text_of(fromstring(f"<body>{text}</body>"))


def test_a_large_page_is_asked_once(variants: Callable[..., list[str]]) -> None:
    ways = variants(fast=OTHER, careful=PROSE)
    body = body_of(PAGE + "<hr>" * (LARGE_TAGS + 1))
    assert body is not None
    assert ways == ["fast"]


def test_the_standfirst_above_the_article_is_its_beginning() -> None:
    standfirst = (
        "After a long debate the council of the small town votes to keep the old footbridge "
        "open, and finds the money for it."
    )
    page = (
        f"<title>T</title><meta name=description content='{standfirst}'><body>"
        f"<header><h1>T</h1><div><span>{standfirst}</span></div></header><article>{PROSE}</article>"
    )
    body = body_of(page)
    assert body is not None
    assert text_of(body.element) == " ".join((standfirst, *SENTENCES))


def test_a_page_that_exhausts_the_stack_has_no_body(monkeypatch: pytest.MonkeyPatch) -> None:
    def descend(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(body_module, "bare_extraction", descend)
    assert body_of(f"<article>{PROSE[:300]}</article>") is None


def test_a_short_article_is_not_lost_among_the_teasers_of_others() -> None:
    teasers = "".join(
        f"<div><h3><a href=/{n}>The headline of another article number {n}</a></h3>"
        "<p>Its teaser.</p></div>"
        for n in range(60)
    )
    body = body_of(
        f"<html><body><main><article><h1>The title</h1><p>{SENTENCES[0]}</p></article>"
        f"{teasers}</main></body></html>"
    )
    assert body is not None
    assert text_of(body.element) == SENTENCES[0]
