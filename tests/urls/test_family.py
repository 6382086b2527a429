from __future__ import annotations

import pytest

from crawler.urls.aliases import UrlFamily, url_family


def test_amp_pages_come_last_and_caches_give_way_to_their_origin() -> None:
    family = url_family(
        ["https://example.com/a", "https://example.org/a"],
        ["https://example.com/a/amp", "https://cdn.ampproject.org/c/s/example.com/amp/a"],
    )
    assert family == UrlFamily(
        urls=(
            "https://example.com/a",
            "https://example.org/a",
            "https://example.com/a/amp",
            "https://example.com/amp/a",
        ),
        amp_from=2,
    )
    assert family.key == "example.com/a"
    assert family.keys == (
        "example.com/a",
        "example.org/a",
        "example.com/a/amp",
        "example.com/amp/a",
    )


def test_an_amp_cache_among_the_plain_urls_counts_as_amp() -> None:
    family = url_family(["https://www.google.com/amp/s/example.com/amp/a", "https://example.com/a"])
    assert family.urls == ("https://example.com/a", "https://example.com/amp/a")
    assert family.amp_from == 1


def test_a_plain_url_that_the_item_also_names_as_amp_counts_as_amp() -> None:
    family = url_family(
        ["https://example.com/a/amp", "https://example.com/a"], ["https://example.com/a/amp/"]
    )
    assert family.urls == ("https://example.com/a", "https://example.com/a/amp")
    assert family.amp_from == 1


def test_of_two_schemes_https_stays_at_the_place_of_the_first() -> None:
    family = url_family(
        ["http://example.com/a", "https://example.com/b", "https://www.example.com/a/"]
    )
    assert family.urls == ("https://www.example.com/a/", "https://example.com/b")


def test_repetitions_go_and_the_first_spelling_stays() -> None:
    family = url_family(["https://www.example.com/a?utm_source=x", "https://example.com/a"])
    assert family.urls == ("https://www.example.com/a",)
    assert family.amp_from == 1


def test_only_amp_pages_make_a_family_too() -> None:
    family = url_family([], ["https://example.com/amp/a"])
    assert family.urls == ("https://example.com/amp/a",)
    assert family.amp_from == 0


def test_no_url_makes_no_family() -> None:
    with pytest.raises(ValueError, match="at least one URL"):
        url_family([])


def test_a_redirector_that_says_where_it_leads_gives_way_to_that() -> None:
    alert = "https://www.google.com/url?sa=t&url=https://news.example/a&ct=ga"
    amp = "https://www.google.com/url?url=https://www.google.com/amp/s/news.example/amp/a"
    family = url_family([alert, amp, "https://bit.ly/x"])
    assert family.urls == (
        "https://news.example/a",
        "https://bit.ly/x",
        "https://news.example/amp/a",
    )
    assert family.amp_from == 2
