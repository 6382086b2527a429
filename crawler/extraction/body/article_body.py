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
_AGREED: Final = 0.85
# Below this they have found different articles.
_SAME_ARTICLE: Final = 0.5
# A second opinion that found so little of what others found has lost the article itself.
_LOST: Final = 0.2
_OPENING_BLOCKS: Final = 12


def extract_body(tree: HtmlElement, html: str) -> _Element | None:
    titles = page_titles(tree)
    remove_furniture(tree)
    join_split_article(tree)
    limit_nesting(tree)
    body = _best_body(tree, titles, html)
    if body is None or not (len(body) or body.text):
        return None
    _add_standfirst(body, tree, titles)
    return body


def _best_body(tree: HtmlElement, titles: Titles, html: str) -> _Element | None:
    """The body that a second opinion agrees with, of up to three that cost more and more."""
    body = _extracted(tree, titles, fast=True)
    second = shingles(main_text(html))
    agreed = 0.0 if body is None else agreement(_shingles(body), second)
    if agreed < _SAME_ARTICLE:
        careful = _extracted(tree, titles)
        if careful is None:
            return body
        body, found = careful, _shingles(careful)
        if second.total() < _LOST * found.total():
            return body
        agreed = agreement(found, second)
    if agreed < _AGREED:
        precise = _extracted(tree, titles, favor_precision=True)
        if precise is not None and agreement(_shingles(precise), second) > agreed:
            return precise
    return body


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


def _add_standfirst(body: _Element, tree: HtmlElement, titles: Titles) -> None:
    """Put the standfirst before the text where the extraction left it out."""
    opening = " ".join(plain_words(block_text(block)) for block in body[:_OPENING_BLOCKS])
    standfirst = find_standfirst(tree, titles, opening)
    if standfirst is not None:
        paragraph = Element("p")
        paragraph.text = standfirst
        body.insert(0, paragraph)
