"""A power cut at any moment leaves what the next run goes on from, with nothing good lost."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.items.enrichment import remove_added_parts
from crawler.ledger.records import Attempt, Visit
from crawler.options import CrawlOptions
from crawler.session import RunSession
from crawler.states import State
from crawler.timestamps import now_text
from tests.web.power_cut import cuts, restore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("strace") is None, reason="needs strace"
)

NEWS = "https://news.example/bridge"
OTHER = "https://other.example/market"
SHARED = "https://shared.example/ferry"

CRAWL = """
import sys
from pathlib import Path
from crawler.session import RunSession
from crawler.extraction.article import Article
from crawler.ledger.records import Attempt, Visit
from crawler.timestamps import now_text
from crawler.options import CrawlOptions
from crawler.states import State
root, in_place = Path(sys.argv[1]), sys.argv[2] == "True"
options = CrawlOptions(items=(root / "items",), output=root / "out", in_place=in_place)
with RunSession(options, on_problem=print, should_stop=lambda: False) as crawl:
    crawl.plan()
    crawl.tidy()
    for due in crawl.due(0, 100):
        url = due.record.urls[0]
        article = Article(markdown=f"Text of {url}.", word_count=3, reading_minutes=1)
        hop = Attempt(url, State.OK, status=200)
        crawl.store_visit(due.record.key, Visit(State.OK, now_text(), (hop,), article=article))
    crawl.finish("finished")
"""


@pytest.fixture
def root(tmp_path: Path, write_item: Callable[..., Path]) -> Path:
    root = tmp_path / "root"
    for name, url in (("a", NEWS), ("b", OTHER)):
        write_item(root / "items", name, original_url=url, related=[SHARED], body="Mine.\n")
    return root


def crawl_a_web_that_has_lost_all(root: Path, *, in_place: bool) -> None:
    options = CrawlOptions(items=(root / "items",), output=root / "out", in_place=in_place)
    problems: list[str] = []
    with RunSession(options, on_problem=problems.append, should_stop=lambda: False) as crawl:
        crawl.plan()
        crawl.tidy()
        for due in crawl.due(0, 100):
            attempt = Attempt(due.record.urls[0], State.NOT_FOUND, status=404)
            crawl.store_visit(due.record.key, Visit(State.NOT_FOUND, now_text(), (attempt,)))
        crawl.finish("finished")
    # A cut before the ledger's first commit leaves an empty one, which is told and made anew.
    assert [told for told in problems if "made anew from what was written" not in told] == []


def articles(root: Path) -> set[tuple[str, str]]:
    """Return each file with each text in it."""
    files = {str(path): path.read_text() for path in root.rglob("*.md")}
    return {
        (name, url)
        for name, text in files.items()
        for url in (NEWS, OTHER, SHARED)
        if f"Text of {url}." in text
    }


@pytest.mark.parametrize("in_place", [False, True])
def test_no_article_is_in_a_file_before_the_ledger_has_it_for_good(
    root: Path, *, in_place: bool
) -> None:
    originals = {path.name: path.read_text() for path in (root / "items").iterdir()}
    moments = list(cuts(CRAWL, root, str(root), str(in_place)))
    most, kept = 0, 0
    for _, state in moments:
        restore(root, state)
        before = articles(root)
        most = max(most, len(before))
        crawl_a_web_that_has_lost_all(root, in_place=in_place)
        after = articles(root)
        assert before <= after
        kept += bool(after)
        for path in (root / "items").iterdir():
            assert remove_added_parts(path.read_text()) == originals[path.name]
    assert most == 3  # both items and the file of the source that they share
    assert kept > len(moments) / 4


ADD = """
import os, sys
from pathlib import Path
from crawler.items.create import add_item
text = b"---\\ntitle: x\\noriginalUrl: https://news.example/bridge\\n---\\nbody\\n"
for name in sys.argv[2:]:
    add_item(Path(sys.argv[1]) / "items", text, name)
    os.write(1, f"201 {name} ".encode())
"""


def test_an_item_that_was_taken_is_there_after_a_cut(root: Path) -> None:
    seen = 0
    for printed, state in cuts(ADD, root, str(root), "new.md", "2024/05/deep.md", "2024/other.md"):
        for name in printed.split("201 ")[1:]:
            seen += 1
            assert b"originalUrl" in state[str(root / "items" / name.strip())]
    assert seen >= 3


DISCOVER = """
import sys
from pathlib import Path
from crawler.discovery.found import FoundArticle
from crawler.discovery.new_items import NewItems
from crawler.discovery.options import DiscoveryTally
from crawler.ledger.sqlite import SqliteLedger
root = Path(sys.argv[1])
ledger = SqliteLedger(root / "out" / ".crawler" / "ledger.sqlite3")
new = NewItems(
    ledger, root / "items", DiscoveryTally(), by="feeds", limit=9, on_problem=print
)
for number in range(3):
    new.add(FoundArticle(url=f"https://new{number}.example/a", title=f"New {number}"))
    ledger.put_pause(f"new{number}.example", "2999-01-01T00:00:00Z", "asked so")
ledger.close()
"""


def test_no_article_counts_as_found_before_its_item_is_there_for_good(root: Path) -> None:
    most = 0
    for _, state in cuts(DISCOVER, root, str(root)):
        restore(root, state)
        ledger = root / "out/.crawler/ledger.sqlite3"
        if not ledger.exists():
            continue
        db = sqlite3.connect(ledger)
        has_table = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'discovered'").fetchone()
        keys = db.execute("SELECT key FROM discovered").fetchall() if has_table else []
        db.close()
        texts = [path.read_text() for path in (root / "items").glob("*.md")]
        assert all(any(key in text for text in texts) for (key,) in keys)
        most = max(most, len(keys))
    assert most == 3
