"""CSS selectors of rules; the only module that knows parsel."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cssselect import SelectorError
from lxml.etree import XPath, XPathError
from parsel.csstranslator import HTMLTranslator

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_translator = HTMLTranslator()


class BadSelectorError(ValueError):
    """A text is no CSS selector; the message says why."""


@lru_cache(maxsize=1_024)
def compiled(css: str) -> XPath:
    """Return a selector as XPath.

    Besides CSS (level 3 and `:has`, `:is` and the like) it may end with Scrapy's `::text` and
    `::attr(name)`.

    Raises:
        BadSelectorError: it is none.
    """
    try:
        return XPath(_translator.css_to_xpath(css))
    except (SelectorError, XPathError) as error:
        raise BadSelectorError(str(error)) from error


def found(tree: HtmlElement, css: str) -> list[HtmlElement | str]:
    """Return what a selector finds, in document order: elements, or texts.

    Raises:
        BadSelectorError: it is none.
    """
    matches = compiled(css)(tree)
    return matches if isinstance(matches, list) else []
