from __future__ import annotations

import unicodedata

import pytest

from crawler.duplicates import shingles

SENTENCE = "The old bridge over the weir stays open until the second week of September"


def test_the_runs_of_a_text_are_of_five_words() -> None:
    assert shingles("The old bridge stays open, again!").runs == {
        "the old bridge stays open",
        "old bridge stays open again",
    }


@pytest.mark.parametrize(
    "other",
    [
        SENTENCE.upper(),
        SENTENCE.replace(" ", " *", 1).replace(" ", "* ", 1),
        SENTENCE.replace("bridge", "[bridge](https://a.example/very/long)"),
        SENTENCE.replace(" ", "\n\n> "),
    ],
)
def test_letter_case_markup_and_link_targets_do_not_count(other: str) -> None:
    assert shingles(other) == shingles(SENTENCE)


def test_composed_and_decomposed_letters_are_the_same() -> None:
    text = "Où dînèrent les élèves à Noël passé ?"
    assert shingles(unicodedata.normalize("NFD", text)) == shingles(text)


@pytest.mark.parametrize("text", ["海岛渡轮冬季将继续运行一年", "ชาวบ้านช่วยกันปลูก"])
def test_where_a_script_has_no_spaces_a_run_is_of_ten_characters(text: str) -> None:
    runs = shingles(text).runs
    assert " ".join(text[:10]) in runs
    assert len(runs) == len(text) - 9


def test_a_few_foreign_characters_in_a_text_do_not_make_it_one_without_spaces() -> None:
    assert (
        "called 渡 轮 on the" in shingles("It is called 渡轮 on the island and nowhere else").runs
    )


def test_figures_are_the_words_with_a_digit() -> None:
    text = "On 4 May the 3rd ship of line B12 sold 1,204 tickets in half an hour"
    assert shingles(text).figures == {"4", "3rd", "b12", "1", "204"}


def test_an_endless_text_is_read_to_some_point() -> None:
    text = " ".join(f"word{number}" for number in range(400_000))
    assert 5_000 < len(shingles(text).runs) < 20_000


@pytest.mark.parametrize("text", ["", "Only four words here", "# !"])
def test_a_text_that_is_shorter_than_a_run_has_none(text: str) -> None:
    assert shingles(text).runs == frozenset()
