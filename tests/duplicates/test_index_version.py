from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler import duplicates

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    duplicates.index_version.cache_clear()
    yield
    duplicates.index_version.cache_clear()


def test_an_index_version_has_the_same_name_each_time() -> None:
    first = duplicates.index_version()
    duplicates.index_version.cache_clear()
    assert duplicates.index_version() == first


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
    before = duplicates.index_version()
    duplicates.index_version.cache_clear()
    monkeypatch.setattr(duplicates, name, value)
    assert duplicates.index_version() != before


def test_every_limit_is_part_of_the_index_version() -> None:
    limits = {
        value
        for name, value in vars(duplicates).items()
        if name.isupper() and name[0] != "_" and type(value) in {int, float}
    }
    assert set(duplicates._LIMITS) == limits
