"""Takes away, before extraction, what no reader misses, and bounds how deep pages nest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml.etree import XPath, iterwalk, strip_elements, strip_tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement


_MAX_NESTING: Final = 50
# Phrasing, lists and quotations; boxes such as div are walked without recursion.
_RECURSIVE: Final = frozenset(
    {"a", "b", "blockquote", "code", "del", "dl", "em", "i", "kbd", "li", "ol", "p", "pre", "q"}
    | {"s", "samp", "span", "strike", "strong", "sub", "sup", "tt", "u", "ul", "var"}
)


def limit_nesting(tree: HtmlElement) -> None:
    """Dissolve, in place, phrasing and list elements more than 50 deep; their text stays.

    Pages that forget to close their tags nest by hundreds, and would be lost to Python's
    recursion limit.
    """
    depth = 0
    too_deep: list[HtmlElement] = []
    for event, element in iterwalk(tree, events=("start", "end")):
        if element.tag not in _RECURSIVE:
            continue
        if event == "start":
            depth += 1
            if depth > _MAX_NESTING:
                too_deep.append(element)
        else:
            depth -= 1
    # From the inside out: each is dissolved into a parent that is still there.
    for element in reversed(too_deep):
        element.drop_tag()


# Never prose. Their text would also mislead the link-density rules of the extraction, which
# drops most of them in the end; on a page of a newspaper they are half of all elements.
_NOT_PROSE = (
    "aside",
    "base",
    "button",
    "canvas",
    "dialog",
    "embed",
    "figcaption",
    "footer",
    "iframe",
    "link",
    "menu",
    "meta",
    "nav",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
)
# What a figure may hold besides its caption.
_FIGURE_CONTENT = frozenset({"img", "table", "blockquote", "pre"})
# An image inside a link, unless a figure holds both, is a teaser of another page.
_TEASER_IMAGE = XPath(".//a//figure | .//a//img[not(ancestor::figure)]")
# An image that only counts readers. One with data-src and the like may be loaded later, and some
# sites give the ratio of a picture's sides as their length.
_PIXEL = XPath(
    ".//img[translate(@width, ' px', '') = '1' or translate(@width, ' px', '') = '0']"
    "[translate(@height, ' px', '') = '1' or translate(@height, ' px', '') = '0']"
    "[not(normalize-space(@alt) or @srcset or @*[starts-with(name(), 'data-')])]"
)
# By way of the attributes, of which there are fewer than elements.
_CAPTION = XPath(".//@class[contains(., 'caption')]/.. | .//@id[contains(., 'caption')]/..")
_CAPTION_TAGS = frozenset({"div", "li", "ul", "p", "section", "span"})
_HAS_CLASS = "contains(concat(' ', normalize-space(), ' '), ' {} ')"
_HIDDEN = XPath(
    ".//@hidden/.. | .//@aria-hidden[. = 'true']/.."
    " | .//p/@style[contains(translate(., ' ', ''), 'display:none')]/.."
    f" | .//@class[{_HAS_CLASS.format('hide')} or {_HAS_CLASS.format('hidden')}]/.."
)
# Some pages hide the article itself until a script has run; a hidden notice is short.
_HIDDEN_CHARACTERS = 500


def remove_boilerplate(tree: HtmlElement) -> None:
    """Remove scripts, captions, teaser images, pixels and hidden notices from a page, in place."""
    strip_elements(tree, *_NOT_PROSE, with_tail=False)
    # libxml2 does not know that this one is empty, and puts the image that follows inside.
    # Nor does it end the head where an article begins.
    strip_tags(tree, "source", "head")
    _drop(_TEASER_IMAGE(tree))
    _drop(_PIXEL(tree))
    _empty_figures(tree)
    _drop(
        element for element in _CAPTION(tree) if element.tag in _CAPTION_TAGS and _is_short(element)
    )
    _drop(element for element in _HIDDEN(tree) if element.tag == "p" or _is_short(element))
    for quote in tree.iter("blockquote"):
        # A quotation is content, whatever widget its class names; tweets above all.
        quote.attrib.clear()


def _drop(elements: Iterable[HtmlElement]) -> None:
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()


def _is_short(element: HtmlElement) -> bool:
    characters = 0
    for text in element.itertext():
        characters += len(text)
        if characters > _HIDDEN_CHARACTERS:
            return False
    return True


def _empty_figures(tree: HtmlElement) -> None:
    """Leave in each figure only its content, so that captions do not join the prose."""
    nested: set[HtmlElement] = set()
    for figure in list(tree.iter("figure")):
        if figure in nested:
            continue
        content: list[HtmlElement] = []
        covered: set[HtmlElement] = set()
        for element in figure.iterdescendants():
            if element.tag == "figure":
                nested.add(element)
            if element.getparent() in covered:
                covered.add(element)
            elif element.tag in _FIGURE_CONTENT:
                covered.add(element)
                content.append(element)
        for child in list(figure):
            figure.remove(child)
        figure.text = None
        for element in content:
            element.tail = None
            figure.append(element)
