"""Bodies that need not be looked for: a rule's choice, or what a page has in its data."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final

from lxml.etree import ParserError
from lxml.html import document_fromstring

from crawler.extraction.body.boilerplate import limit_nesting
from crawler.extraction.body.second_opinion import as_body
from crawler.extraction.body.trim import page_titles, plain_words
from crawler.extraction.metadata.image_sources import largest_candidate
from crawler.extraction.metadata.json_ld import json_ld_values, schema_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element
    from lxml.html import HtmlElement


_NO_TEXT: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "hr"}
    | {"button", "input", "select", "textarea", "datalist", "canvas", "video", "audio", "link"}
    | {"meta", "col", "colgroup", "map"}
)
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
# HTML elements in the vocabulary of `crawler.extraction.body.article_body.Body`: tag, rendition.
_SAME_AS: Final = {
    **{name: ("head", name) for name in _HEADINGS},
    **{name: ("list", name) for name in ("ul", "ol", "dl")},
    **dict.fromkeys(("li", "dt", "dd"), ("item", "")),
    **dict.fromkeys(("b", "strong"), ("hi", "#b")),
    **dict.fromkeys(("i", "em"), ("hi", "#i")),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), ("hi", "#t")),
    **dict.fromkeys(("del", "s", "strike"), ("del", "")),
    **dict.fromkeys(("td", "th"), ("cell", "")),
    "tr": ("row", ""),
    "table": ("table", ""),
    "blockquote": ("quote", ""),
    "pre": ("code", ""),
    "br": ("lb", ""),
    "p": ("p", ""),
}
_BOXES: Final = frozenset(
    {"div", "section", "article", "main", "header", "footer", "aside", "figure", "figcaption"}
    | {"details", "summary", "address", "form", "fieldset", "nav", "center", "body"}
)
_BLOCKS: Final = frozenset({"head", "list", "quote", "table", "code", "p"})


def chosen_body(tree: HtmlElement, elements: Sequence[HtmlElement]) -> HtmlElement:
    """Return elements of a page as one `body` in trafilatura's vocabulary.

    A heading that repeats the page's title is left out, and captions that are their image's title.

    Args:
        tree: the page; it is not changed.
        elements: parts of it, none within another.
    """
    titles = page_titles(tree).titles
    body: HtmlElement = tree.makeelement("body")
    for element in elements:
        copy = deepcopy(element)
        copy.tail = None
        body.append(copy)
    limit_nesting(body)
    for image in list(body.iter("img")):  # as long as its picture is around it
        _translate_image(image)
    for element in list(body.iterdescendants()):
        _translate(element)
    _dissolve_boxes(body)
    for heading in list(body.iter("head")):
        if plain_words("".join(heading.itertext())) in titles:
            heading.drop_tree()
    return body


def _translate(element: HtmlElement) -> None:
    """Make an element one of the vocabulary, in place; boxes stay."""
    tag = str(element.tag)
    if element.getparent() is None:
        return  # in something that has gone
    if tag in _NO_TEXT or (tag == "figcaption" and _is_title_of_an_image(element)):
        element.drop_tree()
    elif tag == "a":
        _rename(element, "ref", {"target": element.get("href") or ""})
    elif tag == "caption":
        _move_before_table(element)
    elif tag in _SAME_AS:
        name, rendition = _SAME_AS[tag]
        _rename(element, name, {"rend": rendition} if rendition else {})
    elif tag not in _BOXES and tag != "graphic":
        element.drop_tag()


def _translate_image(image: HtmlElement) -> None:
    best = largest_candidate(image)
    known = {"src": "" if best is None else best.url}
    known |= {name: value for name in ("alt", "title") if (value := image.get(name))}
    _rename(image, "graphic", known)


def _rename(element: HtmlElement, tag: str, attributes: dict[str, str]) -> None:
    element.tag = tag
    element.attrib.clear()
    element.attrib.update(attributes)


def _is_title_of_an_image(caption: HtmlElement) -> bool:
    """Whether it is that of one image, which `keep_captions` has given it to."""
    figure = next(caption.iterancestors("figure"), None)
    return figure is not None and len(list(figure.iter("graphic"))) == 1


def _move_before_table(caption: HtmlElement) -> None:
    table = next(caption.iterancestors("table"), None)
    caption.tail = None
    _rename(caption, "p", {})
    if table is not None:
        table.addprevious(caption)


def _dissolve_boxes(body: HtmlElement) -> None:
    """Make boxes of running text paragraphs, and put the content of the others in their place."""
    for box in reversed(list(body.iterdescendants(*_BOXES))):  # from the inside out
        if next(box.iterdescendants(*_BLOCKS), None) is None:
            _rename(box, "p", {})
        else:
            box.tail = " " + (box.tail or "")
            box.drop_tag()


_LEAST_WORDS: Final = 40  # fewer are a description
_MAX_CHARACTERS: Final = 1_000_000


def data_body(scripts: Sequence[str]) -> _Element | None:
    """The longest schema.org articleBody of a page's JSON-LD, in trafilatura's vocabulary.

    Its text may be HTML or plain; None where there is none of more than a few words.
    """
    texts = [
        text[:_MAX_CHARACTERS]
        for node in schema_nodes(json_ld_values(scripts))
        for value in node.values("articleBody")
        if isinstance(value, str) and (text := value.strip())
    ]
    longest = max(texts, key=len, default="")
    if len(longest.split()) < _LEAST_WORDS:
        return None
    if "</p>" not in longest and "<br" not in longest:
        return as_body(longest)
    try:
        tree = document_fromstring(f"<article>{longest}</article>")
    except ParserError:
        return None
    return chosen_body(tree, [next(tree.iter("article"))])
