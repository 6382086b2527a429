"""One session of fuzzing, in a process of its own that a page or an item may crash.

    python -m tests.fuzz.session pages|items SEED COUNT [FOLDER]

prints one JSON line for each failure and a last one with counts. With a folder, its files (for
pages *.html, for items *.md) are mutated along with ours.
"""

from __future__ import annotations

import faulthandler
import json
import re
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from crawler.extraction.job import ExtractionJob, extract_page
from crawler.items.enrichment import insert_added_parts, remove_added_parts
from crawler.items.item import Item, ItemError, parse_item
from crawler.ledger.records import Attempt, Mention, SourceRecord, Visit
from crawler.output.enriched import enriched_item
from crawler.output.entry import mention_entry
from crawler.states import State
from tests.fuzz.mutation import mutated_item, mutated_page
from tests.output.hostile_page import hostile_page
from tests.web.articles import article_html
from tests.web.item_files import write_item

if TYPE_CHECKING:
    from collections.abc import Sequence

_URL = "https://news.example/bridge"
_ITEM = f"---\noriginalUrl: {_URL}\n---\nMine.\n"
_CONTENT_TYPES = ("text/html", "text/html; charset=utf-8", "text/html; charset=utf-16", "", "x;;=")
_CONTENT_TYPES += (
    "text/html; charset=shift_jis",
    "text/html; charset=\x00\xff",
    "text/html;charset",
)
_ENRICHMENT = 'enrichment:\n  schema: 1\n  source:\n    state: "ok"\n'
_PROBLEM = re.compile(r"item\.md:([1-9][0-9]*): \S.*", re.DOTALL)


def check_page(random: Random, seeds: Sequence[bytes]) -> str:
    """Extract a mutated page and write a file of it; return what became of it.

    Raises:
        Exception: whatever must not happen.
    """
    page = mutated_page(random, random.choice(seeds), seeds)
    job = ExtractionJob(page, _URL, random.choice(_CONTENT_TYPES), random.random() < 0.9)
    article = extract_page(job)
    state = State.OK if article.markdown else State.EMPTY
    held = Visit(
        state, "2024-05-14T08:30:00Z", (Attempt(_URL, state, status=200),), article=article
    )
    record = SourceRecord("news.example/bridge", (_URL,), 1, held=held)
    entry = mention_entry(record, Mention(-1, record.key, _URL, "article"), "items/a.md")
    enriched = enriched_item(_ITEM, entry, [], record).encode()
    assert not re.search(rb"\{[{%]|<script", enriched), "something runs"
    assert parse_item(enriched, Path("item.md")).text == _ITEM, "the item did not come back"
    return state.value


def check_item(random: Random, seeds: Sequence[bytes]) -> str:
    """Read a mutated item file, and enrich it where it can be read; return what became of it.

    Raises:
        Exception: whatever must not happen.
    """
    data = mutated_item(random, random.choice(seeds), seeds)
    path = Path("item.md")
    try:
        item = parse_item(data, path)
    except ItemError as error:
        refused = str(error)
    else:
        _check_round_trip(data.decode(), item)
        return "read"
    line = _PROBLEM.fullmatch(refused)
    assert line is not None, f"the problem is not FILE:LINE: reason: {refused}"
    assert int(line[1]) <= data.count(b"\n") + 2, f"there is no such line: {refused}"
    return "refused"


def _check_round_trip(text: str, item: Item) -> None:
    assert remove_added_parts(text) == item.text
    assert parse_item(item.text.encode(), item.path).text == item.text, (
        "an original has an original"
    )
    for article in (None, (_URL, "Words.\n\nMore words.")):
        enriched = insert_added_parts(item.text, _ENRICHMENT, article)
        again = parse_item(enriched.encode(), item.path)
        assert again.text == item.text, "the original did not come back"
        assert repr(again.data) == repr(item.data), "the data are not the same"
        assert (again.source, again.related) == (item.source, item.related)
        assert insert_added_parts(enriched, _ENRICHMENT, article) == enriched


def page_seeds(folder: Path | None) -> list[bytes]:
    """Pages to start from."""
    pages = [article_html(), article_html("Brücke", language="de", image="/i.png", amp="/amp")]
    pages += [article_html(keywords=("a",) * 5, canonical="/c", free_to_read=False, section=None)]
    nested = "<ul><li>a<table><tr><td>b<blockquote>c<pre>d</pre></blockquote></table></li></ul>"
    pages += [article_html().replace("</article>", nested * 3 + "</article>")]
    pages += [*pages, hostile_page("[x](javascript:alert(1)) {{ x }}", is_markup=False)]
    return [page.encode() for page in pages] + _files(folder, "*.html")


def item_seeds(folder: Path | None) -> list[bytes]:
    """Item files to start from, some of them enriched."""
    with tempfile.TemporaryDirectory() as scratch:
        for crlf in (False, True):
            for number, related in enumerate(([], ["https://a.example/x"], [_URL, _URL])):
                name = f"{number}{crlf}"
                write_item(
                    Path(scratch),
                    name,
                    original_url=_URL,
                    related=related,
                    crlf=crlf,
                    body="Mine.\n",
                )
        originals = _files(Path(scratch), "*.md")
    enriched = [
        insert_added_parts(item.decode(), _ENRICHMENT, (_URL, "Words.")).encode()
        for item in originals
    ]
    return originals + enriched + _files(folder, "*.md")


def _files(folder: Path | None, pattern: str) -> list[bytes]:
    return [] if folder is None else [path.read_bytes() for path in sorted(folder.glob(pattern))]


def main(kind: str, seed: str, count: str, folder: str | None = None) -> None:
    """Run the session."""
    faulthandler.enable()
    where = None if folder is None else Path(folder)
    check, seeds = check_page, page_seeds(where)
    if kind == "items":
        check, seeds = check_item, item_seeds(where)
    became: Counter[str] = Counter()
    for number in range(int(count)):
        name = f"{seed}/{number}"
        try:
            became[check(Random(name), seeds)] += 1
        except Exception as error:  # noqa: BLE001 - each is told, and fails the test
            became["failed"] += 1
            told = "".join(traceback.format_exception(error)[-4:])
            print(json.dumps({"name": name, "error": told}), flush=True)
    print(json.dumps(became))


if __name__ == "__main__":
    main(*sys.argv[1:])
