from __future__ import annotations

import pytest

from crawler.extraction.metadata.page_links import amp_url, canonical_url

PAGE = "https://news.example/politics/story?id=5"


@pytest.mark.parametrize(
    ("hrefs", "expected"),
    [
        (["/politics/story"], "https://news.example/politics/story"),
        (["https://other.example/a"], "https://other.example/a"),
        (["https://news.example/", "/politics/story"], "https://news.example/politics/story"),
        (["javascript:alert(1)", ""], None),
        (["https://news.example"], None),
        ([], None),
    ],
)
def test_a_canonical_address_is_absolute_and_no_front_page(
    hrefs: list[str], expected: str | None
) -> None:
    assert canonical_url(hrefs, PAGE, PAGE) == expected


def test_a_front_page_is_its_own_canonical() -> None:
    home = "https://news.example/"
    assert canonical_url([home], home, home) == home


def test_the_first_usable_amp_address_counts() -> None:
    assert amp_url(["data:text/html,x", "/amp/story"], PAGE) == "https://news.example/amp/story"
