"""How well copies are told from articles that only look like copies, through a real ledger.

    python -m tests.duplicates.evaluation

Sixteen articles in eight languages, each in nine variants that sites make of it, are to be
found as copies of it; and no two of the texts themselves: translations, two papers on one event,
texts by one template, live blogs of two days, releases with the same lines about the company.
With the public corpora at hand (CRAWLER_SHARED) it also says what is found among their pages.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.extraction.article import Article, content_hash, count_words
from crawler.ledger.records import Attempt, FileStamp, ItemRecord, Mention, Visit
from crawler.ledger.sqlite import SqliteLedger
from crawler.states import State
from crawler.urls.aliases import url_family
from tests.duplicates.variants import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS = Path(__file__).with_name("texts")
# Those that are articles of some length; the others are there to be kept apart.
COPIED = (
    "ferry",
    "reservoir",
    "ferry-de",
    "tram-de",
    "bakery-fr",
    "olive-es",
    "ferry-zh",
    "silk-zh",
    "tide-th",
    "crane-ja",
    "bees-ru",
    "well-ar",
    "budget-evening",
    "release-plant",
    "live-wednesday",
    "match-lions",
)
# The pairs that are most alike, and are none all the same.
LOOK_ALIKE = (
    ("translation", "ferry", "ferry-de"),
    ("translation", "ferry", "ferry-zh"),
    ("same event", "ferry", "ferry-rival"),
    ("same event", "reservoir", "reservoir-rival"),
    ("same event", "silk-zh", "silk-zh-other"),
    ("same topic", "tide-th", "tide-th-other"),
    ("follow-up", "budget-morning", "budget-evening"),
    ("template", "weather-monday", "weather-tuesday"),
    ("template", "match-lions", "match-eagles"),
    ("template", "lottery-may", "lottery-june"),
    ("template", "tides-one", "tides-two"),
    ("template", "election-north", "election-south"),
    ("template", "police-car", "police-shop"),
    ("template", "fx-april", "fx-august"),
    ("live blog", "live-tuesday", "live-wednesday"),
    ("short wire items", "wire-rate", "wire-trade"),
    ("boilerplate", "release-pump", "release-plant"),
)


@dataclass(slots=True)
class Score:
    """What was found of what is there.

    Attributes:
        found, missed: copies, each as the text and its variant.
        alarms: pairs that were taken for copies and are none.
        apart: how many pairs are none.
    """

    found: list[tuple[str, str]] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)
    alarms: list[tuple[str, str]] = field(default_factory=list)
    apart: int = 0

    @property
    def precision(self) -> float:
        return len(self.found) / ((len(self.found) + len(self.alarms)) or 1)

    @property
    def recall(self) -> float:
        return len(self.found) / ((len(self.found) + len(self.missed)) or 1)


def texts() -> dict[str, str]:
    """The texts by name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(TEXTS.glob("*.md"))}


def copies_of_all(articles: Mapping[str, Article]) -> dict[str, dict[str, float]]:
    """Settle articles by their URLs in a ledger; return for each the copies with similarities."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = SqliteLedger(Path(folder) / "ledger.sqlite3")
        ledger.prepare_copies(wanted=True)
        keys = {}
        with ledger.transaction():
            for number, (url, article) in enumerate(articles.items()):
                family = url_family([url])
                item = ItemRecord(f"{number}.md", f"/{number}", "/", FileStamp(1, 1), "", "")
                ledger.put_item(item, [(Mention(-1, "", url, "article"), family)])
                attempt = Attempt(url, State.OK, status=200)
                visit = Visit(State.OK, "2024-05-14T08:30:00Z", (attempt,), article=article)
                ledger.store_visit(family.key, visit)
                keys[url] = family.key
        found = {url: ledger.copies(key) for url, key in keys.items()}
        ledger.close()
    return {
        url: {} if copies is None else {copy.url: copy.similarity for copy in copies.others}
        for url, copies in found.items()
    }


def evaluate() -> Score:
    """Find copies among all texts and all variants."""
    known = texts()
    pages = {f"https://{name}.example/original": text for name, text in known.items()}
    for name in COPIED:
        for kind, variant in VARIANTS.items():
            pages[_address(kind, name)] = variant(known[name])
    found = copies_of_all({url: _article(text) for url, text in pages.items()})
    score = Score()
    for name in COPIED:
        copies = found[f"https://{name}.example/original"]
        for kind in VARIANTS:
            is_found = _address(kind, name) in copies
            (score.found if is_found else score.missed).append((name, kind))
    owners = {url: _name(url) for url in pages}
    for one, other in combinations(pages, 2):
        if owners[one] != owners[other]:
            score.apart += 1
            if other in found[one] or one in found[other]:
                score.alarms.append((one, other))
    return score


def _address(kind: str, name: str) -> str:
    return f"https://{kind.replace(' ', '-')}.example/{name}"


def _name(url: str) -> str:
    host, _, path = url.removeprefix("https://").partition("/")
    return host.removesuffix(".example") if path == "original" else path


def _article(markdown: str) -> Article:
    return Article(
        markdown=markdown, word_count=count_words(markdown), content_hash=content_hash(markdown)
    )


def pages_of_corpus(folder: Path) -> dict[str, Article]:
    """The articles of a folder with `pages.warc.gz` by their URLs."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - of the extra "bench"

    from crawler.extraction.job import ExtractionJob, extract_page  # noqa: PLC0415

    articles: dict[str, Article] = {}
    with (folder / "pages.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                url = record.rec_headers.get_header("WARC-Target-URI")
                kind = record.http_headers.get_header("Content-Type") or "text/html"
                # One page may be there at two times.
                url += f"?again={len(articles)}" if url in articles else ""
                page = ExtractionJob(record.content_stream().read(), url, kind)
                articles[url] = replace(extract_page(page), kind=None)  # it becomes the state
    return articles


def main() -> None:
    """Print the score, and what the corpora have."""
    score = evaluate()
    print(f"copies     {len(score.found)} found, {len(score.missed)} missed {score.missed or ''}")
    print(f"no copies  {score.apart} pairs, {len(score.alarms)} false alarms {score.alarms or ''}")
    print(f"precision  {score.precision:.3f}   recall {score.recall:.3f}")
    shared = Path(os.environ.get("CRAWLER_SHARED", "../shared")) / "corpus"
    for folder in (shared, shared / "metadata"):
        if folder.is_dir():
            found = copies_of_all(pages_of_corpus(folder))
            copies = {url: others for url, others in found.items() if others}
            print(f"{folder.name}: {len(found)} pages, with copies: {copies or 'none'}")


if __name__ == "__main__":
    main()
