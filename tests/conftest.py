"""Fixtures for the whole test suite: a local web, article pages and item files."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from crawler.downloader.browser import find_chromium
from tests.web import articles, command, item_files
from tests.web.certificates import Authority
from tests.web.local_web import LocalWeb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.command import Outcome


# How long an example takes says something of the machine.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


def pytest_xdist_auto_num_workers() -> int:
    """How many tests run at a time: with more than there are cores, some are late for a signal."""
    return os.cpu_count() or 1


@pytest.fixture(scope="session", autouse=True)
def interrupts_reach_processes() -> None:
    """Have the crawls of the tests receive SIGINT, also where a shell started us without it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def certificate_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def local_web(certificate_authority: Authority) -> Iterator[Callable[[], LocalWeb]]:
    """Start a web of its own with each call; all are closed when the test ends."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(LocalWeb(certificate_authority)))


@pytest.fixture
def web(local_web: Callable[[], LocalWeb]) -> LocalWeb:
    """One web, for the tests that need no second."""
    return local_web()


@pytest.fixture
def article_html() -> Callable[..., str]:
    return articles.article_html


@pytest.fixture
def write_item() -> Callable[..., object]:
    return item_files.write_item


@pytest.fixture
def run_crawler() -> Callable[..., Outcome]:
    """Run the `crawler` command in a process of its own, as a user would."""
    return command.run_crawler


@pytest.fixture
def browser() -> Iterator[Any]:
    """A real Chromium, driven from outside."""
    playwright = pytest.importorskip("playwright.sync_api")
    if find_chromium() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()
