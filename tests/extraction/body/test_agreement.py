from __future__ import annotations

import pytest

from crawler.extraction.body.second_opinion import agreement, shingles


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("a b c d e", "A b c d e".replace("A", "a"), 1.0),
        ("a b c d e", "v w x y z", 0.0),
        ("a b c d e", "a b c d", 2 / 3),
        ("a b c d a b c d", "a b c d", 2 / 6),
        ("a b", "a b", 1.0),
        ("", "a b", 0.0),
        ("", "", 0.0),
        ("市議会は火曜日", "市議会は火曜日", 1.0),
    ],
)
def test_agreement_is_the_share_of_runs_of_four_words(one: str, other: str, share: float) -> None:
    assert agreement(shingles(one), shingles(other)) == pytest.approx(share)


def test_a_long_text_is_compared_by_its_beginning() -> None:
    text = "one two three four five " * 10_000
    assert shingles(text + "six seven eight nine") == shingles(text)
