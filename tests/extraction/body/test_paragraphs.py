from __future__ import annotations

import time

import lxml.html
import pytest

from crawler.extraction.body.plain_markup import make_paragraphs

ONE = "The council met on Monday and decided about the bridge over the river."
TWO = "Work on the bridge is to begin in spring, and nobody would say what it costs."


def _paragraphs(markup: str) -> str:
    tree = lxml.html.document_fromstring(f"<body>{markup}</body>")
    make_paragraphs(tree)
    body = lxml.html.tostring(tree.find("body"), encoding="unicode")
    return body.removeprefix("<body>").removesuffix("</body>")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            f"<div><p>A</p><figure></figure> {ONE}<p>B</p></div>",
            f"<div><p>A</p><figure></figure><p> {ONE}</p><p>B</p></div>",
        ),
        (
            f"<div><img src=a>{ONE} <a href=b>see</a> more<p>B</p></div>",
            f'<div><img src="a"><p>{ONE} <a href="b">see</a> more</p><p>B</p></div>',
        ),
        (
            f"<div><a href=b><img src=a></a>{ONE}<br><br>{TWO}</div>",
            f'<div><a href="b"><img src="a"></a><p>{ONE}</p><p>{TWO}</p></div>',
        ),
        (
            f"<article><center><font>{ONE}</font></center><p>B</p></article>",
            f"<article><p>{ONE}</p><p>B</p></article>",
        ),
        (f"<div>{ONE}<br>{TWO}<p>B</p></div>", f"<div><p>{ONE}<br>{TWO}</p><p>B</p></div>"),
    ],
)
def test_text_between_blocks_is_a_paragraph(markup: str, expected: str) -> None:
    assert _paragraphs(markup) == expected


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{ONE}</p>",
        f"<div>{ONE} <b>bold</b></div>",
        "<div>By Ann<p>A</p>5 May</div>",
        f"<ul><li>{ONE}<p>A</p></li></ul>",
    ],
)
def test_what_needs_no_paragraph_stays(markup: str) -> None:
    assert _paragraphs(markup) == markup


def test_a_hostile_page_costs_little() -> None:
    tree = lxml.html.document_fromstring(f"<div>{ONE}<p>x</p></div>" * 20_000)
    wide = lxml.html.document_fromstring("<div><p>x</p>" + f"{ONE}<br><br>" * 20_000)
    start = time.process_time()
    make_paragraphs(tree)
    make_paragraphs(wide)
    assert time.process_time() - start < 3
