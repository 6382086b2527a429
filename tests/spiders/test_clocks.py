"""What a clock that was ahead has dated is not believed once it is set right."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

pytestmark = pytest.mark.skipif(shutil.which("faketime") is None, reason="needs faketime")


@pytest.mark.parametrize("ahead", ["+2d", "+3650d"])
def test_one_run_of_a_clock_that_was_ahead_puts_off_nothing(
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
    ahead: str,
) -> None:
    hosts = ("fine", "gone", "busy", "dead", "shut")
    for host in hosts:
        url = f"http://{host}.example/x"
        write_item(items, host, original_url=url, publishedDateTime=None)
    web.page("http://fine.example/x", article_html(), times=1)
    web.page("http://gone.example/x", status=410, times=1)
    web.page("http://busy.example/x", status=429, headers={"Retry-After": "600"}, times=1)
    web.fault("http://dead.example/x", "reset", times=1)
    web.page("http://shut.example/robots.txt", status=503, times=1)
    for host in hosts:
        web.page(f"http://{host}.example/x", article_html(title=host))
    settings = {"CRAWLER_HOST_STRIKES": 1}
    words = arguments("run", items, "-o", output, "--json", settings=settings)
    done = subprocess.run(
        ["faketime", "-f", ahead, *words],
        env=environment(web),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert sum(json.loads(done.stdout)["sources"]["visited"].values()) == 5, done.stderr
    right = crawl(settings=settings, seconds=120)
    assert right.json["sources"]["visited"] == {"ok": 5}
    asked = {r.host for r in web.requests if r.path == "/x"}
    assert asked == {f"{host}.example" for host in hosts}
    assert crawl(settings=settings, seconds=120).json["sources"]["due"] == 0
