"""Real article pages, where they are at hand: hardly one is taken for something else."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.extraction import extract
from crawler.extraction.classify.classify import Classification, classify
from crawler.extraction.job import ExtractionJob, extract_page, warm_up
from crawler.states import State

if TYPE_CHECKING:
    from crawler.extraction.classify.page import Page

PROJECT = Path(__file__).parents[3]
CORPUS = (PROJECT / os.environ.get("CRAWLER_SHARED", "../shared") / "corpus").resolve()
MOST_FALSE_ALARMS = 1 / 200
MOST_OF_THE_TIME = 0.06  # of the whole extraction

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not CORPUS.is_dir(), reason="the shared corpus is absent: set CRAWLER_SHARED to its folder"
    ),
]


def read_pages(path: Path) -> list[ExtractionJob]:
    iterator: Any = pytest.importorskip("warcio.archiveiterator").ArchiveIterator
    with path.open("rb") as stream:
        return [
            ExtractionJob(
                record.content_stream().read(),
                record.rec_headers.get_header("WARC-Target-URI"),
                record.http_headers.get_header("Content-Type") or "",
            )
            for record in iterator(stream)
            if record.rec_type == "response"
        ]


@pytest.mark.parametrize("name", ["pages.warc.gz", "metadata/pages.warc.gz"])
def test_hardly_an_article_is_taken_for_something_else_and_it_takes_little(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def timed(page: Page) -> Classification:
        started = time.process_time()
        look = classify(page)
        looks.append(time.process_time() - started)
        return look

    pages = read_pages(CORPUS / name)
    warm_up()
    monkeypatch.setattr(extract, "classify", timed)
    started = time.process_time()
    kinds = {page.url: extract_page(page).kind for page in pages}
    seconds = time.process_time() - started
    alarms = [
        f"{url}: {kind}"
        for url, kind in kinds.items()
        # Some of the pages are of publishers who do not show all of it; their free part is kept.
        if kind is not None and not (kind.state is State.PAYWALLED and "not free" in kind.evidence)
    ]
    assert len(alarms) <= MOST_FALSE_ALARMS * len(pages), alarms
    assert len(looks) == len(pages)
    assert sum(looks) <= MOST_OF_THE_TIME * seconds
