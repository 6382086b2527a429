"""Real pages on a web that fails in all the usual ways: nothing is lost, and nobody is pestered."""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.command import arguments, environment
from tests.web.replayed_web import CORPUS, needs_corpus, replayed_web

if TYPE_CHECKING:
    from pathlib import Path

RETRY_AFTER = 2
FAULTS = ("503:0.1", "429:0.1", "reset:0.05", "stall:0.03", "truncate:0.05", "404:0.1")

pytestmark = needs_corpus


def by_host(log: Path) -> dict[str, list[dict[str, Any]]]:
    hosts = defaultdict(list)
    for row in sorted(map(json.loads, log.read_text().splitlines()), key=lambda row: row["came"]):
        hosts[row["host"]].append(row)
    return hosts


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_every_source_ends_well_and_no_host_sees_two_requests_at_once_or_too_soon(
    tmp_path: Path, seed: str
) -> None:
    faults = [word for fault in FAULTS for word in ("--fault", fault)]
    # A stalled answer is under way, as the server sees it, for longer than anyone waits for it, and
    # for less than that and the pause after it. The server makes a certificate a host meanwhile.
    timing = ["--stall", "5.5", "--retry-after", str(RETRY_AFTER)]
    settings = {
        "DOWNLOAD_TIMEOUT": 5,
        "DOWNLOAD_DELAY": 0.1,
        "RETRY_TIMES": 2,
        "CRAWLER_WAYBACK": "wayback",
        "CRAWLER_WAYBACK_DELAY": 0.1,
    }
    with replayed_web(tmp_path, *faults, *timing, "--wayback", "--seed", seed) as web:
        words = arguments(
            "run", CORPUS / "items", "-o", tmp_path / "out", "--json", settings=settings
        )
        done = subprocess.run(
            words, env=environment(web), capture_output=True, text=True, check=False
        )

    assert done.returncode == 0, done.stderr[-2000:]
    held = json.loads(done.stdout)["sources"]["held"]
    # Two pages show their beginning only, and say that the rest of them is not free.
    assert held.keys() <= {"ok", "archived", "paywalled"}, held
    assert held.get("paywalled", 0) <= 2
    assert sum(held.values()) == 181
    assert held["archived"] >= 5
    for host, rows in by_host(web.log).items():
        for before, after in pairwise(rows):
            told = f"{host}: {before} then {after}"
            assert after["came"] >= before["done"], f"two requests at once at {told}"
            if before["status"] in {429, 503}:
                assert after["came"] >= before["done"] + RETRY_AFTER, f"too soon at {told}"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_second_run_of_a_week_later_finds_nothing_changed(tmp_path: Path) -> None:
    with replayed_web(tmp_path) as web:
        words = ["run", CORPUS / "items", "-o", tmp_path / "out", "--json"]
        subprocess.run(arguments(*words), env=environment(web), capture_output=True, check=False)
        first = len(web.log.read_text().splitlines())
        again = [*words, "--older-than", "0s"]
        done = subprocess.run(
            arguments(*again), env=environment(web), stdout=subprocess.PIPE, check=False
        )

    outcome = json.loads(done.stdout)
    # The two that show their beginning only may have become free, and one links to a second page,
    # which is not there to be joined.
    visited = outcome["sources"]["visited"]
    assert visited == {"not-modified": 178, "paywalled": 2, "ok": 1}
    assert outcome["files"]["written"] == 0
    later = [json.loads(row) for row in web.log.read_text().splitlines()[first:]]
    # robots.txt is remembered, and every page is asked for only if it has changed.
    assert Counter(row["status"] for row in later) == {304: 178, 200: 3, 404: 1}
