from __future__ import annotations

import pytest

from crawler.extraction.metadata.field_text import field_text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Zerst&ouml;rt &amp; verkauft", "Zerstört & verkauft"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("&lt;p&gt;Here&amp;#x27;s a look&lt;/p&gt;", "Here\u2019s a look"),
        ("A <b>bold</b> claim<br>made", "A bold claim made"),
        (" one\n\t two ", "one two"),
        ("AT&T and R&D", "AT&T and R&D"),
        ("1 < 2 > 0", "1 \u2039 2 \u203a 0"),
        ("", None),
        (" \n ", None),
        ("<p></p>", None),
    ],
)
def test_a_value_becomes_one_line_of_text(value: str, expected: str | None) -> None:
    assert field_text(value, 100) == expected


def test_a_tag_that_the_text_is_about_stays_as_text() -> None:
    text = field_text("How to centre a <div> today", 100)
    assert text is not None
    assert "div" in text
    assert "<div" not in text


def test_a_long_value_is_cut_to_the_limit() -> None:
    text = field_text("word " * 100_000, 20)
    assert text is not None
    assert len(text) <= 20
