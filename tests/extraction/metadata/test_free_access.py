from __future__ import annotations

import pytest

from crawler.extraction.metadata.field_choice import free_flag, free_tier


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(("True", True), ("true", True), ("https://schema.org/True", True)),
        *(("False", False), ("http://schema.org/False/", False), ("maybe", None), ("", None)),
    ],
)
def test_a_boolean_is_read_in_all_its_forms(value: str, *, expected: bool | None) -> None:
    assert free_flag(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("free", True), ("Metered", False), ("locked", False), ("premium-ish", None)],
)
def test_a_content_tier_says_who_can_read(value: str, *, expected: bool | None) -> None:
    assert free_tier(value) is expected
