from __future__ import annotations

import pytest

from crawler.extraction.metadata.authors import is_job, is_newsroom


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Senior Reporter", True),
        ("Editor at large", True),
        ("Korrespondentin", True),
        ("AP National Political Writer", True),
        ("Ann Lee", False),
        ("The Editor and Publisher of the Town's Weekly", False),
    ],
)
def test_a_job_is_known_by_its_first_or_last_word(text: str, *, expected: bool) -> None:
    assert is_job(text) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Redaktion", True), ("La Rédaction", True), ("STAFF", True), ("Ann Staff", False)],
)
def test_a_newsroom_is_nobody(name: str, *, expected: bool) -> None:
    assert is_newsroom(name) is expected
