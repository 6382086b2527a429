"""How good the metadata is on real pages of publishers that it was not written for.

The scores are those of the tool that comes with the pages.
"""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest
from w3lib.encoding import http_content_type_encoding

from crawler.extraction.extract import extract_article

PROJECT = Path(__file__).parents[2]
SHARED = (PROJECT / os.environ.get("CRAWLER_SHARED", "../shared")).resolve()
CORPUS = SHARED / "corpus" / "metadata"
SCORER = SHARED / "tools" / "score_articles.py"
# They only go up. In some annotations month and day are swapped, or a site's logo is the image.
LEAST = {
    ("title", "accept"): 0.99,
    ("authors", "f1"): 0.95,
    ("published", "day"): 0.98,
    ("published", "hour"): 0.99,
    ("image", "loose"): 0.935,
    ("topics", "f1"): 0.89,
    ("language", "acc"): 0.985,
}

pytestmark = pytest.mark.skipif(
    not (CORPUS.is_dir() and SCORER.is_file()),
    reason="the shared corpus is absent: set CRAWLER_SHARED to its folder",
)


def read_pages() -> dict[str, tuple[bytes, str | None]]:
    """The body and declared charset of each URL of the corpus."""
    iterator: Any = pytest.importorskip("warcio.archiveiterator").ArchiveIterator
    pages = {}
    with (CORPUS / "pages.warc.gz").open("rb") as stream:
        for record in iterator(stream):
            if record.rec_type == "response":
                url = record.rec_headers.get_header("WARC-Target-URI")
                content_type = record.http_headers.get_header("Content-Type")
                charset = http_content_type_encoding(content_type)
                pages[url] = (record.content_stream().read(), charset)
    return pages


def predictions(truth: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is read off each page, with the names that the scorer knows."""
    pages = read_pages()
    predicted = []
    for page in truth:
        html, charset = pages[page["url"]]
        article = extract_article(html, page["url"], charset=charset, wants_body=False)
        predicted.append(
            {
                "id": page["id"],
                "title": article.title,
                "authors": list(article.authors),
                "published": article.published,
                "image": article.images[0].url if article.images else None,
                "language": article.language,
                "topics": list(article.keywords),
            }
        )
    return predicted


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    spec = importlib.util.spec_from_file_location("score_articles", SCORER)
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    lines = (CORPUS / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    truth = [json.loads(line) for line in lines]
    results, _ = scorer.score(truth, predictions(truth), 0)
    found: dict[str, dict[str, float]] = results
    return found


@pytest.mark.parametrize(("field", "measure"), LEAST)
def test_a_field_is_as_good_as_it_was(
    scores: dict[str, dict[str, float]], field: str, measure: str
) -> None:
    assert scores[field][measure] >= LEAST[field, measure]
