"""Items, an output folder and a crawl of the one into the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb


@pytest.fixture
def items(tmp_path: Path) -> Path:
    folder = tmp_path / "items"
    folder.mkdir()
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def crawl(
    items: Path, output: Path, web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> Callable[..., Outcome]:
    """Run the crawler on the items of this test, through its web."""

    def run(*words: object, **more: Any) -> Outcome:
        return run_crawler("run", items, "-o", output, "--json", *words, web=web, **more)

    return run
