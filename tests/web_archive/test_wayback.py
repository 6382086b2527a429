from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.web_archive import ArchiveAnswerError, Wayback

PAGE = "http://news.example/a?b=1&c=2"
NEAR = datetime(2024, 5, 14, 6, 30, tzinfo=UTC)
GOOD = {"available": True, "status": "200", "timestamp": "20240516080910", "url": "http://x.test"}


def answer(closest: object) -> bytes:
    return json.dumps({"archived_snapshots": {"closest": closest}}).encode()


def where(body: bytes) -> str | None:
    return Wayback().snapshot_url(PAGE, body)


def test_it_is_asked_for_the_snapshot_nearest_to_a_time() -> None:
    question = Wayback().question(PAGE, NEAR)
    assert question.url == (
        "https://archive.org/wayback/available"
        "?url=http%3A%2F%2Fnews.example%2Fa%3Fb%3D1%26c%3D2&timestamp=20240514063000"
    )
    assert not question.gives_page


def test_without_a_time_it_is_asked_for_the_latest() -> None:
    assert "timestamp" not in Wayback().question(PAGE, None).url


@pytest.mark.parametrize("status", ["200", 200, None])
def test_a_snapshot_is_asked_for_as_it_was_captured(status: object) -> None:
    body = answer(GOOD | {"status": status})
    assert where(body) == f"https://web.archive.org/web/20240516080910id_/{PAGE}"


@pytest.mark.parametrize("url", ["http://127.0.0.1/admin", "file:///etc/passwd", 7, None, ["x"]])
def test_the_url_of_an_answer_leads_nowhere(url: object) -> None:
    assert where(answer(GOOD | {"url": url})) == where(answer(GOOD))


@pytest.mark.parametrize(
    "body",
    [
        b'{"url": "x", "archived_snapshots": {}}',
        answer(None),
        answer({}),
        answer(GOOD | {"available": False}),
        answer(GOOD | {"available": "true"}),
        answer(GOOD | {"status": "404"}),
        answer(GOOD | {"status": ["200"]}),
    ],
)
def test_there_may_be_no_snapshot(body: bytes) -> None:
    assert where(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html>Back soon</html>",
        b"[]",
        b"null",
        b"{}",
        b'{"archived_snapshots": []}',
        b'{"archived_snapshots": {"closest": [1]}}',
        b"[" * 100_000,
        b'{"archived_snapshots": ' + b"9" * 5_000 + b"}",
        *(
            answer(GOOD | {"timestamp": timestamp})
            for timestamp in [
                None,
                20240516080910,
                "",
                "2024",
                "20241399000000",
                "20240516080910\n",
                "../../../../admin/",
                "٢٠٢٤٠٥١٦٠٨٠٩١٠",
                {"a": "b"},
            ]
        ),
    ],
    ids=lambda body: str(body[:60]),
)
def test_an_answer_that_makes_no_sense_is_an_error(body: bytes) -> None:
    with pytest.raises(ArchiveAnswerError):
        where(body)


@pytest.mark.parametrize(
    "url",
    [
        "https://web.archive.org/web/20240516080910/http://news.example/a",
        "http://web.archive.org/web/20240516080910if_/http://news.example/a",
        "https://web.archive.org/web/20240516080910id_/http://news.example/a",
    ],
)
def test_a_redirect_to_a_snapshot_leads_to_the_raw_one(url: str) -> None:
    raw: Any = Wayback().raw_url(url)
    assert raw == "https://web.archive.org/web/20240516080910id_/http://news.example/a"


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/a",
        "https://archive.org/web/20240516080910/http://news.example/a",
        "https://web.archive.org/save/20240516080910/http://news.example/a",
        "https://web.archive.org/web/http://news.example/a",
        "https://web.archive.org/web/20240516080910/mailto:x",
        "https://web.archive.org.evil.example/web/20240516080910/http://news.example/a",
        "https://web.archive.org@evil.example/web/20240516080910/http://news.example/a",
        "https://web.archive.org:8080/web/20240516080910/http://news.example/a",
        "file://web.archive.org/web/20240516080910/http://news.example/a",
        "https://evil.example/https://web.archive.org/web/20240516080910/http://news.example/a",
        "",
    ],
)
def test_a_redirect_to_anything_else_leads_nowhere(url: str) -> None:
    assert Wayback().raw_url(url) is None
