"""Pages with more markup than any article end before they cost anything."""

from __future__ import annotations

import pytest

from crawler.extraction.extract import extract_article
from crawler.extraction.page_bounds import (
    MAX_ATTRIBUTES,
    MAX_TAGS,
    MAX_VALUE,
    PageTooLargeError,
    check_markup,
)

URL = "http://news.example/bridge"
MANY = " ".join(f"a{number}" for number in range(MAX_ATTRIBUTES + 1))


def test_as_many_tags_as_a_page_may_have_pass_and_one_more_does_not() -> None:
    check_markup("<br>" * MAX_TAGS)
    with pytest.raises(PageTooLargeError):
        check_markup("<br>" * (MAX_TAGS + 1))


@pytest.mark.parametrize(
    "attributes",
    [
        MANY,
        MANY.replace(" ", "/"),
        MANY.replace(" ", "=1 "),
        MANY.replace(" ", ' = ">" '),
        MANY.replace(" ", " = '<p>'\n"),
    ],
)
def test_a_tag_with_too_many_attributes_is_found_however_it_is_written(attributes: str) -> None:
    with pytest.raises(PageTooLargeError):
        check_markup(f"<p>before<p {attributes}>after" + f" <p {attributes}" * 2)


@pytest.mark.parametrize(
    "html",
    [
        f"<p {MANY.rpartition(' ')[0]}>",
        f"<p>{MANY}</p>",
        f'<p title="{MANY}">',
        f"<p title='{MANY}'>",
        f"<p x y=z> 1 < {MANY}",
        "<p a b c>" * 2_000,
    ],
)
def test_words_are_no_attributes(html: str) -> None:
    check_markup(html)


def test_a_giant_attribute_costs_the_page_nothing_but_the_attribute(article_html) -> None:
    page = article_html()
    image = f'<img src="data:image/png;base64,{"A" * (MAX_VALUE + 1)}"></article>'
    expected = extract_article(page, URL)
    assert expected.word_count > 50
    assert extract_article(page.replace("</article>", image), URL) == expected


@pytest.mark.parametrize("tag", ["div", "span", "b", "li", "font", "section", "x-a"])
def test_fifty_thousand_nested_elements_leave_the_text_before_them(tag: str, article_html) -> None:
    page = article_html()
    expected = extract_article(page, URL).markdown
    nested = page.replace("</article>", f"</article><p>{f'<{tag}>' * 50_000}")
    assert extract_article(nested, URL).markdown.startswith(expected[:200])
