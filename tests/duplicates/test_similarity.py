from __future__ import annotations

import pytest

from crawler.duplicates import Shingles, Similarity, similarity


def text(first: int, last: int, figures: str = "") -> Shingles:
    """A text of numbered runs, with these figures."""
    return Shingles(frozenset(map(str, range(first, last))), frozenset(figures))


def test_similarity_is_what_is_common_of_both_and_of_the_shorter() -> None:
    found = similarity(text(0, 60), text(20, 120))
    assert (found.resemblance, found.containment) == (40 / 120, 40 / 60)
    assert similarity(text(20, 120), text(0, 60)) == found


def test_texts_without_a_run_have_nothing_in_common() -> None:
    assert similarity(text(0, 0), text(0, 0)) == Similarity(0.0, 0.0)
    assert not similarity(text(0, 0), text(0, 9)).are_copies


@pytest.mark.parametrize(
    ("one", "other", "are_copies"),
    [
        (text(0, 100), text(0, 100), True),
        (text(0, 100), text(0, 45), True),  # a copy that is cut
        (text(0, 100), text(0, 35), False),  # a teaser
        (text(0, 100), text(25, 125), True),  # a fourth is other: gone over
        (text(0, 100), text(45, 145), False),  # nearly half is other: by one template
    ],
)
def test_a_copy_is_mostly_in_the_other_text_and_a_good_part_of_it(
    one: Shingles, other: Shingles, *, are_copies: bool
) -> None:
    assert similarity(one, other).are_copies is are_copies


def test_texts_with_many_figures_are_copies_only_if_these_are_the_same() -> None:
    assert not similarity(text(0, 100, "12345678"), text(0, 90, "1234abcd")).are_copies
    assert similarity(text(0, 100, "12345678"), text(0, 90, "1234567d")).are_copies
    assert similarity(text(0, 100, "1234"), text(0, 90, "1abc")).are_copies  # these are few


def test_only_texts_that_are_the_same_are_wholly_similar() -> None:
    assert similarity(text(0, 1000), text(0, 999)).similarity == 0.99
    assert similarity(text(0, 100), text(0, 71)).similarity == 0.71
