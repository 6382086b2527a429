from __future__ import annotations

import pytest

from crawler.output.entry import first_sentences


@pytest.mark.parametrize(
    ("markdown", "limit", "excerpt"),
    [
        ("One. Two! Three?", 10, "One. Two!"),
        ("One. Two! Three?", 100, "One. Two! Three?"),
        ("## H\n\n- a\n\n> b\n\nA **bold** [link](https://a.example/).", 99, "A bold link."),
        ("First.\n\nSecond.", 99, "First. Second."),
        ("A sentence without an end goes on and on", 20, "A sentence without\u2026"),
        ("He paid 1.50 dollars today. More.", 15, "He paid 1.50\u2026"),
        ("\u201cYes.\u201d He left at once.", 8, "\u201cYes.\u201d"),
        ("\u53f0\u98ce\u6765\u3002\u591a\u5730\u3002", 5, "\u53f0\u98ce\u6765\u3002"),
        ("x" * 50, 10, "x" * 9 + "\u2026"),
        ("AT\\&T &lt;b> rises.", 99, "AT&T \u2039b\u203a rises."),
    ],
)  # fmt: skip
def test_the_first_sentences_that_fit(markdown: str, limit: int, excerpt: str) -> None:
    assert first_sentences(markdown, limit) == excerpt
    assert len(excerpt) <= limit


@pytest.mark.parametrize("markdown", ["", "# Head", "- a\n- b", "| a | b |\n| --- | --- |"])
def test_without_prose_there_is_none(markdown: str) -> None:
    assert first_sentences(markdown) is None
