from __future__ import annotations

from typing import TYPE_CHECKING

from resiliparse.parse.html import HTMLParserException

from crawler.extraction.body import second_opinion
from crawler.extraction.body.second_opinion import as_body, main_text
from tests.extraction.body.bodies import texts_of

if TYPE_CHECKING:
    import pytest


def test_the_main_part_of_a_page_is_its_text(article_html) -> None:
    text = main_text(article_html())
    assert "voted on Tuesday evening" in text
    assert "by the upper path" in text
    assert "More stories" not in text


def test_a_text_becomes_a_body_of_paragraphs() -> None:
    body = as_body("One.\n\n  Two &amp; more. \n")
    assert [block.tag for block in body] == ["p", "p"]
    assert texts_of(body) == ["One.", "Two &amp; more."]


def test_what_no_xml_may_hold_does_not_stop_a_body() -> None:
    assert texts_of(as_body(main_text("<p>One&#1; two\x02 three"))) == ["One two three"]


def test_a_page_that_it_cannot_read_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise HTMLParserException

    monkeypatch.setattr(second_opinion, "extract_plain_text", fail)
    assert main_text("<p>One") == ""
