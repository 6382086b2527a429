"""A search through the local web, as a user starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb


@pytest.fixture
def items(tmp_path: Path) -> Path:
    return tmp_path / "items"


@pytest.fixture
def discover(
    tmp_path: Path, items: Path, web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> Callable[..., Outcome]:
    """Run `crawler discover WORDS` into the items and the output of this test."""

    def run(*words: object, **settings: object) -> Outcome:
        where = ("--items", items, "-o", tmp_path / "output", "--json")
        return run_crawler("discover", *words, *where, web=web, settings=settings)

    return run


@pytest.fixture
def fields() -> Callable[[Path], dict[str, Any]]:
    """The front matter of an item file."""

    def read(path: Path) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8").split("---\n")[1])
        return found

    return read
