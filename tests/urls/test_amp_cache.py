from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls.aliases import origin_of_amp_cache

_CDN = "https://www-example-com.cdn.ampproject.org"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (f"{_CDN}/c/s/www.example.com/amp/x.html", "https://www.example.com/amp/x.html"),
        (f"{_CDN}/c/www.example.com/amp/x", "http://www.example.com/amp/x"),
        (f"{_CDN}/v/s/www.example.com/x?amp_js_v=0.1&id=7", "https://www.example.com/x?id=7"),
        (f"{_CDN}/wp/s/www.example.com/x", "https://www.example.com/x"),
        (f"{_CDN}/i/s/www.example.com/x.jpg", "https://www.example.com/x.jpg"),
        (f"{_CDN}/c/s/www.example.com:8443/x", "https://www.example.com:8443/x"),
        (f"{_CDN}/c/s/www.example.com", "https://www.example.com"),
        (f"{_CDN}/c/s/www.example.com%2Famp%2Fx%3Fid%3D7", "https://www.example.com/amp/x?id=7"),
        ("https://cdn.ampproject.org/c/s/example.org/x", "https://example.org/x"),
        ("http://CDN.AMPPROJECT.ORG/c/s/example.org/x", "https://example.org/x"),
        ("https://www.google.com/amp/s/www.example.com/x", "https://www.example.com/x"),
        ("https://google.com/amp/www.example.com/x", "http://www.example.com/x"),
        ("https://www.google.co.uk/amp/s/example.com/x%3famp=1", "https://example.com/x?amp=1"),
        ("https://www.google.com.au/amp/s/example.com/x", "https://example.com/x"),
        ("https://www.google.de/amp/s/example.com/x?usqp=mq331&b=1", "https://example.com/x?b=1"),
        ("https://www.google.com/amp/s%2Fexample.com%2Fx", "https://example.com/x"),
        ("https://www.google.com/amp/s/example.com/x%3fa=1?b=2", "https://example.com/x?a=1&b=2"),
        ("https://www.google.com/amp/s/example.com/x?a=1#aoh=2", "https://example.com/x?a=1"),
        (
            "https://www-example-com.bing-amp.com/c/s/www.example.com/x",
            "https://www.example.com/x",
        ),
        (
            "https://www.google.com/amp/s/example-com.cdn.ampproject.org/c/s/example.com/x",
            "https://example.com/x",
        ),
        (
            "https://cdn.ampproject.org/c/s/m%C3%BCnchen.de/x",
            "https://xn--mnchen-3ya.de/x",
        ),
    ],
)
def test_the_origin_behind_an_amp_cache_is_found(url: str, origin: str) -> None:
    assert origin_of_amp_cache(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/amp/s/www.example.org/",
        "https://www.google.com/search?q=amp",
        "https://www.google.com/amp/",
        "https://www.google.com/amp/s/",
        "https://www.google.com/amp/s/localhost/x",
        "https://www.google.com/amp/s/10.0.0.1/x",
        "https://www.google.com/amp/s/user@example.com/x",
        "https://www.google.com/amp/s/-example.com/x",
        "https://www.google.com/amp/s/javascript:alert(1)",
        "https://www.google.evil.com/amp/s/example.com/x",
        "https://google.com.evil.org/amp/s/example.com/x",
        "https://cdn.ampproject.org.evil.org/c/s/example.com/x",
        "https://evilcdn.ampproject.org/c/s/example.com/x",
        "https://cdn.ampproject.org/v0/amp-carousel-0.1.js",
        "https://cdn.ampproject.org/v0.js",
        "https://cdn.ampproject.org/c/s/[::1]/x",
        "http://[::1",
        "",
    ],
)
def test_everything_else_has_no_origin(url: str) -> None:
    assert origin_of_amp_cache(url) is None


@given(st.text(st.sampled_from("as./%2F3f?#@:[]\\\x00é\ud800"), max_size=40))
def test_an_origin_is_never_an_amp_cache_again(rest: str) -> None:
    origin = origin_of_amp_cache(f"https://www.google.com/amp/{rest}")
    assert origin is None or origin.startswith(("http://", "https://"))
    assert origin is None or origin_of_amp_cache(origin) is None
