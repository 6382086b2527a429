from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.web_archive import ArchiveAnswerError, TimeGate

GATE = TimeGate("https://gate.archive.example/timegate/")
PAGE = "http://news.example/a"


def test_it_negotiates_about_time() -> None:
    question = GATE.question(PAGE, datetime(2024, 5, 14, 6, 30, tzinfo=UTC))
    assert question.url == f"https://gate.archive.example/timegate/{PAGE}"
    assert question.headers == {"Accept-Datetime": "Tue, 14 May 2024 06:30:00 GMT"}
    assert question.gives_page
    assert GATE.question(PAGE, None).headers == {}


@pytest.mark.parametrize(
    ("url", "raw"),
    [
        (f"https://archive.example/20240516080910/{PAGE}", f"20240516080910id_/{PAGE}"),
        ("https://old.archive.example/snapshot/7", "snapshot/7"),
    ],
)
def test_snapshots_may_be_on_any_host_of_its_domain(url: str, raw: str) -> None:
    found = GATE.raw_url(url)
    assert found is not None
    assert found.endswith(f"archive.example/{raw}")


@pytest.mark.parametrize(
    "url", ["https://evil.example/20240516080910/x", "ftp://archive.example/x", "archive.example"]
)
def test_snapshots_are_nowhere_else(url: str) -> None:
    assert GATE.raw_url(url) is None


def test_what_it_answers_is_no_list_of_snapshots() -> None:
    with pytest.raises(ArchiveAnswerError):
        GATE.snapshot_url(PAGE, b"{}")
