"""Finds the article on a page; the only module that knows trafilatura's body extraction."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml.etree import Element
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from crawler.extraction.body.article_boxes import alone, join_split_article, open_article_boxes
from crawler.extraction.body.boilerplate import limit_nesting, remove_boilerplate
from crawler.extraction.body.missing_text import (
    add_missing,
    find_standfirst,
    is_foreign,
    named_standfirst,
    own_text,
)
from crawler.extraction.body.plain_markup import (
    NAMES_OF_NOTES,
    list_starts,
    make_paragraphs,
    number_lists,
    simplify_inline,
)
from crawler.extraction.body.second_opinion import Shingles, agreement, as_body, main_text, shingles
from crawler.extraction.body.tree_walks import walks_for_paths
from crawler.extraction.body.trim import Titles, block_text, page_titles, plain_words, trim_body
from crawler.extraction.parse import MAX_TEXT, shown_part

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

    from crawler.extraction.parse import BoundedPage

# Two opinions that agree so far need no third.
_AGREED: Final = 0.88
# Below this they have found different articles.
_SAME_ARTICLE: Final = 0.5
# A precise one below this may have lost the article, which its dearer way finds again.
_UNSURE: Final = 0.6
# Who found so little of what another found has lost the article.
_LOST: Final = 0.1
_LEAST_SHINGLES: Final = 100
_OPENING_BLOCKS: Final = 12
_MOST_LINKS: Final = 2_000
_LINK_TEXTS: Final = 20  # pieces of text of one link


def _way(*, fast: bool, precision: bool = False) -> Extractor:
    """A way of extraction; without `fast`, other extractors are asked, too."""
    return Extractor(
        fast=fast,
        precision=precision,
        output_format="xml",  # "python" would also render a text that nobody reads
        comments=False,
        formatting=True,
        images=True,
        links=True,
        tables=True,
        dedup=False,  # its memory is shared by all pages of a process
    )


# Made once: each reads trafilatura's configuration.
_FAST: Final = _way(fast=True)
_CAREFUL: Final = _way(fast=False)
_FAST_AND_PRECISE: Final = _way(fast=True, precision=True)
_PRECISE: Final = _way(fast=False, precision=True)


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an article.

    Attributes:
        element: a `body` element in trafilatura's vocabulary (head, p, list and item, quote, hi,
            ref, graphic, table with row and cell, code, del, lb), with link and image URLs as the
            page has them.
        cut: what of its text is left out, in words; "" if nothing is.
    """

    element: _Element
    cut: str = ""


def extract_body(tree: HtmlElement, page: BoundedPage) -> Body | None:
    """Extract the article's body from a page; None if the page has no article.

    Consumes the tree: elements are removed from it, so that whatever else is to be read from the
    page is read before.

    Args:
        tree: the parsed page.
        page: the text that it was parsed from.
    """
    if page.is_huge:
        return _plain_body(page, page_titles(tree))
    open_article_boxes(tree)
    titles = page_titles(tree)
    simplify_inline(tree, has_notes=any(name in page.html for name in NAMES_OF_NOTES))
    starts = list_starts(tree)
    remove_boilerplate(tree)
    make_paragraphs(tree)
    if _has_too_much_text(tree, page):
        return _plain_body(page, titles)
    join_split_article(tree)
    limit_nesting(tree)
    text = main_text(page.html if len(page.html) <= MAX_TEXT else shown_part(page)[0])
    body = _best_body(tree, titles, page, text)
    if body is None or is_foreign(body, tree):
        own = own_text(tree)
        body = body if own is None else own
        if body is not None:
            trim_body(body, titles)
    if body is None or not (len(body) or body.text):
        return None
    add_missing(body, tree, text)
    number_lists(body, starts)
    _add_standfirst(body, tree, titles)
    return Body(body)


def _has_too_much_text(tree: HtmlElement, page: BoundedPage) -> bool:
    return len(page.html) > MAX_TEXT and sum(map(len, tree.itertext())) > MAX_TEXT


def _plain_body(page: BoundedPage, titles: Titles) -> Body:
    """The text alone of a page that is too large to be walked; what is cut is told without any."""
    html, cut = shown_part(page)
    body = as_body(main_text(html))
    trim_body(body, titles)
    return Body(body, cut)


def _best_body(tree: HtmlElement, titles: Titles, page: BoundedPage, text: str) -> _Element | None:
    """The body that a second opinion agrees with, of up to four that cost more and more."""
    body = _extracted(tree, titles, _FAST)
    second = shingles(text)
    found = _shingles(body)
    agreed = agreement(found, second)
    is_plain = agreed < _SAME_ARTICLE or _has_but_paragraphs(body)
    if agreed < _AGREED and is_plain and not page.is_large and (box := alone(tree)) is not None:
        own = _extracted(box, titles, _FAST)
        if (own_agreed := agreement(_shingles(own), second)) > agreed:
            body, found, agreed = own, _shingles(own), own_agreed
    if agreed < _SAME_ARTICLE and not page.is_large:
        careful = _extracted(tree, titles, _CAREFUL)
        if careful is not None:
            body, found = careful, _shingles(careful)
            agreed = agreement(found, second)
    if _has_lost(found, second):
        prose = _without_links(text, tree)  # of a short article, it may have found the teasers
        if _has_lost(found, shingles(prose)):
            # The parser has lost the article, or the extraction took another one for it.
            body = as_body(prose)
            trim_body(body, titles)
            return body
    if agreed < _AGREED and second.total() >= _LOST * found.total() and not page.is_large:
        precise = _extracted(tree, titles, _FAST_AND_PRECISE)
        agreed_precisely = agreement(_shingles(precise), second)
        if agreed_precisely < _UNSURE:
            precise = _extracted(tree, titles, _PRECISE)
            agreed_precisely = agreement(_shingles(precise), second)
        if agreed_precisely > agreed:
            return precise
    return body


def _has_but_paragraphs(body: _Element | None) -> bool:
    """Whether a body has at most one heading or list: it may be all paragraphs of the page."""
    return body is None or len(list(islice(body.iter("head", "list"), 2))) <= 1


def _has_lost(found: Shingles, second: Shingles) -> bool:
    return found.total() < _LOST * second.total() and second.total() >= _LEAST_SHINGLES


def _without_links(text: str, tree: HtmlElement) -> str:
    """A text without the lines that are links as a whole."""
    texts = ("".join(islice(link.itertext(), _LINK_TEXTS)) for link in tree.iter("a"))
    links = {" ".join(text.split()) for text in islice(texts, _MOST_LINKS)}
    lines = text.splitlines()
    return "\n".join(line for line in lines if " ".join(line.split()) not in links)


def _extracted(tree: HtmlElement, titles: Titles, way: Extractor) -> _Element | None:
    try:
        with walks_for_paths():
            document = bare_extraction(tree, options=way)  # copies the tree
    except RecursionError:
        # What `limit_nesting` leaves is far from the limit, unless the caller is near it already.
        return None
    if document is None or isinstance(document, dict):
        return None
    body: _Element = document.body
    trim_body(body, titles)
    return body


def _shingles(body: _Element | None) -> Shingles:
    return shingles("" if body is None else " ".join(body.itertext()))


def _add_standfirst(body: _Element, tree: HtmlElement, titles: Titles) -> None:
    """Put the standfirst before the text where the extraction left it out."""
    opening = " ".join(plain_words(block_text(block)) for block in body[:_OPENING_BLOCKS])
    standfirst = find_standfirst(tree, titles, opening) or named_standfirst(tree, body)
    if standfirst is not None:
        paragraph = Element("p")
        paragraph.text = standfirst
        body.insert(0, paragraph)
