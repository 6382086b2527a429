from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--every", "often"], "'often' is not a span of time"),
        (["--every", "61 * * * *"], "Bad minute"),
        (["--http", "example.com"], "neither PORT nor HOST:PORT"),
        (["-s", "CRAWLER_WATCH_QUIET=soon"], "CRAWLER_WATCH_QUIET: 'soon' is not a number"),
        (["-s", "CRAWLER_WATCH_GAP=-1"], "CRAWLER_WATCH_GAP"),
        (["-s", "CRAWLER_WATCH_PATIENCE=inf"], "CRAWLER_WATCH_PATIENCE"),
        (["-s", "CRAWLER_REVISIT_OLD=soon"], "CRAWLER_REVISIT_OLD"),
        (["-s", "CRAWLER_WATCH_QUIET"], "is not NAME=VALUE"),
    ],
)
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_watch_that_makes_no_sense_ends_with_2_and_its_reason(
    command: Callable[..., Outcome], tmp_path: Path, words: list[str], reason: str, log_format: str
) -> None:
    output = tmp_path / "output"
    outcome = command("watch", tmp_path, "-o", output, "--log-format", log_format, *words)
    assert outcome.code == 2
    (line,) = outcome.stderr.splitlines()
    assert reason in (json.loads(line)["message"] if log_format == "json" else line)
    assert not output.exists()
