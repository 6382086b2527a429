from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.extraction.article import Article, content_hash, count_words, reading_minutes
from crawler.extraction.joined_pages import with_next_page

LEAD = "The council voted on Tuesday to keep the old bridge."
IMAGE = "![The bridge](https://news.example/bridge.jpg)"
SECOND_IMAGE = "![The weir](https://news.example/weir.jpg)"
NOTE = "*Reporting by Ada Okafor.*"
BEAMS = "Engineers had found that two of its seven beams were rotten, and named a low price for it."
WORK = "Work begins in the second week of September, and walkers will be led over the weir then."


def article(*blocks: str, title: str = "The bridge stays open") -> Article:
    markdown = "\n\n".join(blocks)
    return Article(markdown=markdown, title=title, word_count=count_words(markdown))


def joined(first: Article, page: Article) -> list[str]:
    result = with_next_page(first, page)
    assert result is not None
    return result.markdown.split("\n\n")


def test_the_text_goes_on_and_is_measured_again() -> None:
    first = replace(article(LEAD, BEAMS), authors=("Ada Okafor",), description="Beams.")
    result = with_next_page(first, article(WORK, title="Page 2"))
    assert result is not None
    text = f"{LEAD}\n\n{BEAMS}\n\n{WORK}"
    assert result == replace(
        first,
        markdown=text,
        word_count=count_words(text),
        reading_minutes=reading_minutes(text),
        content_hash=content_hash(text),
        page_count=2,
    )
    assert first.page_count is None


def test_a_title_without_words_is_that_of_no_heading() -> None:
    page = article("## What comes next", WORK)
    assert joined(article(LEAD, title="—"), page) == [LEAD, "## What comes next", WORK]


def test_pages_are_counted_on() -> None:
    result = with_next_page(replace(article(LEAD), page_count=4), article(WORK))
    assert result is not None
    assert result.page_count == 5


@pytest.mark.parametrize(
    ("page", "new"),
    [
        ([LEAD, WORK], [WORK]),
        ([IMAGE, LEAD, WORK, NOTE], [WORK]),
        (["# The bridge stays open", WORK], [WORK]),
        (["## The Bridge Stays Open (page 2)", WORK], [WORK]),
        (["## What comes next", WORK], ["## What comes next", WORK]),
        ([WORK, IMAGE, WORK[::-1]], [WORK, WORK[::-1]]),
        ([WORK, SECOND_IMAGE, WORK[::-1]], [WORK, SECOND_IMAGE, WORK[::-1]]),
        ([WORK, LEAD, WORK[::-1]], [WORK, LEAD, WORK[::-1]]),
    ],
)
def test_what_every_page_repeats_is_left_out(page: list[str], new: list[str]) -> None:
    first = article(IMAGE, LEAD, BEAMS, NOTE)
    assert joined(first, article(*page)) == [IMAGE, LEAD, BEAMS, NOTE, *new]


@pytest.mark.parametrize(
    "page",
    [
        [LEAD, BEAMS, NOTE],
        [LEAD, BEAMS, "A reader writes: a good thing."],
        [BEAMS],
        [],
    ],
)
def test_a_page_that_says_what_was_said_is_no_further_one(page: list[str]) -> None:
    assert with_next_page(article(LEAD, BEAMS, NOTE), article(*page)) is None


def test_a_block_of_code_is_one_whatever_is_in_it() -> None:
    code = f"~~~\nfirst line\n\n{IMAGE}\n\nlast line\n~~~"
    page = article(code.replace("last", "other"), WORK, code)
    result = with_next_page(article(IMAGE, LEAD, BEAMS, BEAMS[::-1], code), page)
    assert result is not None
    assert result.markdown.endswith(f"~~~\n\n{code.replace('last', 'other')}\n\n{WORK}")


@pytest.mark.parametrize(
    "pagination",
    [
        "1 [2](https://news.example/bridge?page=2)",
        "Pages: 1 2 3 next page",
        "« 1 | 2 | 3 | … | 12 »",
        "- 1\n- [2](https://news.example/bridge?page=2)\n- [3](https://news.example/bridge?page=3)",
    ],
)
def test_the_links_from_page_to_page_are_no_text(pagination: str) -> None:
    page = article(pagination, WORK, pagination)
    assert joined(article(LEAD, BEAMS, pagination), page) == [LEAD, BEAMS, WORK]


@pytest.mark.parametrize(
    "line", ["The numbers of the week: 3 12 25", "1", "1 2 3 go, said the mayor to them", "2 3"]
)
def test_a_line_with_numbers_is_text(line: str) -> None:
    assert joined(article(LEAD, BEAMS, line), article(WORK))[-2:] == [line, WORK]
