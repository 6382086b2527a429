from __future__ import annotations

import pytest

from crawler.extraction.metadata.authors import is_like_a_name


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee",
        "ANN LEE",
        "Bo van der Ek",
        "Ann O'Neill",
        "J. R. Smith-Jones",
        "Анна Ли",
        "Lê Phương",
    ],
)
def test_a_full_name_is_like_a_name(text: str) -> None:
    assert is_like_a_name(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Ann", "ann lee", "the Bridge stays", "Ann Lee 5", "Ann Lee: Bridge", "Read More"),
        *("Ann Lee Bo Ek Cy Day", "Senior Reporter", "Filed Under", "Ann Lee, Bo Ek"),
    ],
)
def test_what_is_no_full_name_is_not(text: str) -> None:
    assert not is_like_a_name(text)
