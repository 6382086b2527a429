from __future__ import annotations

import pytest

from crawler.extraction.article import (
    content_hash,
    count_characters,
    count_words,
    reading_minutes,
    words,
)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", []),
        ("Hello, *big* world.", ["Hello", "big", "world"]),
        ("日本語 and 한국어", ["日", "本", "語", "and", "한국어"]),
        ("ไทย ລາວ", ["ไ", "ท", "ย", "ລ", "າ", "ວ"]),
        ("See [the report](https://example.org/a-b_c?d=1).", ["See", "the", "report"]),
        ("![A cat](https://example.org/cat.jpg)", ["A", "cat"]),
        ("AT&amp;T &#123;x}", ["AT", "T", "x"]),
        ("# 1986\\. A year", ["1986", "A", "year"]),
    ],
)
def test_words_are_those_a_reader_sees(markdown: str, expected: list[str]) -> None:
    assert list(words(markdown)) == expected
    assert count_words(markdown) == len(expected)


@pytest.mark.parametrize(
    ("markdown", "minutes"),
    [
        ("", 0),
        ("* * *", 0),
        ("word", 1),
        ("word " * 230 * 3, 3),
        ("字" * 1_000, 2),
        ("word " * 230 + "字" * 500, 2),
    ],
)
def test_reading_takes_whole_minutes(markdown: str, minutes: int) -> None:
    assert reading_minutes(markdown) == minutes


@pytest.mark.parametrize(
    "other",
    [
        "hello  world",
        "**Hello**, world!",
        "[Hello](https://example.org/) world",
        "HELLO\n\nWORLD",
    ],
)
def test_the_same_words_have_the_same_hash(other: str) -> None:
    assert content_hash(other) == content_hash("Hello world")


def test_the_hash_does_not_depend_on_unicode_composition() -> None:
    assert content_hash("Caf\u00e9") == content_hash("Cafe\u0301")


@pytest.mark.parametrize("other", ["Hello", "world Hello", "Helloworld", "Hello worlds"])
def test_other_words_have_another_hash(other: str) -> None:
    assert content_hash(other) != content_hash("Hello world")


def test_a_text_without_words_has_no_hash() -> None:
    assert content_hash("* * *") is None


def test_the_characters_of_scripts_without_spaces_are_counted() -> None:
    assert count_characters("渡轮 ferry ไทย かな") == 2 + 3 + 2
    assert count_characters("ferry, паром, فيري") == 0
