"""All that a visit asks for keeps the manners of the crawl, as the servers' own log tells."""

from __future__ import annotations

import json
import subprocess
import time
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from crawler.urls.registered_domain import site_of
from tests.spiders.test_oembed import ANSWER, JSON, PAGE
from tests.watch.conftest import wait_for
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb
    from tests.web.request import Request
    from tests.web.server import Handler

DELAY = 0.6
SITES = 6
AT_ONCE = 3
TOLD = 3  # seconds, by Retry-After


@pytest.fixture
def site(
    web: LocalWeb, items: Path, article_html: Callable[..., str], write_item: Callable[..., Path]
) -> None:
    """Articles that go on elsewhere: by a redirect, on further pages, in oEmbed and in images.

    All that they lead to is at two sites, which are asked for items of their own as well.
    """
    for number in range(SITES):
        own = f"http://news{number}.example"
        picture = f"http://media.example/{number}.png"
        first = article_html(f"Story {number}", image=picture).replace(
            "</head>", f'<link rel="next" href="http://pages.example/{number}?page=2"></head>'
        )
        web.redirect(f"{own}/a", f"http://pages.example/{number}")
        web.page(f"http://pages.example/{number}", first, delay=0.1)
        second = article_html(f"Story {number}", paragraphs=[f"More of story {number}. " * 30])
        web.page(f"http://pages.example/{number}?page=2", second, delay=0.1)
        video = PAGE.replace("/oembed?id=5", f"http://media.example/oembed?id={number}")
        web.page(f"{own}/video", video, delay=0.1)
        oembed = f"http://media.example/oembed?id={number}"
        web.page(oembed, json.dumps(ANSWER), headers=JSON, delay=0.1)
        write_item(items, f"n{number}", original_url=f"{own}/a", related=[f"{own}/video"])
        web.page(f"http://media.example/story{number}", article_html(), delay=0.1)
        write_item(items, f"m{number}", original_url=f"http://media.example/story{number}")


@pytest.mark.slow
def test_no_site_is_asked_for_two_things_at_once_or_before_its_pause_is_over(
    site: None, web: LocalWeb, items: Path, output: Path, run_crawler: Callable[..., Outcome]
) -> None:
    settings = {
        "DOWNLOAD_DELAY": DELAY,
        "RANDOMIZE_DOWNLOAD_DELAY": False,
        "CONCURRENT_REQUESTS": AT_ONCE,
        "CRAWLER_IMAGE_SIZES": "yes",
    }
    words = ("run", items, "-o", output, "--json")
    done = run_crawler(*words, web=web, settings=settings, seconds=110)

    assert done.code == 0, done.stderr
    by_site: dict[str, list[Request]] = defaultdict(list)
    for request in web.requests:
        by_site[site_of(request.url)].append(request)
    assert {"pages.example", "media.example"} < by_site.keys()
    asked = {request.url for request in web.requests}
    assert f"http://pages.example/{SITES - 1}?page=2" in asked
    assert f"http://media.example/oembed?id={SITES - 1}" in asked
    for requests in by_site.values():
        for before, after in pairwise(requests):
            assert before.ended is not None
            assert before.ended <= after.started, (before.url, after.url)
            # The pause counts from when the first was sent, which a busy machine is slow to see.
            assert after.started - before.started >= DELAY / 2, (before.url, after.url)
    assert most_at_once(web.requests) <= AT_ONCE + 1  # an answer is dealt with once it is read


@pytest.mark.parametrize(
    "follow_up", ["http://pages.example/0?page=2", "http://media.example/oembed?id=0"]
)
def test_a_follow_up_that_is_told_to_wait_has_its_whole_site_wait(
    follow_up: str,
    site: None,
    web: LocalWeb,
    items: Path,
    output: Path,
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
) -> None:
    told: list[float] = []

    def refuse(handler: Handler) -> None:
        told.append(time.monotonic())
        handler.send(429, {"Retry-After": str(TOLD)}, b"later")

    web.raw(follow_up, refuse, times=1)
    if "oembed" in follow_up:
        web.page(follow_up, json.dumps(ANSWER), headers=JSON)
    else:
        web.page(follow_up, article_html("Story 0", paragraphs=["More of story 0. " * 30]))
    settings = {"RETRY_TIMES": 2, "CRAWLER_IMAGE_SIZES": "yes"}
    done = run_crawler("run", items, "-o", output, web=web, settings=settings, seconds=110)

    assert done.code == 0, done.stderr
    (refused_at,) = told
    later = [r for r in web.requests if r.started > refused_at]
    waited = {site_of(follow_up): TOLD}
    for request in later:
        at_least = waited.get(site_of(request.url), 0)
        assert request.started - refused_at >= at_least, request.url
    again = 0 if "oembed" in follow_up else 1  # what oEmbed adds is not worth a retry
    assert web.count(follow_up) == 1 + again
    assert [r for r in later if site_of(r.url) != site_of(follow_up)], "the others went on"


@pytest.mark.slow
def test_a_stop_does_not_wait_for_a_follow_up_that_waits_for_its_pause(
    web: LocalWeb,
    items: Path,
    output: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
) -> None:
    first, second = "http://pages.example/a", "http://pages.example/a?page=2"
    link = f'<link rel="next" href="{second}"></head>'
    web.page(first, article_html().replace("</head>", link))
    web.page(second, article_html(paragraphs=["More of it. " * 40]))
    write_item(items, "a", original_url=first)
    words = ("run", items, "-o", output, "--json")
    slow = arguments(*words, settings={"DOWNLOAD_DELAY": 10, "CRAWLER_STOP_GRACE": 2})
    with subprocess.Popen(slow, env=environment(web), stdout=subprocess.PIPE) as process:
        wait_for(lambda: web.count(first) == 1)
        time.sleep(1)  # the page is read, and its second one waits
        process.terminate()
        began = time.monotonic()
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - began < 8
    assert web.count(second) == 0
    done = run_crawler(*words, web=web)
    assert done.json["sources"]["visited"] == {"ok": 1}
    assert web.count(second) == 1


def most_at_once(requests: list[Request]) -> int:
    """How many of them were under way at the same time, those for robots.txt left out."""
    spans = [r for r in requests if not r.url.endswith("/robots.txt")]
    moments = sorted([(r.started, 1) for r in spans] + [(r.ended or r.started, -1) for r in spans])
    most = now = 0
    for _, change in moments:
        now += change
        most = max(most, now)
    return most
