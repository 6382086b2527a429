"""A bait that nobody may take, and crawls that try."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.downloader.addresses.bait import Bait
from tests.web.command import arguments, environment
from tests.web.item_files import write_item
from tests.web.local_web import LocalWeb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.web.certificates import Authority

PROJECT = Path(__file__).parents[3]
ALLOWED = "127.0.0.2"
QUICK = {"CRAWLER_CONTACT": "bot@example.com", "DOWNLOAD_TIMEOUT": 5}


@dataclass(slots=True)
class Attack:
    """Crawls URLs, each an item's own, and tells how each ended."""

    folder: Path
    env: dict[str, str] = field(default_factory=environment)
    settings: dict[str, object] = field(default_factory=dict)

    def crawl(self, urls: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Crawl, and return the entry that each URL has in its enriched item."""
        names = {url: f"{number:03}" for number, url in enumerate(urls)}
        for url, name in names.items():
            write_item(self.folder / "items", name, original_url=url)
        self.run()
        written = self.folder / "output" / "items"
        return {url: _source(written / f"{name}.md") for url, name in names.items()}

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run the crawler on the items that there are."""
        words = ("run", self.folder / "items", "-o", self.folder / "output")
        return self._command(arguments(*words, settings={**QUICK, **self.settings}))

    def python(self, module: str) -> subprocess.CompletedProcess[str]:
        """Run a module of these tests in a process of its own."""
        return self._command([sys.executable, "-m", module])

    def _command(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.env,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def resolve(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """Have host names answered from here: the first look-up, the second, and the last again."""
        self.env["FAKE_DNS"] = yaml.safe_dump({host: list(a) for host, a in answers.items()})
        self.settings["TWISTED_DNS_RESOLVER"] = "tests.downloader.addresses.fake_dns.FakeDns"
        self.settings["DNSCACHE_ENABLED"] = False


def _source(path: Path) -> dict[str, Any]:
    front_matter = yaml.safe_load(path.read_text().split("---\n")[1])
    source: dict[str, Any] = front_matter["enrichment"]["source"]
    return source


@pytest.fixture
def bait() -> Iterator[Bait]:
    with closing(Bait()) as bait:
        yield bait


@pytest.fixture
def site(certificate_authority: Authority) -> Iterator[LocalWeb]:
    """A web on the one address of loopback that `attack` allows."""
    with closing(LocalWeb(certificate_authority, ALLOWED)) as web:
        yield web


@pytest.fixture
def attack(tmp_path: Path) -> Attack:
    attack = Attack(tmp_path, settings={"CRAWLER_ALLOWED_NETWORKS": f"{ALLOWED}/32"})
    attack.env["PYTHONPATH"] = os.fspath(PROJECT)
    return attack


@pytest.fixture(scope="session")
def spellings() -> list[str]:
    return lines("spellings.txt")


@pytest.fixture(scope="session")
def redirect_targets() -> list[str]:
    return lines("redirect_targets.txt")


def lines(name: str) -> list[str]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
