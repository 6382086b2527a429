from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.ledger.revisit import RevisitPolicy
from crawler.options import CrawlOptions
from crawler.output.atomic import UnsafePathError
from crawler.session import RunSession
from crawler.watch.runs import OutputFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def options(tmp_path: Path, write_item: Callable[..., Path]) -> CrawlOptions:
    """Of a folder with an item that is known."""
    write_item(tmp_path / "items", "a", original_url="https://news.example/a")
    options = CrawlOptions(items=(tmp_path / "items",), output=tmp_path / "output")
    with RunSession(options, on_problem=pytest.fail, should_stop=lambda: False) as crawl:
        crawl.plan()
    return options


def test_names_that_a_file_had_for_a_moment_do_not_matter(options: CrawlOptions) -> None:
    folder = OutputFolder(options, RevisitPolicy())
    known, moment = (options.items[0] / name for name in ("a.md", "a-new.md"))
    assert folder.that_matter([known, moment]) == (known,)
    known.rename(moment)
    assert folder.that_matter([known, moment]) == (known, moment)
    moment.unlink()
    assert folder.that_matter([moment]) == ()


def test_without_a_ledger_every_name_may_matter(options: CrawlOptions) -> None:
    ledger = options.output / ".crawler" / "ledger.sqlite3"
    ledger.write_bytes(b"no database at all, but long enough for a look")
    gone = options.items[0] / "gone.md"
    assert OutputFolder(options, RevisitPolicy()).that_matter([gone]) == (gone,)


def test_a_watch_does_not_follow_a_lock_that_is_a_link(
    options: CrawlOptions, tmp_path: Path
) -> None:
    (tmp_path / "precious").write_text("precious")
    (options.output / ".crawler" / "watch.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(UnsafePathError):
        OutputFolder(options, RevisitPolicy()).take()
    assert (tmp_path / "precious").read_text() == "precious"
