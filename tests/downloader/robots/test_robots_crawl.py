"""What a real crawl does at real servers whose robots.txt behaves in all possible ways."""

from __future__ import annotations

import gzip
import socket
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from crawler.downloader.robots.rules import ROBOTS_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.answers import Answer
    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb
    from tests.web.server import Handler

DENY = "User-agent: *\nDisallow: /a\n"
ALLOW = "User-agent: *\nDisallow: /b\n"
PLAIN = {"Content-Type": "text/plain"}
FILLER = "# twenty bytes long\n"
LONG = FILLER * (ROBOTS_BYTES // len(FILLER) + 1)
REFRESH = "<html><meta http-equiv=refresh content='0; url=http://deny.test/robots.txt'>"
UNREACHABLE = "robots.txt is unreachable: "
FORBIDDEN = "robots.txt forbids it"
OK = None

# Status and body of robots.txt, and why the page behind it is not asked for.
ANSWERS: dict[str, tuple[int, str, str | None]] = {
    "allow": (200, ALLOW, OK),
    "deny": (200, DENY, FORBIDDEN),
    "deny-us": (200, "User-agent: frontmatter-crawler\nDisallow: /\n", FORBIDDEN),
    "deny-others": (200, "User-agent: other\nDisallow: /\n", OK),
    "nothing": (200, "", OK),
    "page": (200, "<!DOCTYPE html><title>Welcome</title><p>Disallow: /</p>", OK),
    "not-found": (404, "", OK),
    "not-found-with-rules": (404, DENY, OK),
    "unauthorized": (401, DENY, OK),
    "forbidden": (403, DENY, OK),
    "gone": (410, DENY, OK),
    "too-many": (429, ALLOW, f"{UNREACHABLE}HTTP 429"),
    "error": (500, ALLOW, f"{UNREACHABLE}HTTP 500"),
    "overloaded": (503, ALLOW, f"{UNREACHABLE}HTTP 503"),
    "rule-early": (200, DENY + LONG, FORBIDDEN),
    "rule-late": (200, ALLOW + LONG + DENY, OK),
    "rule-late-but-not-too-late": (200, LONG[: 400 * 1024] + "\n" + DENY, FORBIDDEN),
    "huge": (200, DENY + LONG * 4, FORBIDDEN),  # declares more than DOWNLOAD_MAXSIZE
    "refresh": (200, REFRESH, OK),
}
FAULTS: dict[str, Any] = {
    "stall": f"{UNREACHABLE}no complete answer in time",
    "silence": f"{UNREACHABLE}no complete answer in time",
    "reset": f"{UNREACHABLE}the connection failed",
    "truncate": f"{UNREACHABLE}the answer broke off",
}
OTHERS: dict[str, str | None] = {
    "compressed": FORBIDDEN,
    "compressed-and-large": FORBIDDEN,
    "bomb": f"{UNREACHABLE}larger than DOWNLOAD_MAXSIZE once decompressed",
    "endless-deny": FORBIDDEN,
    "endless-allow": OK,
    "moved-to-deny": FORBIDDEN,
    "moved-to-allow": OK,
    "moved-to-error": f"{UNREACHABLE}HTTP 503",
    "moved-five-times": FORBIDDEN,
    "loop": OK,
    "moved-to-nowhere": OK,
    "moved-to-mail": OK,
}


@pytest.fixture
def scripted_web(web: LocalWeb, article_html: Callable[..., str]) -> LocalWeb:
    for name, (status, body, _) in ANSWERS.items():
        headers = {} if name == "refresh" else PLAIN
        web.page(robots(name), body, status=status, headers=headers)
    for name in FAULTS:
        web.fault(robots(name), name)  # type: ignore[arg-type]  # they are named so
    packed = PLAIN | {"Content-Encoding": "gzip"}
    web.page(robots("compressed"), gzip.compress(DENY.encode()), headers=packed)
    large = gzip.compress((DENY + LONG).encode(), 0)
    web.page(robots("compressed-and-large"), large, headers=packed)
    web.page(robots("bomb"), gzip.compress(DENY.encode() + bytes(2_000_000)), headers=packed)
    web.raw(robots("endless-deny"), endless(web, DENY))
    web.raw(robots("endless-allow"), endless(web, ALLOW))
    web.redirect(robots("moved-to-deny"), robots("deny"))
    web.redirect(robots("moved-to-allow"), robots("allow"), status=302)
    web.redirect(robots("moved-to-error"), robots("overloaded"), status=307)
    web.redirect(robots("moved-five-times"), "/1", status=308)
    for number in range(1, 5):
        target = robots("deny") if number == 4 else f"/{number + 1}"
        web.redirect(f"http://moved-five-times.test/{number}", target)
    web.redirect(robots("loop"), robots("loop"))
    web.page(robots("moved-to-nowhere"), status=301)
    web.redirect(robots("moved-to-mail"), "mailto:somebody@example.com")
    for name in [*ANSWERS, *FAULTS, *OTHERS]:
        web.page(page(name), article_html())
    return web


def robots(name: str) -> str:
    return f"http://{name}.test/robots.txt"


def page(name: str) -> str:
    return f"http://{name}.test/a"


def endless(web: LocalWeb, start: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "text/plain")
        handler.end_headers()
        handler.wfile.write(start.encode())
        while not web.closing.is_set():  # an OSError ends it when the client leaves
            handler.wfile.write(FILLER.encode() * 1000)

    return answer


def source(output: Path, name: str) -> dict[str, Any]:
    front_matter = (output / "items" / f"{name}.md").read_text().split("---\n")[1]
    found: dict[str, Any] = yaml.safe_load(front_matter)["enrichment"]["source"]
    return found


def why(detail: str) -> str:
    """The evidence without its last part, in which systems differ."""
    return ": ".join(detail.split(": ")[:2])


@pytest.mark.slow
def test_each_answer_to_robots_txt_has_its_meaning(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    scripted_web: LocalWeb,
    write_item: Callable[..., Path],
) -> None:
    expected = {name: reason for name, (_, _, reason) in ANSWERS.items()} | FAULTS | OTHERS
    for name in expected:
        write_item(items, name, original_url=page(name))

    crawl(settings={"DOWNLOAD_TIMEOUT": 6, "DOWNLOAD_MAXSIZE": 1_000_000})

    entries = {name: source(output, name) for name in expected}
    states = {name: "ok" if reason is OK else "robots" for name, reason in expected.items()}
    assert {name: entry["state"] for name, entry in entries.items()} == states
    details = {name: entry.get("detail") for name, entry in entries.items()}
    assert {name: detail and why(detail) for name, detail in details.items()} == expected
    # A connection that a busy machine drops is made once more, so that only "asked" counts.
    asked = {name: scripted_web.count(page(name)) > 0 for name in expected}
    assert asked == {name: reason is OK for name, reason in expected.items()}


def test_a_redirect_of_a_page_is_subject_to_the_rules_of_its_target(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    web.redirect("http://old.test/a", "http://new.test/a")
    web.page("http://new.test/robots.txt", DENY, headers=PLAIN)
    web.page("http://new.test/a", article_html())
    write_item(items, "moved", original_url="http://old.test/a")
    crawl()
    assert source(output, "moved")["state"] == "robots"
    assert web.count("http://new.test/a") == 0


def test_with_robotstxt_obey_off_nobody_is_asked(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    web.page("http://news.test/robots.txt", DENY, headers=PLAIN)
    web.page("http://news.test/a", article_html())
    write_item(items, "news", original_url="http://news.test/a")
    assert crawl(settings={"ROBOTSTXT_OBEY": False}).json["sources"]["visited"] == {"ok": 1}
    assert web.count("http://news.test/robots.txt") == 0


@pytest.mark.slow
def test_requests_are_as_far_apart_as_robots_txt_asks_up_to_the_longest_delay(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    asked = {"delay": "Crawl-delay: 3", "rate": "Request-rate: 1/3", "longer": "Crawl-delay: 9999"}
    for name, directive in asked.items():
        text = f"User-agent: *\n{directive}\n"
        web.page(f"http://{name}.test/robots.txt", text, headers=PLAIN)
        urls = [f"http://{name}.test/a", f"http://www.{name}.test/b"]
        for url in urls:
            web.page(url, article_html())
        write_item(items, name, original_url=urls[0], related=urls[1:])

    crawl(settings={"CRAWLER_CRAWL_DELAY_MAX": 3})

    for name in asked:
        here = [r for r in web.requests if r.host.removeprefix("www.") == f"{name}.test"]
        pages = [r.started for r in here if r.path != "/robots.txt"]
        assert len(pages) == 2
        assert pages[1] - pages[0] > 1.5  # a busy machine blurs the times


def test_a_host_that_is_not_there_ends_in_the_state_of_its_own_trouble(
    items: Path,
    output: Path,
    run_crawler: Callable[..., Outcome],
    write_item: Callable[..., Path],
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    write_item(items, "refused", original_url=f"http://127.0.0.1:{port}/a")
    write_item(items, "unknown", original_url="http://host.invalid/a")
    contact = {"CRAWLER_CONTACT": "https://example.com/bot"}
    contact["CRAWLER_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    run_crawler("run", items, "-o", output, "--json", settings=contact)
    refused, unknown = source(output, "refused"), source(output, "unknown")
    assert refused["state"] == "robots"
    assert refused["detail"] == f"{UNREACHABLE}the connection was refused"
    assert unknown["state"] in {"network-error", "no-such-host"}
    assert unknown["detail"].startswith("the host name ")


def test_what_pages_and_headers_reserve_is_in_the_entry(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    metas = '<meta name="robots" content="noimageai"><meta name="tdm-reservation" content="1">'
    headers = {"Content-Type": "text/html", "X-Robots-Tag": "noai", "tdm-policy": "/tdm.json"}
    ours = {"X-Robots-Tag": "frontmatter-crawler: noai", "tdm-reservation": "1"}
    others = {"Content-Type": "text/html", "X-Robots-Tag": "otherbot: noai"}
    html = article_html()
    pages = {
        "both": (html.replace("<head>", f"<head>{metas}"), headers),
        "ours": (html, ours | {"tdm-policy": "/tdm.json"}),
        "others": (html, others),
    }
    for name, (body, fields) in pages.items():
        web.page(page(name), body, headers=fields)
        write_item(items, name, original_url=page(name))
    assert crawl().code == 0
    keys = ("aiOptOut", "tdmReservation", "tdmPolicy")
    found = {name: [source(output, name).get(key) for key in keys] for name in pages}
    assert found == {
        "both": [["noimageai", "noai"], True, "http://both.test/tdm.json"],
        "ours": [["noai"], True, "http://ours.test/tdm.json"],
        "others": [None, None, None],
    }
