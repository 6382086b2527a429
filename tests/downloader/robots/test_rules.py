from __future__ import annotations

import pytest

from crawler.downloader.robots.rules import ROBOTS_BYTES, leading_lines, rules_of
from crawler.ledger.records import RobotsAnswer

AT = "2026-11-24T01:00:00Z"
TOKEN = "frontmatter-crawler"
URL = "https://news.example/private/a"
DENY = b"User-agent: *\nDisallow: /private/\n"


def allows(body: bytes, url: str = URL, token: str = TOKEN) -> bool:
    return rules_of(RobotsAnswer(AT, 200, body), token).allows(url)


def delay(body: str) -> float:
    return rules_of(RobotsAnswer(AT, 200, body.encode()), TOKEN).delay


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (200, False),  # the body decides
        (206, False),
        (301, True),  # a redirect that could not be followed
        (400, True),
        (401, True),
        (403, True),
        (404, True),
        (410, True),
        (451, True),
        (429, False),
        (500, False),
        (503, False),
        (599, False),
        (999, False),  # no HTTP status: as a 5xx
        (None, False),
    ],
)
def test_the_status_decides_whether_the_body_counts(status: int | None, *, allowed: bool) -> None:
    assert rules_of(RobotsAnswer(AT, status, DENY), TOKEN).allows(URL) is allowed


def test_what_could_not_be_asked_says_why() -> None:
    assert rules_of(RobotsAnswer(AT, 503), TOKEN).unreachable == "HTTP 503"
    assert rules_of(RobotsAnswer(AT), TOKEN).unreachable == "no answer"
    assert rules_of(RobotsAnswer(AT, 404), TOKEN).unreachable is None


@pytest.mark.parametrize(
    "body",
    [
        DENY,
        b"\xef\xbb\xbf" + DENY,
        DENY.replace(b"\n", b"\r\n"),
        DENY.replace(b"\n", b"\r"),
        DENY.decode().encode("utf-16"),
        b"\0".join((b"User-agent: *", b"\nDisallow: /private/")),
        b"\xff\xfe\x80 garbage".replace(b"\xff\xfe", b"") + b"\n" + DENY,
        b"<!DOCTYPE html><title>x</title>\n" + DENY,
        b"user-agent:*\ndisallow:/private/ # why",
        b"User-agent: other\nUser-agent: *\nDisallow: /private",
        b"User-agent: *\nAllow: /\nDisallow: /private/",
        b"User-agent: *\nDisallow: /*/a$",
    ],
    ids=range(12),
)
def test_it_forbids_however_it_is_written(body: bytes) -> None:
    assert not allows(body)
    assert allows(body, "https://news.example/public")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"<!DOCTYPE html><html><body><h1>Welcome</h1></body></html>",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"User-agent: *\nDisallow:",
        b"Disallow: /private/",
        b"User-agent: other\nDisallow: /",
        b"User-agent: *\nDisallow: /private/\nAllow: /private/a",
        DENY + b"\nUser-agent: frontmatter-crawler\nDisallow: /else/",
    ],
    ids=range(10),
)
def test_it_allows_what_no_rule_for_us_forbids(body: bytes) -> None:
    assert allows(body)


@pytest.mark.parametrize(
    ("agent", "is_ours"),
    [
        ("frontmatter-crawler", True),
        ("FrontMatter-Crawler", True),
        ("frontmatter-crawler/1.0", True),
        ("frontmatter-crawler*", True),
        ("frontmatter", False),
        ("crawler", False),
        ("frontmatter-crawler-images", False),
        ("f", False),
        ("!", False),
    ],
)
def test_a_group_is_ours_if_it_names_our_whole_product_token(agent: str, *, is_ours: bool) -> None:
    assert allows(f"User-agent: {agent}\nDisallow: /".encode()) is not is_ours


def test_groups_for_the_same_crawler_are_one() -> None:
    body = b"User-agent: frontmatter-crawler\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\n"
    body += b"User-agent: frontmatter-crawler\nDisallow: /c\n"
    found = [allows(body, f"https://news.example/{path}") for path in "abc"]
    assert found == [False, True, False]


def test_without_a_product_token_the_rules_for_everybody_count() -> None:
    assert not allows(b"User-agent: x\nAllow: /\n\n" + DENY, token="")


def test_a_rule_in_latin_1_is_for_the_url_in_latin_1() -> None:
    body = "User-agent: *\nDisallow: /café/".encode("latin-1")
    assert not allows(body, "https://news.example/caf%E9/a")
    assert allows(body, "https://news.example/cafe/a")


def test_a_robots_txt_itself_is_always_allowed() -> None:
    assert allows(b"User-agent: *\nDisallow: /", "https://news.example/robots.txt")


@pytest.mark.parametrize(
    ("directives", "seconds"),
    [
        ("", 0.0),
        ("Crawl-delay: 10", 10.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: -1", 0.0),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: soon", 0.0),
        ("Request-rate: 1/5", 5.0),
        ("Request-rate: 10/1m", 6.0),
        ("Request-rate: 1/5 0600-0845", 5.0),
        ("Request-rate: 0/5", 0.0),
        ("Crawl-delay: 3\nRequest-rate: 1/5", 5.0),
        ("Crawl-delay: 7\nRequest-rate: 1/5", 7.0),
        (f"Request-rate: 1/{'9' * 400}", 1e9),
        (f"Request-rate: 1{'0' * 400}/1", 0.0),
    ],
)
def test_the_seconds_that_a_site_asks_for(directives: str, seconds: float) -> None:
    assert delay(f"User-agent: *\n{directives}\nDisallow: /x") == pytest.approx(seconds)


def test_a_delay_for_another_crawler_is_not_ours() -> None:
    assert delay("User-agent: x\nCrawl-delay: 9\n\nUser-agent: *\nDisallow: /a") == 0.0


def test_only_whole_lines_of_the_first_500_kib_count() -> None:
    line = b"Disallow: /12345\n"
    body = leading_lines(line * (ROBOTS_BYTES // len(line) + 10))
    assert ROBOTS_BYTES - len(line) < len(body) <= ROBOTS_BYTES
    assert body.endswith(b"\n")
    assert leading_lines(b"x" * (ROBOTS_BYTES + 1)) == b""
    assert leading_lines(b"x" * ROBOTS_BYTES) == b"x" * ROBOTS_BYTES
    assert leading_lines(b"Allow: /\nDisal", is_cut=True) == b"Allow: /\n"
    assert leading_lines(b"Allow: /\rDisal", is_cut=True) == b"Allow: /\r"
