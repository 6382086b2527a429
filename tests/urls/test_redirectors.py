"""Which URLs lead on, and where those say so themselves."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from crawler.urls.redirectors import must_be_asked, publisher_url, target_told

PAGE = "https://news.example/2024/05/14/bridge?id=7"


def google_id(url: str, *, amp: str = "", head: bytes = b"\x08\x13\x22") -> str:
    def part(text: str) -> bytes:
        length = len(text)
        size = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
        return size + text.encode()

    message = head + part(url) + (b"\xd2\x01" + part(amp) if amp else b"\xd2\x01\x00")
    return urlsafe_b64encode(message).decode().rstrip("=")


@pytest.mark.parametrize(
    "path",
    ["/articles/{}", "/rss/articles/{}?oc=5", "/__i/rss/rd/articles/{}?oc=5", "/read/{}?hl=en"],
)
@pytest.mark.parametrize("page", [PAGE, PAGE + "&" + "x" * 200])
def test_an_old_id_of_google_news_has_the_address_in_it(path: str, page: str) -> None:
    amp = "https://news.example/amp/bridge"
    url = "https://news.google.com" + path.format(google_id(page, amp=amp))
    assert target_told(url) == page
    assert must_be_asked(url)


@pytest.mark.parametrize(
    "article_id",
    [
        google_id("AU_yqLNvMBqkZ4Fz6Y1kqYTm9Yd5sQvVh2mW0fKc"),
        google_id("javascript:alert(1)//xxxxxxxxxxxxxxx"),
        google_id(PAGE, head=b"\x08\x14\x22"),
        google_id(PAGE)[:40],
        "A" * 17,
        "CBMi" + "_" * 60,
    ],
)
def test_an_id_without_an_address_tells_none(article_id: str) -> None:
    url = f"https://news.google.com/rss/articles/{article_id}"
    assert target_told(url) is None
    assert must_be_asked(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/url?rct=j&sa=t&url=https://news.example/a%3Fx%3D1%26y%3D2&ct=ga",
        "https://www.google.co.uk/url?q=https%3A%2F%2Fnews.example%2Fa%3Fx%3D1%26y%3D2&sa=D",
        "http://www.bing.com/news/apiclick.aspx?ref=x&url=https%3a%2f%2fnews.example%2fa%3fx%3d1%26y%3d2",
    ],
)
def test_a_parameter_tells_the_address(url: str) -> None:
    assert target_told(url) == "https://news.example/a?x=1&y=2"
    assert not must_be_asked(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/url?url=javascript:alert(1)",
        "https://www.google.com/url?sa=t",
        "https://www.google.com/search?q=https://news.example/",
        "https://google.com.evil.example/url?q=https://news.example/",
        "https://news.example/url?url=https://other.example/",
        "https://news.google.com/topics/CAAqJggKIiBDQkFTRWdvSUwyMHZNRFZxYUdjU0FtVnVHZ0pWVXlnQVAB",
        "http://[bad/url",
        PAGE,
    ],
)
def test_other_urls_tell_none_and_are_not_asked(url: str) -> None:
    assert target_told(url) is None
    assert not must_be_asked(url)


@pytest.mark.parametrize(
    "url",
    ["https://bit.ly/3abc", "http://www.tinyurl.com/x", "https://T.CO/abc", "https://trib.al/x"],
)
def test_shorteners_must_be_asked(url: str) -> None:
    assert must_be_asked(url)


@pytest.mark.parametrize(
    "url", ["https://orbit.ly/x", "https://bit.ly.example/x", "https://t.com/x"]
)
def test_names_that_only_look_like_shorteners_are_not_asked(url: str) -> None:
    assert not must_be_asked(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fa&h=AT0x",
        "https://l.instagram.com/?u=https%3A%2F%2Fnews.example%2Fa&e=x",
        "https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fnews.example%2Fa",
        "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fnews.example%2Fa&rut=1",
        "https://vk.com/away.php?to=https%3A%2F%2Fnews.example%2Fa",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fnews.example%2Fa&data=1",
        "https://www.bing.com/news/apiClick.aspx?url=HTTPS%3a%2f%2fnews.example%2fa",
        "https://cn.bing.com/news/apiclick.aspx?url=https%3a%2f%2fnews.example%2fa",
    ],
)
def test_what_stands_before_links_elsewhere_says_where_it_leads(url: str) -> None:
    assert target_told(url) == "https://news.example/a"


@pytest.mark.parametrize("target", ["", "/a", "ftp://a.example/", "javascript:x", "http://", "x"])
def test_a_target_that_is_no_web_address_is_none(target: str) -> None:
    url = f"https://www.google.com/url?url={target}"
    assert target_told(url) is None
    assert publisher_url(url) == url


def test_a_redirector_may_lead_to_another() -> None:
    inner = "https%253A%252F%252Fnews.example%252Fa"
    url = f"https://www.google.de/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D{inner}"
    assert publisher_url(url) == "https://news.example/a"
