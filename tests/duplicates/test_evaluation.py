"""Copies are found and what only looks alike is not, on texts of our own and on real pages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.duplicates.evaluation import (
    LOOK_ALIKE,
    Score,
    copies_of_all,
    evaluate,
    pages_of_corpus,
    texts,
)
from tests.duplicates.variants import VARIANTS

PROJECT = Path(__file__).parents[2]
CORPUS = (PROJECT / os.environ.get("CRAWLER_SHARED", "../shared") / "corpus").resolve()
# Two moments of one page, under one URL.
TRUE_COPIES = {"corpus": 0, "metadata": 2}


@pytest.fixture(scope="module")
def score() -> Score:
    return evaluate()


def test_nothing_is_taken_for_a_copy_that_is_none(score: Score) -> None:
    assert score.apart > 10_000
    assert score.alarms == []


# What is cut, gone over, and buried in as many lines of another site is not half the same text.
@pytest.mark.parametrize("kind", [kind for kind in VARIANTS if kind != "taken over"])
def test_all_copies_of_a_kind_are_found(score: Score, kind: str) -> None:
    assert [name for name, missed in score.missed if missed == kind] == []
    assert [found for _, found in score.found].count(kind) == 16


def test_every_text_that_looks_alike_is_there() -> None:
    names = {name for _, *pair in LOOK_ALIKE for name in pair}
    assert names <= texts().keys()


@pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the shared corpus is absent: set CRAWLER_SHARED to its folder"
)
@pytest.mark.slow
@pytest.mark.parametrize(("folder", "copies"), TRUE_COPIES.items())
def test_on_real_pages_only_true_copies_are_found(folder: str, copies: int) -> None:
    pytest.importorskip("warcio")
    path = CORPUS if folder == "corpus" else CORPUS / folder
    found = {url: others for url, others in copies_of_all(pages_of_corpus(path)).items() if others}
    assert len(found) == copies
    assert len({url.partition("?again=")[0] for url in found}) == copies // 2
