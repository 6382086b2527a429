"""What a visit carries from request to request, and what it does to an article that is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb
    from tests.web.server import Handler

NEWS = "http://news.example/bridge"
GATE = "http://news.example/check"
ROBOTS = "http://news.example/robots.txt"
HTML = {"Content-Type": "text/html; charset=utf-8"}
ALWAYS = ("--older-than", "0s")
ERROR = (
    "<html><head><title>Oops</title></head><body><h1>A small mishap of ours</h1><p>The ducks of "
    "the harbour have eaten the cables, and the newsroom is drinking tea until somebody finds new "
    "ones in the cellar of the old lighthouse.</p></body></html>"
)


@pytest.fixture
def item(items: Path, write_item: Callable[..., Path]) -> Path:
    return write_item(items, "bridge", original_url=NEWS)


def entry(output: Path) -> dict[str, Any]:
    text = (output / "items" / "bridge.md").read_text("utf-8")
    source: dict[str, Any] = yaml.safe_load(text.split("\n---")[0])["enrichment"]["source"]
    return source


def has_cookie(handler: Handler) -> bool:
    return "seen=1" in (handler.headers.get("Cookie") or "")


def gated(body: str, kind: dict[str, str]) -> Callable[[Handler], None]:
    """Give a body to whoever has the cookie, and the cookie to all others."""

    def answer(handler: Handler) -> None:
        if has_cookie(handler):
            handler.send(200, kind, body.encode())
        else:
            handler.send(
                302, {"Set-Cookie": "seen=1; Path=/", "Location": GATE + handler.path[-9:]}
            )

    return answer


def back_to(url: str) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        if has_cookie(handler):
            handler.send(302, {"Location": url})
        else:
            handler.send(200, HTML, b"<title>Cookies</title><p>Your browser has no cookies.</p>")

    return answer


def test_a_site_that_asks_for_its_cookie_a_attempt_later_is_read_and_so_is_its_robots_txt(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    output: Path,
    article_html: Callable[..., str],
) -> None:
    web.raw(NEWS, gated(article_html(), HTML))
    web.raw(GATE + NEWS[-9:], back_to(NEWS))
    web.raw(ROBOTS, gated("User-agent: *\nDisallow: /none", {"Content-Type": "text/plain"}))
    web.raw(GATE + ROBOTS[-9:], back_to(ROBOTS))

    assert crawl().json["sources"]["visited"] == {"ok": 1}
    assert entry(output)["finalUrl"] == NEWS
    first = next(request for request in web.requests if request.url == NEWS)
    assert "Cookie" not in first.headers
    web.forget()
    crawl("--force")
    first = next(request for request in web.requests if request.url == NEWS)
    assert "Cookie" not in first.headers, "nothing is kept between visits"


def test_without_cookies_such_a_site_is_not_read(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    web.raw(NEWS, gated(article_html(), HTML))
    web.raw(GATE + NEWS[-9:], back_to(NEWS))
    outcome = crawl(settings={"CRAWLER_COOKIES": "False"})
    assert outcome.json["sources"]["visited"].get("ok") is None


def test_another_text_is_told_and_the_article_stays_until_it_is_there_again(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    output: Path,
    article_html: Callable[..., str],
) -> None:
    web.page(NEWS, article_html(), times=1)
    web.page(NEWS, ERROR, times=2)
    web.page(NEWS, article_html())
    crawl()
    before = entry(output)

    again = crawl(*ALWAYS)

    assert again.code == 0
    assert again.json["sources"]["visited"] == {"other-text": 1}
    assert again.json["sources"]["held"] == {"ok": 1}
    held = entry(output)
    last = held.pop("lastAttempt")
    assert held.pop("failingSince") == last["attemptedDateTime"]
    assert held == before
    assert last["state"] == "other-text"
    assert last["httpStatus"] == 200
    assert f"words where {before['wordCount']} are held" in last["detail"]
    assert len(last["contentHash"]) == 64
    written = (output / "items" / "bridge.md").stat().st_mtime_ns
    crawl(*ALWAYS)
    assert (output / "items" / "bridge.md").stat().st_mtime_ns == written
    assert crawl(*ALWAYS).json["sources"]["visited"] == {"ok": 1}
    assert entry(output) == before


def test_a_304_of_the_page_that_an_article_now_redirects_to_says_nothing_of_it(
    crawl: Callable[..., Outcome],
    item: Path,
    web: LocalWeb,
    output: Path,
    article_html: Callable[..., str],
) -> None:
    def front(handler: Handler) -> None:
        is_asked = handler.headers.get("If-Modified-Since") or handler.headers.get("If-None-Match")
        handler.send(304 if is_asked else 200, HTML, b"" if is_asked else b"<title>News</title>")

    web.page(NEWS, article_html(), headers={"ETag": '"1"'}, times=1)
    web.redirect(NEWS, "http://news.example/")
    web.raw("http://news.example/", front)
    crawl()

    again = crawl(*ALWAYS)

    assert again.json["sources"]["visited"] == {"empty": 1}
    assert entry(output)["state"] == "ok"
    assert entry(output)["lastAttempt"]["state"] == "empty"


def test_a_redirect_to_a_name_in_other_letters_leads_where_it_leads_browsers(
    crawl: Callable[..., Outcome], item: Path, web: LocalWeb, output: Path, article_html: Any
) -> None:
    location = "http://stra\u00dfe.example/br\u00fccke".encode().decode("latin-1")
    web.raw(NEWS, lambda handler: handler.send(302, {"Location": location}))
    web.page("http://strasse.example/br%C3%BCcke", article_html(title="Another owner's"))
    web.page("http://xn--strae-oqa.example/br%C3%BCcke", article_html())

    assert crawl().json["sources"]["visited"] == {"ok": 1}
    assert entry(output)["finalUrl"] == "http://xn--strae-oqa.example/br%C3%BCcke"
