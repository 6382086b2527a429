"""Finds the article on a page; the only module that knows trafilatura's body extraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trafilatura import bare_extraction

from crawler.extraction.body.furniture import remove_furniture
from crawler.extraction.body.nesting import limit_nesting
from crawler.extraction.body.split_article import join_split_article
from crawler.extraction.body.trim import plain_words, trim_body

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_TITLE_META = frozenset(
    {"og:title", "twitter:title", "og:description", "twitter:description", "description"}
)


def extract_body(tree: HtmlElement) -> _Element | None:
    """Extract the article's body from a page.

    Consumes the tree: elements are removed from it, so that whatever else is to be read from the
    page is read before.

    Returns:
        A `body` element in trafilatura's vocabulary (head, p, list and item, quote, hi, ref,
        graphic, table with row and cell, code, del, lb), with link and image URLs as the page
        has them; None if the page has no article.
    """
    titles = _titles(tree)
    remove_furniture(tree)
    join_split_article(tree)
    limit_nesting(tree)
    try:
        document = bare_extraction(
            tree,
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
    return body if len(body) or body.text else None


def _titles(tree: HtmlElement) -> set[str]:
    titles = {plain_words(element.text_content()) for element in tree.iter("h1", "title")}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or ""
        if name.lower() in _TITLE_META:
            titles.add(plain_words(element.get("content") or ""))
    titles.discard("")
    return titles
