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
