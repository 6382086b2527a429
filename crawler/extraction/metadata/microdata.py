"""The article's microdata (HTML Standard, section 5), as far as news pages use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml.etree import XPath

from crawler.extraction.metadata.element_text import element_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_READ = frozenset(
    {"headline", "datepublished", "datemodified", "author", "articlesection", "keywords"}
    | {"inlanguage", "isaccessibleforfree", "description", "image", "publisher"}
)
_WITH_PROPERTY = XPath("descendant::*/@itemprop/..")
_VALUE_ATTRIBUTES = ("content", "datetime", "href", "src")
_MAX_ELEMENTS = 500
_MAX_CLIMB = 100
_MAX_VALUE = 20_000


def item_properties(tree: HtmlElement) -> dict[str, list[str]]:
    """Values by lower-case itemprop, of an Article item or of no item at all.

    Properties of other items (a comment, a listed video) are not the article's. The value of an
    item (author as a Person) is its name.
    """
    properties: dict[str, list[str]] = {}
    for count, element in enumerate(_WITH_PROPERTY(tree)):
        if count >= _MAX_ELEMENTS:
            break
        names = _READ.intersection((element.get("itemprop") or "").lower().split())
        if names and _is_of_article(element) and (value := _value(element)):
            for name in names:
                properties.setdefault(name, []).append(value)
    return properties


def _is_of_article(element: HtmlElement) -> bool:
    for count, ancestor in enumerate(element.iterancestors()):
        if count >= _MAX_CLIMB:
            return False
        if ancestor.get("itemscope") is not None:
            kind = (ancestor.get("itemtype") or "").strip().rstrip("/").lower()
            return kind.endswith(("article", "posting", "webpage", "creativework"))
    return True


def _value(element: HtmlElement) -> str:
    if element.get("itemscope") is not None:
        for count, inner in enumerate(element.iterfind(".//*[@itemprop]")):
            if (inner.get("itemprop") or "").lower() in {"name", "url"}:
                return _own_value(inner)
            if count >= _MAX_CLIMB:
                break
        return ""
    return _own_value(element)


def _own_value(element: HtmlElement) -> str:
    if element.tag == "abbr" and (value := element.get("title")):  # as microformats write dates
        return str(value[:_MAX_VALUE].strip())
    for attribute in _VALUE_ATTRIBUTES:
        # The target of a link on a name is the person's page, not the name.
        if attribute == "href" and element.tag == "a":
            continue
        if value := element.get(attribute):
            return str(value[:_MAX_VALUE].strip())
    return element_text(element)
