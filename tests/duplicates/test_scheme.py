from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crawler.duplicates import likeness, scheme, sketch, wording

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    scheme.scheme.cache_clear()
    yield
    scheme.scheme.cache_clear()


def test_a_scheme_has_the_same_name_each_time() -> None:
    first = scheme.scheme()
    scheme.scheme.cache_clear()
    assert scheme.scheme() == first


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (wording, "_WORDS", 4),
        (wording, "_CHARACTERS", 9),
        (sketch, "_SEED", 2),
        (sketch, "_BANDS", 16),
        (scheme, "_LIMITS", (1, 2)),
    ],
)
def test_another_way_to_find_copies_has_another_name(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, value: object
) -> None:
    before = scheme.scheme()
    scheme.scheme.cache_clear()
    monkeypatch.setattr(module, name, value)
    assert scheme.scheme() != before


def test_every_limit_is_part_of_the_scheme() -> None:
    limits = {
        value
        for name, value in vars(likeness).items()
        if name.isupper() and name[0] != "_" and name != "TYPE_CHECKING"
    }
    assert set(scheme._LIMITS) == limits
