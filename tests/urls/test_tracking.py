from __future__ import annotations

import pytest

from crawler.urls.canonical import TRACKING_PARAMETERS, without_tracking


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("", ""),
        ("utm_source=a&utm_medium=b&utm_anything=c", ""),
        ("b=2&fbclid=x&a=1&GCLID=y&c", "b=2&a=1&c"),
        ("utm%5Fsource=a&id=%e9%2F+x", "id=%e9%2F+x"),
        ("a=1&&b=2&", "a=1&&b=2&"),
        ("a=utm_source=x", "a=utm_source=x"),
        ("WT.mc_id=a&_hsenc=b&mc_cid=c&v=d", "v=d"),
    ],
)
def test_tracking_goes_and_the_rest_stays_as_it_is(query: str, rest: str) -> None:
    assert without_tracking(query) == rest


@pytest.mark.parametrize(
    "name",
    ["id", "p", "page", "v", "q", "s", "ref", "source", "cid", "amp", "lang", "article", "story"],
)
def test_parameters_that_select_content_somewhere_stay(name: str) -> None:
    assert without_tracking(f"{name}=1") == f"{name}=1"


def test_names_are_in_lower_case_as_they_are_compared() -> None:
    assert all(name == name.lower() for name in TRACKING_PARAMETERS)
