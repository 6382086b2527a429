from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.urls import canonical, registered_domain
from crawler.urls.canonical import plain_host

_hosts = st.from_regex(r"[a-z0-9-]{1,9}(\.[a-z0-9-]{1,9}){1,3}", fullmatch=True)
_rests = st.from_regex(r"(/[A-Za-z0-9._~/-]{0,9})?", fullmatch=True)
_urls = st.builds("{}://{}{}".format, st.sampled_from(["http", "https"]), _hosts, _rests)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://news.example/2024/a-b_c.html", "news.example"),
        ("http://www.news-site.example", "www.news-site.example"),
        ("https://news.example/a?b", None),
        ("https://news.example:443/a", None),
        ("https://user@news.example/a", None),
        ("https://news.example/a%20b", None),
        ("https://News.example/a", None),
        ("https://xn--bcher-kva.example/a", None),
        ("https://192.0.2.1/a", None),
        ("https://localhost/a", None),
        ("https://news.example/a\n", None),
        ("ftp://news.example/a", None),
        ("news.example/a", None),
    ],
)
def test_a_url_is_plain_where_nothing_has_to_be_cleaned(url: str, host: str | None) -> None:
    assert plain_host(url) == host


@given(_urls)
@example("https://a.example/../b//./")
@example("https://a-.example")
@example("https://1.com")
def test_a_plain_url_is_what_the_whole_way_makes_of_it(url: str) -> None:
    host = plain_host(url)
    if host is None:
        return
    with pytest.MonkeyPatch.context() as whole_way:
        for module in (canonical, registered_domain):
            whole_way.setattr(module, "plain_host", lambda _: None)
        assert canonical.clean_url(url) == url
        domain = registered_domain.registered_domain(url)
    assert registered_domain.registered_domain(url) == domain
    assert registered_domain._host(url) == host
