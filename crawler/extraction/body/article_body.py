"""Finds the article on a page; the only module that knows trafilatura's body extraction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml.etree import Element
from trafilatura import bare_extraction

from crawler.extraction.body.agreement import Shingles, agreement, shingles
from crawler.extraction.body.blocks import block_text, plain_words
from crawler.extraction.body.furniture import remove_furniture
from crawler.extraction.body.nesting import limit_nesting
from crawler.extraction.body.second_opinion import main_text
from crawler.extraction.body.split_article import join_split_article
from crawler.extraction.body.standfirst import find_standfirst
from crawler.extraction.body.title_blocks import Titles, page_titles
from crawler.extraction.body.trim import trim_body

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

# Two opinions that agree so far need no third.
_AGREED: Final = 0.88
# A second opinion that found so little of what others found has lost the article itself.
_LOST: Final = 0.2
_OPENING_BLOCKS: Final = 12
_OPENING_WORDS: Final = 60


def extract_body(tree: HtmlElement, html: str) -> _Element | None:
    titles = page_titles(tree)
    standfirst = find_standfirst(tree, titles)
    remove_furniture(tree)
    join_split_article(tree)
    limit_nesting(tree)
    body = _best_body(tree, titles, html)
    if body is None or not (len(body) or body.text):
        return None
    if standfirst is not None:
        _add_standfirst(body, standfirst)
    return body


def _best_body(tree: HtmlElement, titles: Titles, html: str) -> _Element | None:
    quick = _extracted(tree, titles, fast=True)
    second = shingles(main_text(html))
    if quick is not None and agreement(_shingles(quick), second) >= _AGREED:
        return quick
    careful = _extracted(tree, titles)
    if careful is None:
        return quick
    of_careful = _shingles(careful)
    if second.total() < _LOST * of_careful.total():
        return careful
    precise = _extracted(tree, titles, favor_precision=True)
    if precise is not None and agreement(_shingles(precise), second) > agreement(of_careful, second):
        return precise
    return careful


def _extracted(tree: HtmlElement, titles: Titles, *, fast: bool = False, favor_precision: bool = False) -> _Element | None:
    try:
        document = bare_extraction(
            tree,  # is copied
            fast=fast,
            favor_precision=favor_precision,
            output_format="xml",  # "python" would also render a text that nobody reads
            include_comments=False,
            include_formatting=True,
            include_images=True,
            include_links=True,
            include_tables=True,
            deduplicate=False,  # its memory is shared by all pages of a process
            with_metadata=False,
        )
    except RecursionError:
        # What `limit_nesting` leaves is far from the limit, unless the caller is near it already.
        return None
    if document is None or isinstance(document, dict):
        return None
    body: _Element = document.body
    trim_body(body, titles)
    return body


def _shingles(body: _Element) -> Shingles:
    return shingles(" ".join(body.itertext()))


def _add_standfirst(body: _Element, standfirst: str) -> None:
    start = plain_words(standfirst)[:_OPENING_WORDS]
    if any(start in plain_words(block_text(block)) for block in body[:_OPENING_BLOCKS]):
        return
    paragraph = Element("p")
    paragraph.text = standfirst
    body.insert(0, paragraph)
