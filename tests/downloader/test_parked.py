from __future__ import annotations

import pytest

from crawler.downloader.outcome import parked
from crawler.states import State

NEWS = "http://news.example/bridge"
SOLD = [
    "https://www.hugedomains.com/domain_profile.cfm?d=news.example",
    "https://www.sedo.com/search/details/?domain=news.example",
    "https://www.godaddy.com/forsale/news.example?utm_source=x",
    "https://ww1.sedoparking.com/",
]
LANDERS = [
    '<script src="https://www.google.com/adsense/domains/caf.js"></script>',
    "<script type=text/javascript src=//img1.wsimg.com/parking-lander/static/js/main.js></script>",
    "<SCRIPT async SRC='//d1.parkingcrew.net/jsparkcaf.php?x'></SCRIPT>",
]


@pytest.mark.parametrize("url", SOLD)
def test_a_name_that_redirects_to_where_it_is_sold_is_parked(url: str) -> None:
    told = parked(NEWS, url, b"")
    assert told is not None
    assert told.startswith("parked: redirected to ")


@pytest.mark.parametrize("url", SOLD)
def test_whoever_asks_the_market_itself_gets_its_page(url: str) -> None:
    assert parked(url, url, b"") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.godaddy.com/resources/how-a-name-was-sold",
        "https://sedo.com/us/news/prices-of-names/",
        "https://hugedomains.com.news.example/domain_profile.cfm",
        "https://other.example/forsale/house",
    ],
)
def test_a_redirect_to_an_article_is_not_parked(url: str) -> None:
    assert parked(NEWS, url, b"<p>Text.") is None


@pytest.mark.parametrize("script", LANDERS)
def test_a_page_that_loads_the_script_of_a_parking_service_is_parked(script: str) -> None:
    told = parked(NEWS, NEWS, f"<html><head>{script}</head></html>".encode())
    assert told is not None
    assert told.startswith("parked: loads a script of ")


@pytest.mark.parametrize(
    "text",
    [
        "<p>Sedoparking.com and https://www.google.com/adsense/domains/caf.js are for names.",
        "<pre>&lt;script src=https://www.google.com/adsense/domains/caf.js></pre>",
        '<script src="https://www.google.com/adsense/search/ads.js"></script>',
        '<script src="https://notbodis.com/x.js"></script>',
        '<a href="https://www.bodis.com/">Bodis</a> <p>This domain is for sale!',
    ],
)
def test_an_article_about_parking_is_an_article(text: str) -> None:
    assert parked(NEWS, NEWS, text.encode()) is None


def test_what_is_parked_is_lost() -> None:
    assert State.PARKED.is_lost
    assert not State.PARKED.is_transient
