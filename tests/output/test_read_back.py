"""A value that is not ours costs itself, or is told; it costs no article."""

from __future__ import annotations

import pytest

from crawler.output.read_back import EntryError, read_entry

URL = "https://news.example/a"
ENTRY = {
    "state": "ok",
    "requestedUrl": URL,
    "fetchedDateTime": "2026-01-02T03:04:05Z",
    "httpStatus": 200,
}


def test_where_a_page_was_found_at_last_is_read_back() -> None:
    read = read_entry({**ENTRY, "finalUrl": f"{URL}/b"}, "Text.", (URL,), 1)
    assert read is not None
    assert read.held.attempt.redirects == (f"{URL}/b",)


@pytest.mark.parametrize(
    "final",
    [f"{URL}?q={'b' * 21_000}", "http://news%41.example/a", "http://news{a}.example/a", 5],
    ids=["long", "escape", "braces", "number"],
)
def test_an_article_is_read_back_wherever_its_page_led(final: object) -> None:
    read = read_entry({**ENTRY, "finalUrl": final}, "Text.", (URL,), 1)
    assert read is not None
    assert read.held.attempt.redirects == ()
    assert read.held.article is not None
    assert read.held.article.markdown == "Text."


def test_a_state_that_is_none_is_told() -> None:
    with pytest.raises(EntryError, match="state is none of the states"):
        read_entry({**ENTRY, "state": "fine"}, "Text.", (URL,), 1)
