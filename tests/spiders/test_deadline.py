"""A run ends by its longest time, and leaves the rest to the next one."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from crawler import config
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

SLOW = "User-agent: *\nCrawl-delay: 60"


def test_a_slow_site_does_not_hold_the_folder_beyond_the_longest_run(
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
) -> None:
    urls = [f"http://slow.example/{number}" for number in range(100)]
    web.page("http://slow.example/robots.txt", SLOW, headers={"Content-Type": "text/plain"})
    for url in urls:
        web.page(url, article_html(title=url))
    write_item(items, "slow", original_url=urls[0], related=urls[1:])
    for number in range(3):
        url = f"http://quick{number}.example/x"
        web.page(url, article_html(title=url))
        write_item(items, f"quick{number}", original_url=url)
    began = time.monotonic()
    first = crawl(settings={"CRAWLER_MAX_RUN_SECONDS": 8}, seconds=120)
    assert time.monotonic() - began < 60
    assert first.code == 1
    assert first.json["ended"] == "out of time"
    assert first.json["sources"]["due"] == 103
    assert first.json["sources"]["visited"] == {"ok": 3}
    log = (output / ".crawler" / "runs.jsonl").read_text("utf-8").splitlines()
    assert json.loads(log[-1])["ended"] == "out of time"
    again = crawl(settings={"CRAWLER_MAX_RUN_SECONDS": 4}, seconds=120)
    assert again.json["sources"]["due"] == 100, "what is left is due"


def test_a_run_that_is_done_in_time_is_as_any(
    add_item: Callable[..., Path], crawl: Callable[..., Outcome]
) -> None:
    add_item("a")
    outcome = crawl(settings={"CRAWLER_MAX_RUN_SECONDS": 600})
    assert (outcome.code, outcome.json["ended"]) == (0, "finished")


@pytest.mark.parametrize("value", ["long", -1, "inf", "nan"])
def test_a_longest_run_that_makes_no_sense_is_named(value: object) -> None:
    with pytest.raises(OptionError, match="CRAWLER_MAX_RUN_SECONDS"):
        config.MAX_RUN_SECONDS.of({"CRAWLER_MAX_RUN_SECONDS": value})
    assert config.MAX_RUN_SECONDS.of({"CRAWLER_MAX_RUN_SECONDS": "0"}) == 0  # type: ignore[arg-type]
    assert config.MAX_RUN_SECONDS.of({"CRAWLER_MAX_RUN_SECONDS": "1.5"}) == 1.5  # type: ignore[arg-type]
