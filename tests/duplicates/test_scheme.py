from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler import duplicates

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    duplicates.scheme.cache_clear()
    yield
    duplicates.scheme.cache_clear()


def test_a_scheme_has_the_same_name_each_time() -> None:
    first = duplicates.scheme()
    duplicates.scheme.cache_clear()
    assert duplicates.scheme() == first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_WORDS", 4),
        ("_CHARACTERS", 9),
        ("_SEED", 2),
        ("_BANDS", 16),
        ("_LIMITS", (1, 2)),
    ],
)
def test_another_way_to_find_copies_has_another_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    before = duplicates.scheme()
    duplicates.scheme.cache_clear()
    monkeypatch.setattr(duplicates, name, value)
    assert duplicates.scheme() != before


def test_every_limit_is_part_of_the_scheme() -> None:
    limits = {
        value
        for name, value in vars(duplicates).items()
        if name.isupper() and name[0] != "_" and type(value) in {int, float}
    }
    assert set(duplicates._LIMITS) == limits
