from __future__ import annotations

import lxml.html
import pytest

from crawler.extraction.metadata.bylines import authors_near
from crawler.extraction.metadata.headlines import headline_area

LONG = "The council of the small town voted on Tuesday to keep the old footbridge open. " * 2


def _names(markup: str) -> list[str]:
    tree = lxml.html.document_fromstring(f"<body><h1>Bridge</h1>{markup}</body>")
    return next((names for names in authors_near(headline_area(tree, ["Bridge"])) if names), [])


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<a href=/author/ann-lee/>Ann Lee</a> <a href=/autor/bo>Bo Ek</a>", ["Ann Lee", "Bo Ek"]),
        ("<p>By Ann Lee and Bo van Ek</p>", ["Ann Lee", "Bo van Ek"]),
        ("<li>Von:<a href=/a>Ann Lee</a>, <a href=/b>Bo Ek</a><li>Foto", ["Ann Lee", "Bo Ek"]),
        ("<span>Ann Lee |</span> <span>05.04.2025</span>", ["Ann Lee"]),
        ("<p>5 April 2025</p><p>Ann O'Neill</p>", ["Ann O'Neill"]),
        ("<p>5 April 2025<i>\u00b7</i><a title=x><img><b>Ann Lee</b></a></p>", ["Ann Lee"]),
        ("<p>11.12.2019 - Ann Lee</p>", ["Ann Lee"]),
        ("<p>Dec 26, 2025 <i>\u2022</i> Ann Lee in <a href=/x>Politics</a></p>", ["Ann Lee"]),
        ("<li>Ann Lee</li><li><time datetime=2025-12-02>02-12-2025</time></li>", ["Ann Lee"]),
        (f"<p><strong>Ann Lee/Bo Ek</strong></p><p>{LONG}</p>", ["Ann Lee", "Bo Ek"]),
        (f"<p><strong>Ann Lee</strong></p><p><b>T</b>{LONG[1:]}</p>", ["Ann Lee"]),
    ],
)
def test_names_by_the_headline_are_authors(markup: str, expected: list[str]) -> None:
    assert _names(markup) == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<a href=/author/redaktion>Alle Artikel</a>",
        "<p>By the river in May</p>",
        "<a href=/x>Another story <b>By Ann Lee</b></a>",
        "<span>05.04.2025</span> <b>Filed Under:</b>",
        f"<p><strong>Ann Lee</strong> said so.</p><p>{LONG}</p>",
        "<p><strong>Give Today</strong></p><p>Account 0061947069</p>",
        f"<p>{LONG}</p><p><strong>Early Life</strong></p><p>{LONG}</p>",
        "<nav><a href=/author/ann-lee>Ann Lee</a></nav>",
    ],
)
def test_what_stands_there_otherwise_is_nobody(markup: str) -> None:
    assert _names(markup) == []
