"""The pages of one article as one article."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from crawler.extraction.article import content_hash, count_words, reading_minutes, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crawler.extraction.article import Article

_FENCE: Final = re.compile(r"^[ >]*(~{3,})", re.MULTILINE)
_IMAGE: Final = re.compile(r"(?:!\[(?:[^\]\\]|\\.)*\]\([^()\s]+\)\s*)+")
_HEADING: Final = re.compile(r"#{1,6} (.*)")
_LONGEST_PAGINATION: Final = 2_000  # characters, the links' targets with them
_FEW: Final = 2  # numbers of the shortest one
_MOST_WORDS: Final = 4  # "previous page", "next page"
_MOST_REPEATED: Final = 0.5  # of a page's words; one of which more was read before is no new page


def with_next_page(article: Article, page: Article) -> Article | None:
    """Return the article with the text of its next page; None where that brings nothing new.

    The metadata stay. What each page repeats (title, lead, notes at the end) and pictures that
    were shown before are left out; a page of which more than half was on the pages before is one
    of them again.
    """
    before = _blocks(article.markdown)
    while before and _is_pagination(before[-1]):
        before.pop()
    seen = set(before)
    after = _blocks(page.markdown)
    repeated = sum(count_words(block) for block in after if block in seen)
    if repeated > _MOST_REPEATED * page.word_count:
        return None
    new = _without_repetitions(after, seen, article.title)
    if not new:
        return None
    markdown = "\n\n".join([*before, *new])
    return replace(
        article,
        markdown=markdown,
        word_count=count_words(markdown),
        reading_minutes=reading_minutes(markdown),
        content_hash=content_hash(markdown),
        page_count=(article.page_count or 1) + 1,
    )


def _without_repetitions(blocks: list[str], seen: Collection[str], title: str | None) -> list[str]:
    begin, end = 0, len(blocks)
    while begin < end and (
        blocks[begin] in seen or _is_title(blocks[begin], title) or _is_pagination(blocks[begin])
    ):
        begin += 1
    while end > begin and (blocks[end - 1] in seen or _is_pagination(blocks[end - 1])):
        end -= 1
    rest = blocks[begin:end]
    return [block for block in rest if not (block in seen and _IMAGE.fullmatch(block))]


def _is_title(block: str, title: str | None) -> bool:
    heading = _HEADING.fullmatch(block)
    expected = _folded_words(title or "")
    if heading is None or not expected:
        return False
    return _folded_words(heading[1])[: len(expected)] == expected


def _is_pagination(block: str) -> bool:
    """Whether a block is "1 2 3", perhaps with the last page's number and a few words."""
    if len(block) > _LONGEST_PAGINATION:
        return False
    tokens = words(block)
    numbers = [int(token) for token in tokens if token.isascii() and token.isdigit()]
    run = list(range(1, len(numbers) + 1))
    is_run = numbers == run or (len(numbers) > _FEW and numbers[:-1] == run[:-1])
    return is_run and len(numbers) >= _FEW and len(tokens) - len(numbers) <= _MOST_WORDS


def _folded_words(text: str) -> list[str]:
    return [word.lower() for word in words(text)]


def _blocks(markdown: str) -> list[str]:
    """The blocks of a Markdown text that stand an empty line apart; a block of code is one."""
    return list(_whole(markdown.split("\n\n"))) if markdown else []


def _whole(pieces: Iterable[str]) -> Iterable[str]:
    open_fence: str | None = None
    begun: list[str] = []
    for piece in pieces:
        begun.append(piece)
        for fence in _FENCE.findall(piece):
            if open_fence is None:
                open_fence = fence
            elif fence == open_fence:
                open_fence = None
        if open_fence is None:
            yield "\n\n".join(begun)
            begun = []
    if begun:
        yield "\n\n".join(begun)
