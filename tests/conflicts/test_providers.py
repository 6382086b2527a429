from __future__ import annotations

import pytest

from crawler.conflicts.compare import domains_agree, names_agree

URLS = ("https://www.news.example-courier.co.uk/town/bridge", "http://example-courier.co.uk/2")


@pytest.mark.parametrize(
    "name",
    [
        "The Example Courier",
        "Example Courier",
        "EXAMPLE COURIER.",
        "ExampleCourier",
        "The Example Courier Online",
        "example-courier.co.uk",
        "example-courier",
        "TEC",
        "EC",
    ],
)
def test_a_site_has_names_that_people_take_for_one(name: str) -> None:
    assert names_agree(name, ["The Example Courier"], URLS)


@pytest.mark.parametrize("name", ["Armed robbery in Revesby", "Morning Post", "Th", "!", "CE"])
def test_another_name_is_another_ones(name: str) -> None:
    assert not names_agree(name, ["The Example Courier"], URLS)


def test_a_name_may_be_that_of_the_domain_alone() -> None:
    assert names_agree("Microsoft", ["Power Apps Blog"], ["https://powerapps.microsoft.com/x"])


@pytest.mark.parametrize(
    "domain",
    ["example-courier.co.uk", "WWW.Example-Courier.co.uk", "https://m.example-courier.co.uk/"],
)
def test_domains_agree_by_who_registered_them(domain: str) -> None:
    assert domains_agree(domain, URLS)


@pytest.mark.parametrize("domain", ["co.uk", "courier.co.uk", "example-courier.com", ""])
def test_another_registered_domain_is_another_one(domain: str) -> None:
    assert not domains_agree(domain, URLS)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("HS Today", "Homeland Security Today"),
        ("HSToday |", "Homeland Security Today -"),
        ("CS Monitor", "The Christian Science Monitor"),
        ("LA Times", "Los Angeles Times"),
        ("BBC News", "British Broadcasting Corporation News"),
        ("Reuters |", "Reuters"),
    ],
)
def test_house_styles_of_a_name_are_that_name_either_way_round(name: str, whole: str) -> None:
    assert names_agree(name, [whole], ["https://news.example/a"])
    assert names_agree(whole, [name], ["https://news.example/a"])


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("US Today", "United Today"),
        ("HS Today", "Health Safety Tomorrow"),
        ("NB Times", "Nairobi Times"),
        ("Daily Mail", "Daily Mirror"),
        ("MS Today", "Homeland Security Today"),
    ],
)
def test_initials_of_other_words_are_another_name(name: str, other: str) -> None:
    assert not names_agree(name, [other], ["https://news.example/a"])
    assert not names_agree(other, [name], ["https://news.example/a"])
