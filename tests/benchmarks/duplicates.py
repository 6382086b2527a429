"""What looking for copies costs, with a hundred thousand articles in the ledger.

    python tests/benchmarks/duplicates.py [--articles 100000] [--lookups 2000]

Settles synthetic articles twice into a ledger, once with copies looked for and once without, in
turns of a thousand in one process, so that both see the same machine. The articles are of words in
their natural frequencies, 200 to 1,200 each; each has some lines of its site below, and one in ten
is a copy of an earlier one, cut, gone over, or with another site's lines. Then it looks up articles
that the ledger does not have yet, new ones and copies. "tell" is the question, asked with each
entry that is written, which copies a known article has.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path

from crawler.duplicates import minhash_of, shingles
from crawler.extraction.article import Article, content_hash, count_words
from crawler.ledger.copy_rows import AlikeTexts
from crawler.ledger.records import Attempt, FileStamp, ItemRecord, Mention, Visit
from crawler.ledger.sqlite import SqliteLedger
from crawler.states import State
from crawler.urls.aliases import url_family

TURN = 1_000
SITES = 500
KEPT = 5_000  # earlier articles of which copies are made
COPY_SHARE = 0.1
VOCABULARY = 50_000
MIB = 2**20


class Press:
    """Writes articles, the same ones each time."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        self._words = [
            "".join(self._random.choices("abcdeghilmnoprstu", k=2 + rank % 9))
            for rank in range(VOCABULARY)
        ]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        self._lines = [self._text(60) for _ in range(SITES)]
        self._kept: list[list[str]] = []

    def _text(self, length: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._weights, k=length)

    def article(self, copy_share: float = COPY_SHARE) -> tuple[Article, bool]:
        """Return the next article, and whether it is a copy."""
        is_copy = bool(self._kept) and self._random.random() < copy_share
        if is_copy:
            known = self._random.choice(self._kept)
            cut = known[: int(len(known) * self._random.uniform(0.7, 1))]
            every = self._random.randint(20, 60)
            body = [word if n % every else "rather" for n, word in enumerate(cut, 1)]
        else:
            body = self._text(self._random.randint(200, 1_200))
            if len(self._kept) < KEPT:
                self._kept.append(body)
        body += self._random.choice(self._lines)
        markdown = "\n\n".join(" ".join(body[at : at + 60]) for at in range(0, len(body), 60))
        words, digest = count_words(markdown), content_hash(markdown)
        return Article(markdown=markdown, word_count=words, content_hash=digest), is_copy


class Shelf:
    """A ledger that articles are settled into, and the time that this took."""

    def __init__(self, folder: Path, *, copies: bool) -> None:
        self.path = folder / f"copies-{copies}.sqlite3"
        self.ledger = SqliteLedger(self.path)
        self.ledger.prepare_copies(wanted=copies)
        self.seconds = 0.0

    def store_visit(self, articles: list[Article], first: int) -> None:
        """Settle articles, each in a transaction of its own, as a crawl does."""
        visits = [_visit(number, article) for number, article in enumerate(articles, first)]
        with self.ledger.transaction():
            for number, (url, _) in enumerate(visits, first):
                item = ItemRecord(f"{number}.md", f"/{number}", "/", FileStamp(1, 1), "", "")
                self.ledger.put_item(item, [(Mention(-1, "", url, "article"), url_family([url]))])
        started = time.process_time()
        for url, visit in visits:
            self.ledger.store_visit(url_family([url]).key, visit)
        self.seconds += time.process_time() - started

    def close(self) -> int:
        """Close the ledger and return the bytes of its file."""
        self.ledger.close()
        return self.path.stat().st_size


def _visit(number: int, article: Article) -> tuple[str, Visit]:
    url = f"https://site{number % SITES}.example/story-{number}"
    attempt = Attempt(url, State.OK, status=200)
    return url, Visit(State.OK, "2024-05-14T08:30:00Z", (attempt,), article=article)


def look_up(path: Path, press: Press, count: int) -> None:
    """Look up articles that are not in the ledger, and print the time from text to copies."""
    texts = AlikeTexts(sqlite3.connect(path))
    for kind, share in (("new", 0.0), ("copies", 1.0)):
        wall, cpu, found = [], [], 0
        for _ in range(count // 2):
            article, _ = press.article(copy_share=share)
            started, started_cpu = time.perf_counter(), time.process_time()
            words = shingles(article.markdown)
            found += bool(texts.like(words, minhash_of(words.runs)))
            wall.append(time.perf_counter() - started)
            cpu.append(time.process_time() - started_cpu)
        print(f"look up   {count // 2} {kind}: {found} have copies")
        print(f"          {_spread(wall)}")
        print(f"          {_spread(cpu)} of CPU")


def tell(path: Path, articles: int, count: int) -> list[float]:
    """Return the seconds that it takes to say which copies an article in the ledger has."""
    ledger = SqliteLedger(path)
    seconds = []
    for number in random.Random(1).sample(range(articles), min(count, articles)):
        key = url_family([f"https://site{number % SITES}.example/story-{number}"]).key
        started = time.perf_counter()
        ledger.copies(key)
        seconds.append(time.perf_counter() - started)
    ledger.close()
    return seconds


def _spread(seconds: list[float]) -> str:
    seconds = sorted(seconds)
    middle, high = (seconds[int(len(seconds) * share)] * 1_000 for share in (0.5, 0.99))
    return f"p50 {middle:.3f} ms, p99 {high:.3f} ms, max {seconds[-1] * 1_000:.3f} ms"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--lookups", type=int, default=2_000)
    args = parser.parse_args()
    press = Press()
    with tempfile.TemporaryDirectory() as name:
        with_copies, without = (Shelf(Path(name), copies=copies) for copies in (True, False))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for first in range(0, args.articles, TURN):
            batch = [press.article()[0] for _ in range(min(TURN, args.articles - first))]
            for shelf in (without, with_copies):
                shelf.store_visit(batch, first)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        sizes = [shelf.close() for shelf in (without, with_copies)]
        base, cost = (shelf.seconds / args.articles * 1_000 for shelf in (without, with_copies))
        print(f"{args.articles} articles, Python {sys.version.split()[0]}")
        print(
            f"settle    {base:.2f} ms of CPU without, {cost:.2f} ms with copies: "
            f"{cost - base:.2f} ms an article, {cost / base:.2f} times"
        )
        print(
            f"disk      {sizes[0] / MIB:.0f} MiB without, {sizes[1] / MIB:.0f} MiB with copies: "
            f"{(sizes[1] - sizes[0]) / args.articles:.0f} bytes an article"
        )
        print(f"memory    the process grew by {grown:.0f} MiB, its articles in it")
        look_up(with_copies.path, press, args.lookups)
        print(f"tell      {_spread(tell(with_copies.path, args.articles, args.lookups))}")


if __name__ == "__main__":
    main()
