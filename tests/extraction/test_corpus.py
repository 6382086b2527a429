"""How good the text is on real pages, where they are at hand.

The score is that of the article extraction benchmark which the pages are from: a page is a bag
of shingles of four words; precision and recall are averaged over the pages; F1 is that of the
two averages.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml.html import fromstring
from markdown_it import MarkdownIt

from crawler.extraction.extract import ExtractionJob, extract_page

PROJECT = Path(__file__).parents[2]
CORPUS = (PROJECT / os.environ.get("CRAWLER_SHARED", "../shared") / "corpus").resolve()
PAGES = 181
LEAST_F1 = 0.965

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the shared corpus is absent: set CRAWLER_SHARED to its folder"
)

_WORD = re.compile(r"\w+")
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_pages() -> dict[str, ExtractionJob]:
    """The page of each URL of the corpus."""
    iterator: Any = pytest.importorskip("warcio.archiveiterator").ArchiveIterator
    pages = {}
    with (CORPUS / "pages.warc.gz").open("rb") as stream:
        for record in iterator(stream):
            if record.rec_type == "response":
                url = record.rec_headers.get_header("WARC-Target-URI")
                content_type = record.http_headers.get_header("Content-Type") or ""
                pages[url] = ExtractionJob(record.content_stream().read(), url, content_type)
    return pages


def plain_text(markdown: str) -> str:
    """The words that a reader sees."""
    if not markdown:
        return ""
    html = _MARKDOWN.render(markdown)
    return " ".join(fromstring(f"<div>{html}</div>").itertext())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)))


def precision_and_recall(truth: str, found: str) -> tuple[float, float]:
    true, predicted = shingles(truth), shingles(found)
    shared = (true & predicted).total()
    return shared / predicted.total(), shared / true.total()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_text_of_the_benchmark_pages_is_as_good_as_it_was() -> None:
    truth = json.loads((CORPUS / "ground-truth.json").read_bytes())
    pages = read_pages()
    assert len(truth) == len(pages) == PAGES
    markdown = {key: extract_page(pages[page["url"]]).markdown for key, page in truth.items()}
    assert [key for key, text in markdown.items() if not text] == []
    scores = [
        precision_and_recall(page["articleBody"], plain_text(markdown[key]))
        for key, page in truth.items()
    ]
    precision, recall = (sum(column) / PAGES for column in zip(*scores, strict=True))
    f1 = 2 * precision * recall / (precision + recall)
    assert f1 >= LEAST_F1, f"F1 {f1:.4f}, precision {precision:.4f}, recall {recall:.4f}"


def test_the_score_of_the_same_text_is_one_and_of_another_zero() -> None:
    assert precision_and_recall("a b c d e", "a b c d e") == (1.0, 1.0)
    assert precision_and_recall("a b c d e", "v w x y z") == (0.0, 0.0)
    assert precision_and_recall("a b c d e", "a b c d") == (1.0, 0.5)
