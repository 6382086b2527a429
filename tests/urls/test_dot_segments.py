from __future__ import annotations

import pytest

from crawler.urls.canonical import plain_host, without_dot_segments


@pytest.mark.parametrize(
    ("path", "resolved"),
    [
        ("/./a", "/a"),
        ("/x/../a", "/a"),
        ("/x/%2e%2e/a", "/a"),
        ("/x/.%2E/a", "/a"),
        ("/x/%2E./a", "/a"),
        ("/%2e/a", "/a"),
        ("/a/..", "/"),
        ("/a/b/..", "/a/"),
        ("/a/.", "/a/"),
        ("/..", "/"),
        ("/../../../a", "/a"),
        ("/a//../b", "/a/b"),
        ("/a/b/../../c/./d/", "/c/d/"),
        ("/x/../a?u=/b/../c", "/a?u=/b/../c"),
        ("/x/../a#/../b", "/a#/../b"),
    ],
)
def test_they_are_resolved_as_in_a_browser(path: str, resolved: str) -> None:
    url = f"http://news.example{path}"
    assert without_dot_segments(url) == f"http://news.example{resolved}"
    assert plain_host(url) is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/a", "/.well-known/x", "/a./b", "/...", "/a..b", "/..;/a", "/%252e%252e/a"),
        *("/..%2fa", "?u=/../a", "#/../a", "/a?/./b", "//a//"),
    ],
)
def test_all_else_stays_as_it_is(path: str) -> None:
    assert without_dot_segments(f"https://news.example:8443{path}") == (
        f"https://news.example:8443{path}"
    )
