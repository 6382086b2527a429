from __future__ import annotations

import lxml.html
import pytest

from crawler.extraction.metadata.field_text import element_text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<h1> A\n<b>bold</b>  claim</h1>", "A bold claim"),
        ("<h1>One<br>two<!-- no -->three</h1>", "One twothree"),
        ("<h1>A<script>no()</script>b<style>no</style>c</h1>tail", "Abc"),
        ("<h1></h1>", ""),
    ],
)
def test_an_element_s_visible_text_is_one_line(markup: str, expected: str) -> None:
    heading = lxml.html.document_fromstring(f"<body>{markup}</body>").find(".//h1")
    assert heading is not None
    assert element_text(heading) == expected


def test_a_huge_element_is_read_in_part() -> None:
    heading = lxml.html.fromstring("<h1>" + "<b>word </b>" * 100_000 + "</h1>")
    assert 100 < len(element_text(heading)) < 5_000
