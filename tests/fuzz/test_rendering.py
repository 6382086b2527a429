"""Random articles and names, rendered by real engines: nothing runs, and nothing is lost.

A longer session, as one is run by night:

    RENDERING_FUZZ_COUNT=100000 RENDERING_FUZZ_SEED=$(date +%F) pytest tests/fuzz/test_rendering.py
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import pytest

from crawler.sanitize import plain_text
from tests.engines.engines import ENGINES
from tests.engines.page_check import Meant, unmeant
from tests.fuzz.bodies import text_of
from tests.fuzz.rendering import KINDS, document_of, documents, failures, smaller
from tests.payloads import PAYLOADS

COUNT: Final = int(os.environ.get("RENDERING_FUZZ_COUNT", "400"))
SEED: Final = os.environ.get("RENDERING_FUZZ_SEED", "1")
_BATCH: Final = 2_000
# What went wrong once, one body a line.
CASES: Final = Path(__file__).with_name("rendering_cases.txt").read_text("utf-8").splitlines()

engines = pytest.mark.parametrize("engine", ENGINES)


@pytest.mark.timeout(120 + COUNT // 10)
@engines
def test_random_articles_hold_what_was_meant_and_nothing_else(engine: str) -> None:
    for start in range(0, COUNT, _BATCH):
        name = f"{SEED}/{start}"
        several = documents(name, min(_BATCH, COUNT - start))
        for document, _ in failures(engine, several):
            small, why = smaller(engine, document, name)
            raise AssertionError(
                json.dumps({"why": why, "body": small.body, "markdown": small.text})
            )


@engines
def test_what_went_wrong_once_does_so_no_more(engine: str) -> None:
    several = [document_of(line, kind, Random(1)) for line in CASES for kind in KINDS]
    assert list(failures(engine, several)) == []


@engines
def test_a_name_that_a_theme_has_read_as_markdown_runs_nothing(engine: str) -> None:
    """As `{{ page.title | markdownify }}` does."""
    random = Random(SEED)
    names = PAYLOADS + [text_of(random) for _ in range(COUNT)]
    pages = ENGINES[engine]([plain_text(name) for name in names])
    wrong = {name: unmeant(page, Meant()) for name, page in zip(names, pages, strict=True)}
    assert {name: why for name, why in wrong.items() if why} == {}


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>a<script>b</script></p>", "element script"),
        ("<p onclick=x>a</p>", "attribute onclick='x' of p"),
        ("<a href=' javascript:x'>a</a>", "attribute href=' javascript:x' of a"),
        ("<svg/><!-- a -->", "element svg"),
        ("<h2 style='x'>a</h2>", "attribute style='x' of h2"),
        ("<img src=data:,x>", "attribute src='data:,x' of img"),
    ],
)
def test_what_nobody_meant_is_found(html: str, found: str) -> None:
    """Else the other tests here would look at nothing."""
    assert found in unmeant(html, Meant())


def test_what_is_lost_and_who_links_elsewhere_is_found() -> None:
    meant = Meant(links=Counter({"https://a.example/": 1}), letters="ab")
    assert unmeant("<p>a <a href='https://a.example/'>b</a></p>", meant) == []
    assert unmeant("<p>a <a href='https://b.example/'></a></p>", meant) == [
        "a of https://b.example/",
        "text 'a' in place of 'ab'",
    ]
