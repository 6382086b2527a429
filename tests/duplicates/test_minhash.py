from __future__ import annotations

import random

import pytest

from crawler.duplicates import bands_of, estimate, may_resemble, minhash_of


def runs(first: int, last: int) -> list[str]:
    return [f"run number {number} é" for number in range(first, last)]


def test_a_minhash_does_not_depend_on_the_order_of_the_runs() -> None:
    given = runs(0, 300)
    mixed = random.Random(3).sample(given, len(given))
    assert minhash_of(given) == minhash_of(mixed + mixed[:20])
    assert len(minhash_of(given)) == 256


def test_lone_surrogates_have_a_minhash() -> None:
    assert len(minhash_of(["a \ud800 b"])) == 256


@pytest.mark.parametrize(("common", "share"), [(300, 1.0), (200, 0.5), (100, 0.2), (0, 0.0)])
def test_minhashes_tell_how_much_the_texts_resemble_each_other(common: int, share: float) -> None:
    one, other = minhash_of(runs(0, 300)), minhash_of(runs(300 - common, 600 - common))
    assert estimate(one, other) == pytest.approx(share, abs=0.15)
    assert may_resemble(one, other, share)


def test_what_is_far_from_alike_may_not_resemble() -> None:
    assert not may_resemble(minhash_of(runs(0, 300)), minhash_of(runs(280, 580)), 0.4)


def found(share: float, *, pairs: int = 300) -> float:
    """How many of such pairs of texts, which resemble each other by `share`, have a common band."""
    size = 200
    common = round(2 * size * share / (1 + share))
    hits = 0
    for pair in range(pairs):
        start = pair * 1_000
        one = bands_of(minhash_of(runs(start, start + size)))
        other = bands_of(minhash_of(runs(start + size - common, start + 2 * size - common)))
        hits += not set(one).isdisjoint(other)
    return hits / pairs


def test_alike_texts_share_a_band_and_others_do_not() -> None:
    assert found(0.4) >= 0.93
    assert found(0.5) >= 0.98
    assert found(0.7) == 1.0
    assert found(0.02) <= 0.04


def test_a_value_in_another_band_is_another_one() -> None:
    assert len(set(bands_of(bytes(256)))) == 20
