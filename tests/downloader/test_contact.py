from __future__ import annotations

import pytest

from crawler.downloader.contact import Surroundings, names_a_contact, user_agent


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_contact_is_named_in_the_user_agent() -> None:
    assert user_agent("https://example.com/bot").endswith(" (+https://example.com/bot)")
    assert names_a_contact(user_agent("https://example.com/bot"))
    assert names_a_contact(user_agent("crawler@example.com"))


def test_without_a_contact_there_is_only_the_product() -> None:
    assert user_agent(" ") == user_agent("")
    assert not names_a_contact(user_agent(""))


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://www.example.com/", True),
        ("http://8.8.8.8/", True),
        ("http://localhost:8000/", False),
        ("http://site.localhost/", False),
        ("http://127.0.0.1/", False),
        ("http://[::1]:80/", False),
        ("http://10.1.2.3/", False),
        ("http://192.168.0.9/", False),
    ],
)
def test_what_leaves_for_a_network_of_others(url: str, *, public: bool) -> None:
    assert Surroundings().is_public(url) is public


def test_a_proxy_on_loopback_keeps_requests_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:8899")
    assert not Surroundings().is_public("http://www.example.com/")
    assert Surroundings().is_public("https://www.example.com/")


def test_a_proxy_elsewhere_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example.com:3128")
    assert Surroundings().is_public("https://www.example.com/")
    assert Surroundings().is_public("https://127.0.0.1/")
