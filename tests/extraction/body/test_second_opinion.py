from __future__ import annotations

from crawler.extraction.body.second_opinion import as_body, main_text
from tests.extraction.body.bodies import texts_of


def test_the_main_part_of_a_page_is_its_text(article_html) -> None:
    text = main_text(article_html())
    assert "voted on Tuesday evening" in text
    assert "by the upper path" in text
    assert "More stories" not in text


def test_a_text_becomes_a_body_of_paragraphs() -> None:
    body = as_body("One.\n\n  Two &amp; more. \n")
    assert [block.tag for block in body] == ["p", "p"]
    assert texts_of(body) == ["One.", "Two &amp; more."]
