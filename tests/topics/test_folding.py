from __future__ import annotations

import pytest

from crawler.topics import fold, is_whole, text_of_markdown


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Machine-\u00adLearning\n", "machine learning"),
        ("E\u2011Mail \u2014 e_mail", "e mail e mail"),
        ("STRASSE stra\u00dfe", "strasse strasse"),
        ("O\u2019Neill", "o'neill"),
        ("\uff21\uff29", "ai"),
        ("Cafe\u0301", "caf\u00e9"),
        ("C++ C# .NET", "c++ c# .net"),
    ],
)
def test_texts_are_folded_into_one_form(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "keyword", "is_found"),
    [
        ("the art of it", "art", True),
        ("the start", "art", False),
        ("the arts", "art", False),
        ("art's end", "art", True),
        ("5g networks", "5g", True),
        ("15g sugar", "5g", False),
        ("written in c++11", "c++", True),
        ("asp.net core", ".net", True),
        ("\u53f0\u98ce\u903c\u8fd1\u4e1c\u4eac", "\u4e1c\u4eac", True),
        ("\u65b0ai\u6280\u8853", "ai", True),
        ("\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22", "\u0e44\u0e17\u0e22", True),
        ("\u0e01\u0e33\u0e25\u0e31\u0e07", "\u0e01\u0e33\u0e25", False),  # would cut a vowel off
        ("\uc0bc\uc131\uc804\uc790\uac00 \uc624\ub298", "\uc0bc\uc131\uc804\uc790", True),
        ("\uad6d\uc0bc\uc131\uc804\uc790", "\uc0bc\uc131\uc804\uc790", False),
        ("\uc218\uc790\uc6d0", "\uc218", False),  # one syllable begins too many words
        ("caf\u00e9s", "caf", False),
        ("naive\u0323", "naive", False),
    ],
)
def test_a_keyword_is_found_as_a_whole_word_only(text: str, keyword: str, is_found: bool) -> None:
    start = text.index(keyword)
    assert is_whole(text, start, start + len(keyword)) is is_found


def test_of_markdown_only_what_is_shown_is_text() -> None:
    markdown = (
        "## A *new* [**Power** Apps](https://apple.example/orange) &amp; C\\#\n\n"
        "![A \\[bridge\\]](https://a.example/banana.jpg) `code`"
    )
    shown = text_of_markdown(markdown)
    assert shown == "## A new Power Apps & C#\n\n!A [bridge] code"
