"""Writes phrasing markup and bare text in the way that the extraction keeps, in place."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml.etree import SubElement, XPath, strip_tags

from crawler.extraction.body.trim import block_text, plain_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element
    from lxml.html import HtmlElement


_MOST: Final = 2_000  # elements of one kind
_TEXTS: Final = 20  # pieces of text of one element
_DIGITS: Final = 4  # of the number of a list's first item
_MAX_SCRIPT: Final = 12  # characters that are raised or lowered
_SUPERSCRIPT: Final = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT: Final = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_RAISED: Final = re.compile(r"[0-9+\-=()n\u2212]+")
_LINE_NUMBERS: Final = XPath(
    "descendant::*[contains(@class, 'gutter') or contains(@class, 'lineno')"
    " or contains(@class, 'line-number') or contains(@class, 'linenumber') or @class = 'lnt'"
    " or @class = 'ln']"
)
_NOT_GUTTERS: Final = frozenset({"table", "body", "article", "main", "figure"})
_BLOCKS_OF_CODE: Final = frozenset({"div", "p", "li", "tr"})
_IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?#])", re.IGNORECASE)
_HEADINGS: Final = ("h2", "h3", "h4", "h5", "h6")
# By way of the attributes, of which there are fewer than elements.
_FOOTNOTES: Final = XPath(
    ".//@data-footnotes/.. | .//@role[. = 'doc-endnotes']/.."
    " | .//@class[. = 'footnotes' or . = 'footnote-list']/.."
)
NAMES_OF_NOTES: Final = ("footnote", "doc-endnotes")
_BACK: Final = re.compile(r"[\u21a9\u2191\u2b06\ufe0e^]+")  # arrows back into the text


def simplify_inline(tree: HtmlElement, *, has_notes: bool = True) -> None:
    """Write scripts, code, quotations, notes and the links of headings and images more simply.

    Args:
        tree: the page.
        has_notes: False where the page names none, so that they need not be looked for.
    """
    _unlink_headings(tree)
    _unlink_images(tree)
    _write_scripts(tree)
    _write_code(tree)
    _write_quotes(tree)
    if has_notes:
        _unlink_notes(tree)
    _write_lists_in_cells(tree)


def _unlink_headings(tree: HtmlElement) -> None:
    """A heading that links to itself is a heading and no teaser."""
    for heading in islice(tree.iter(*_HEADINGS), _MOST):
        for link in list(islice(heading.iter("a"), 3)):
            if (link.get("href") or "#").startswith("#"):
                link.drop_tag()
        parent = heading.getparent()
        if parent is not None and parent.tag == "a" and (parent.get("href") or "").startswith("#"):
            parent.drop_tag()


def _unlink_images(tree: HtmlElement) -> None:
    """An image that leads to its larger form, alone in its paragraph, is an image and no teaser."""
    for link in list(islice(tree.iter("a"), _MOST)):
        parent = link.getparent()
        is_alone = parent is not None and (
            parent.tag != "p" or not "".join(islice(parent.itertext(), _TEXTS)).strip()
        )
        is_of_image = is_alone and next(link.iter("img"), None) is not None
        if (
            is_of_image
            and _IMAGE_FILE.search(link.get("href") or "")
            and not "".join(islice(link.itertext(), _TEXTS)).strip()
        ):
            link.drop_tag()


def _write_scripts(tree: HtmlElement) -> None:
    for element in list(islice(tree.iter("sup", "sub"), _MOST)):
        text = "".join(element.itertext()).strip()
        if len(element) or not 0 < len(text) <= _MAX_SCRIPT:
            continue
        table = _SUPERSCRIPT if element.tag == "sup" else _SUBSCRIPT
        if _RAISED.fullmatch(text) and not (element.tag == "sub" and "n" in text):
            element.text = text.replace("\u2212", "-").translate(table)
        elif element.tag == "sup" and text.isalnum() and _is_after_figure(element):
            element.text = f"^{text}"
        element.drop_tag()


def _is_after_figure(element: HtmlElement) -> bool:
    """Whether a raised text is an exponent: right behind a letter or figure, and no ordinal."""
    before = element.getprevious()
    parent = element.getparent()
    text = (before.tail if before is not None else parent.text if parent is not None else "") or ""
    return text[-1:].isdigit() and len("".join(element.itertext()).strip()) == 1


def _write_code(tree: HtmlElement) -> None:
    for pre in list(islice(tree.iter("pre"), _MOST)):
        _drop_gutter(pre)
    for pre in list(islice(tree.iter("pre"), _MOST)):
        for part in list(pre.iterdescendants()):
            if part.tag == "br":
                part.tail = "\n" + (part.tail or "")
            elif part.tag in _BLOCKS_OF_CODE and not "".join(part.itertext()).endswith("\n"):
                part.tail = "\n" + (part.tail or "").lstrip("\n")
        text = "".join(pre.itertext())
        for part in list(pre):
            pre.remove(part)
        pre.text = None
        SubElement(pre, "code").text = text  # or else it would be taken for a quotation
    for code in islice(tree.iter("code"), _MOST):
        for link in list(code.iter("a", "span")):
            link.drop_tag()


def _drop_gutter(pre: HtmlElement) -> None:
    for numbers in list(_LINE_NUMBERS(pre)):
        if numbers.getparent() is not None:
            numbers.drop_tree()
    cell = next((one for one in islice(pre.iterancestors(), 3) if one.tag == "td"), None)
    table = None if cell is None else next(cell.iterancestors("table"), None)
    if cell is None or table is None:
        return
    others = [one for one in table.iter("pre") if one is not pre]
    is_code = len(others) <= 1 and all(_is_numbers(one) for one in others)
    if is_code and not _is_numbers(pre):
        pre.tail = None
        table.addprevious(pre)
        table.drop_tree()


def _is_numbers(pre: HtmlElement) -> bool:
    return all(part.isdigit() for part in " ".join(pre.itertext()).split())


def _write_quotes(tree: HtmlElement) -> None:
    """Who is quoted stays, though what says it is called a footer."""
    for quote in islice(tree.iter("blockquote"), _MOST):
        for footer in quote.iter("footer"):
            footer.tag = "p"


def _unlink_notes(tree: HtmlElement) -> None:
    for notes in islice(_FOOTNOTES(tree), _MOST):
        for link in list(notes.iter("a")):
            if _BACK.fullmatch("".join(link.itertext()).strip() or "^"):
                link.drop_tree()
            else:
                link.drop_tag()


def _write_lists_in_cells(tree: HtmlElement) -> None:
    """A list in a cell of a table becomes lines: Markdown has no lists there."""
    for cell in islice(tree.iter("td", "th"), _MOST):
        for item in list(cell.iter("li")):
            following = item.getnext()
            if following is not None and following.tag == "li":
                item.tail = ", "
        for part in list(cell.iter("ul", "ol", "li")):
            part.drop_tag()


def list_starts(tree: HtmlElement) -> dict[str, int]:
    """The first numbers of ordered lists that give one, by the text of the first item."""
    starts: dict[str, int] = {}
    for ordered in islice(tree.iter("ol"), _MOST):
        start = ordered.get("start") or ""
        item = next(ordered.iter("li"), None)
        if item is not None and start.isdecimal() and len(start) <= _DIGITS:
            starts[plain_words(block_text(item))] = int(start)
    return starts


def number_lists(body: _Element, starts: Mapping[str, int]) -> None:
    """Give the lists of an extracted body the first numbers that they have on the page."""
    for ordered in body.iter("list") if starts else ():
        item = next(ordered.iter("item"), None)
        start = None if item is None else starts.get(plain_words(block_text(item)))
        if start is not None:
            ordered.set("start", str(start))


_CONTAINERS: Final = ("article", "body", "center", "div", "main", "section")
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "i", "ins"}
    | {"kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time"}
    | {"tt", "u", "var", "wbr", "font", "label"}
)
_MOST_CONTAINERS: Final = 5_000
_LEAST_CHARACTERS: Final = 40  # of a run of text; a shorter one is a label or a caption


def make_paragraphs(tree: HtmlElement) -> None:
    """Put the runs of text and phrasing elements between blocks into paragraphs of their own.

    Two breaks in a row end a paragraph, and so do blocks and images; a container of phrasing
    content alone is left as it is, unless breaks divide it.
    """
    strip_tags(tree, "font", "center")
    for container in list(islice(tree.iter(*_CONTAINERS), _MOST_CONTAINERS)):
        if _needs_paragraphs(container):
            _divide(container)


def _needs_paragraphs(container: HtmlElement) -> bool:
    """Whether bare text stands beside blocks or images."""
    has_block = any(
        (child.tag not in _INLINE and child.tag != "br")
        or (child.tag == "a" and next(child.iter("img"), None) is not None)
        for child in container
    )
    texts = (container.text, *(child.tail for child in container))
    return has_block and any(text and len(text.strip()) >= _LEAST_CHARACTERS for text in texts)


def _divide(container: HtmlElement) -> None:
    parts: list[HtmlElement] = []
    run = _new_run(container, container.text)
    children = list(container)
    for child in children:
        container.remove(child)  # with the text behind it
        if (
            child.tag == "br"
            and len(run)
            and run[-1].tag == "br"
            and not (run[-1].tail or "").strip()
        ):
            parts.extend(_ended(run))
            run = _new_run(container, child.tail)
        elif child.tag == "br" or (child.tag in _INLINE and next(child.iter("img"), None) is None):
            run.append(child)
        else:
            parts.extend(_ended(run))
            run = _new_run(container, child.tail)
            child.tail = None
            parts.append(child)
    parts.extend(_ended(run))
    container.text = None
    container.extend(parts)


def _new_run(container: HtmlElement, text: str | None) -> HtmlElement:
    run: HtmlElement = container.makeelement("p")
    run.text = text
    return run


def _ended(run: HtmlElement) -> list[HtmlElement]:
    """A run without the breaks at its end; a short one is no paragraph, an empty one is nothing."""
    while len(run) and run[-1].tag == "br" and not (run[-1].tail or "").strip():
        run.remove(run[-1])
    size = sum(len(text.strip()) for text in run.itertext())
    if size < _LEAST_CHARACTERS:
        run.tag = "span"
    return [run] if size or len(run) else []
