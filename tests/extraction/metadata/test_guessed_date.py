from __future__ import annotations

from datetime import UTC, datetime

import lxml.html

from crawler.extraction.metadata.publication import guessed_date

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
PAGE = "<html><body><h1>Bridge</h1><div class='info-line'>{}</div><p>Text</p></body></html>"


def _guess(html: str, changes: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    tree = lxml.html.document_fromstring(html)
    before = lxml.html.tostring(tree)
    found = guessed_date(tree, "https://news.example/bridge", NOW, changes)
    assert lxml.html.tostring(tree) == before
    return [tuple(one) for one in found]


def test_a_date_that_is_both_the_first_and_the_last_one_is_told_with_its_origin() -> None:
    page = PAGE.format("Bridge news 23.12.2016")
    assert _guess(page) == [("2016-12-23", "htmldate")]
    assert _guess(page, ("2016-12-23",)) == []


def test_nothing_is_told_of_a_page_without_date_or_too_large() -> None:
    assert _guess(PAGE.format("no date here")) == []
    assert _guess(PAGE.format("23.12.2016" + "<i>x</i>" * 10_000)) == []
