"""Items, an output folder and a crawl of the one into the other."""

from __future__ import annotations

from itertools import count
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


@pytest.fixture
def add_item(
    web: LocalWeb,
    items: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> Callable[..., Path]:
    """Add an item with this file name, about a page of its own."""
    numbers = count()

    def add(name: str, *, folder: Path | None = None, **more: object) -> Path:
        url = f"http://site{next(numbers)}.example/a"
        web.page(url, article_html())
        return write_item(folder or items, name, original_url=url, **more)

    return add
