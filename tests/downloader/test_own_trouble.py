"""Faults of this machine and this process are tried again, and held against no site."""

from __future__ import annotations

import asyncio
import errno
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import yaml
from twisted.internet.error import ConnectBindError, NoRouteError

from crawler.downloader import own_trouble
from crawler.downloader.outcome import outcome_of_error
from crawler.downloader.own_trouble import NAP, OwnTroubleError, Pulse, has_descriptors, shortage
from crawler.states import State
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.local_web import LocalWeb


def caused(error: BaseException) -> Exception:
    outer = RuntimeError("what Scrapy makes of it")
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EMFILE, "x"), "too many open files"),
        (OSError(errno.ENFILE, "x"), "too many open files"),
        (OSError(errno.ENOMEM, "x"), "out of memory"),
        (MemoryError(), "out of memory"),
        (ConnectBindError(errno.EMFILE, "x"), "too many open files"),
        (OwnTroubleError("no host name can be looked up"), "no host name can be looked up"),
        (OSError(errno.ECONNREFUSED, "x"), None),
        (OSError(errno.EADDRNOTAVAIL, "port 0"), None),
        (ValueError(errno.EMFILE), None),
        (TimeoutError(), None),
    ],
)
def test_what_this_machine_is_short_of_is_no_fault_of_a_site(
    error: Exception, reason: str | None
) -> None:
    assert shortage(error, may_be_offline=True) == reason
    assert shortage(caused(error), may_be_offline=True) == reason


@pytest.mark.parametrize("has_route", [True, False])
@pytest.mark.parametrize("may_be_offline", [True, False])
def test_a_network_out_of_reach_is_ours_only_where_all_are(
    monkeypatch: pytest.MonkeyPatch, *, has_route: bool, may_be_offline: bool
) -> None:
    monkeypatch.setattr(own_trouble, "has_route", lambda: has_route)
    told = shortage(NoRouteError(errno.ENETUNREACH, "x"), may_be_offline=may_be_offline)
    is_ours = may_be_offline and not has_route
    assert told == ("this machine has no network" if is_ours else None)


def test_it_has_a_state_of_its_own_that_passes() -> None:
    state, detail = outcome_of_error(OwnTroubleError("too many open files"))
    assert (state, detail) == (State.INTERNAL_ERROR, "too many open files")
    assert state.is_transient
    assert not state.is_lost


def test_descriptors_that_are_used_up_are_noticed() -> None:
    script = """
import resource
from crawler.downloader.own_trouble import has_descriptors
before = has_descriptors()
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
print(before, has_descriptors())
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["True", "False"]
    assert has_descriptors()


def test_standing_still_is_noticed_by_whoever_asks_first() -> None:
    async def stand_still() -> tuple[float, float, float]:
        pulse = Pulse()
        pulse.engine_started()
        began = time.monotonic()
        await asyncio.sleep(0.3)
        before = pulse.seconds_slept(began)
        time.sleep(NAP + 0.5)  # noqa: ASYNC251 - that is what is tried
        at_once = pulse.seconds_slept(began)
        await asyncio.sleep(0.3)
        later = pulse.seconds_slept(time.monotonic())
        pulse.engine_stopped()
        return before, at_once, later

    before, at_once, later = asyncio.run(stand_still())
    assert before == 0
    assert at_once > NAP
    assert later == 0


def crawl_of(web: LocalWeb, items: Path, output: Path, **settings: object) -> list[str]:
    return arguments("run", items, "-o", output, "--json", settings=settings)


@pytest.fixture
def items(
    tmp_path: Path, web: LocalWeb, write_item: Callable[..., Path], article_html: Callable[..., str]
) -> Path:
    for number in range(30):
        url = f"http://site{number}.example/x"
        web.page(url, article_html(title=url), delay=1.0)
        write_item(tmp_path / "items", f"i{number}", original_url=url)
    return tmp_path / "items"


def test_a_process_that_was_stopped_blames_no_site(
    items: Path, tmp_path: Path, web: LocalWeb
) -> None:
    words = crawl_of(web, items, tmp_path / "output", DOWNLOAD_TIMEOUT=4, CRAWLER_HOST_STRIKES=1)
    with subprocess.Popen(
        words, env=environment(web), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while sum(r.path == "/x" for r in web.requests) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGSTOP)
        time.sleep(6)
        process.send_signal(signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=120)
    assert yaml.safe_load(stdout)["sources"]["visited"] == {"ok": 30}
    assert "this process stood still" in stderr


def test_too_few_open_files_blame_no_site(items: Path, tmp_path: Path, web: LocalWeb) -> None:
    words = crawl_of(web, items, tmp_path / "output", CRAWLER_HOST_STRIKES=1)

    def with_few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))

    done = subprocess.run(
        words,
        env=environment(web),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        preexec_fn=with_few,
    )
    assert yaml.safe_load(done.stdout)["sources"]["visited"] == {"ok": 30}, done.stderr
    assert "too many open files" in done.stderr
