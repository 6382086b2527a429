"""Ten thousand damaged pages and items: each is read or refused, and none ends the process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.xdist_group("heavy")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("kind", "seed", "expected"),
    [("pages", "7", {"ok", "empty"}), ("items", "7", {"read", "refused"})],
)
def test_ten_thousand_damaged_inputs_are_read_or_refused(
    kind: str, seed: str, expected: set[str]
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.session", kind, seed, "10000"],
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    *failures, became = run.stdout.splitlines() or ["no output"]
    assert failures == []
    assert run.returncode == 0, run.stderr  # below 0: a signal, such as a segmentation fault
    counts = json.loads(became)
    assert set(counts) == expected
    assert sum(counts.values()) == 10_000
    assert min(counts.values()) > 1_000
