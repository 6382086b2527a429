"""Opens boxes that hold the article whatever they are called, and joins one that is cut.

Templates put articles into `figure`, `noscript`, layout tables and `button`, each block of one into
an `article` of its own, and forget to close the tags of menus. What follows takes such boxes for
furniture; so those with the headline or much prose become plain boxes first.
"""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml.etree import SubElement, XPath

from crawler.extraction.metadata.field_text import element_text
from crawler.extraction.metadata.keywords import letters
from crawler.extraction.metadata.titles import is_site_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement


_BOXES = frozenset({"div", "section"})
# Boxes of comments or teasers hold less prose each than the pieces of an article.
_PIECE_CHARACTERS = 400
# The later pieces of an article have none of these; articles after one another do.
_ARTICLE_STARTS = ("h1", "time", "article")

# How many wrappers a piece may have that the other pieces do not share.
_MAX_WRAPPERS: Final = 5

_Key = tuple[object, ...]


def join_split_article(tree: HtmlElement) -> None:
    """Move the later pieces of an article into its first one, in place.

    Pages put advertisements between the pieces of an article: boxes of one class, each with
    paragraphs, alone in wrappers of one class. Extraction takes the first box that looks like an
    article, and would lose the others.
    """
    prose: dict[HtmlElement, int] = {}
    for paragraph in tree.iter("p"):
        box = paragraph.getparent()
        if box is not None:
            prose[box] = prose.get(box, 0) + len(paragraph.text_content())
    half = sum(prose.values()) / 2
    pieces = [
        box
        for box, characters in prose.items()
        if characters >= _PIECE_CHARACTERS and box.tag in _BOXES
    ]
    for family in _families(pieces):
        first, *others = family
        if sum(prose[box] for box in family) > half and not any(
            _starts_an_article(box) for box in others
        ):
            for box in others:
                first.extend(list(box))
            return


def _families(pieces: list[HtmlElement]) -> Iterator[list[HtmlElement]]:
    """Boxes that look alike, as do their wrappers up to one that holds them all; nearest first."""
    paths = [(box, _looks(box)) for box in pieces]
    for depth in range(1, _MAX_WRAPPERS + 1):
        families: dict[_Key, list[HtmlElement]] = {}
        for box, path in paths:
            if len(path) > depth:
                looks = tuple(look for _, look in path[:depth])
                families.setdefault((path[depth][0], looks), []).append(box)
        yield from (family for family in families.values() if len(family) > 1)


def _looks(box: HtmlElement) -> list[tuple[HtmlElement, tuple[object, object]]]:
    wrappers = [box, *islice(box.iterancestors(), _MAX_WRAPPERS)]
    return [(element, (element.tag, element.get("class"))) for element in wrappers]


def _starts_an_article(box: HtmlElement) -> bool:
    return next(box.iter(*_ARTICLE_STARTS), None) is not None


# Elements that an extraction drops with all that is in them.
_DROPPED: Final = (
    *("nav", "aside", "button", "form", "footer", "menu", "noscript", "dialog", "select"),
    *("figure", "figcaption", "object", "template"),
)
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_PROSE_CHARACTERS: Final = 80  # of a paragraph that is no label, caption or button
_MOST_LINKED: Final = 0.5  # of the characters of a paragraph
_MAX_PARAGRAPHS: Final = 2_000
_MAX_CLIMB: Final = 100
_MAX_LINKS: Final = 20  # of one paragraph
_LEAST_BELOW_A_HEADING: Final = 60  # characters
_PROSE_OF_A_FIGURE: Final = 2  # paragraphs; one is a caption
_PARTS_OF_AN_ARTICLE: Final = 3  # articles beside one another that are blocks of one
_MAX_HEADINGS: Final = 200
_MOST_HEADLINES: Final = 20
_SHORTEST_HEADLINE: Final = 10  # letters
_MOST_STANDFIRSTS: Final = 2
_FEW_PARAGRAPHS: Final = 2
_FEW_HEADINGS: Final = 5  # of teasers beside an article
_MOST_OF_IT: Final = 0.6  # of a page's paragraphs
_PANELS: Final = frozenset({"region", "tabpanel"})
_CONTROLS: Final = XPath("descendant::*/@aria-controls/..")
_ACCORDION: Final = re.compile(r"accordion|collaps|faq", re.IGNORECASE)
_ACCORDION_LEVELS: Final = 12
# Names by which what follows knows menus and bars of buttons.
_NAMED_AS_TEXT: Final = re.compile(r"article|content|entry|post|body|story|text", re.IGNORECASE)
_NAMED_AS_FURNITURE: Final = re.compile(
    r"menu|nav|sidebar|footer|header|share|tool|banner|widget|modal|overlay|popup|promo",
    re.IGNORECASE,
)


def open_article_boxes(tree: HtmlElement) -> None:
    """Make plain boxes of the elements that hold the headline or the article's prose, in place."""
    prose = _prose(tree)
    headline = headline_of(tree)
    _open_dropped(tree, prose, headline)
    _unlink_roundup(tree, prose)
    _open_layout_tables(prose, headline)
    _join_articles(prose)
    _open_header(headline)
    _open_accordions(tree, prose)
    _forget_names(prose)
    _lower_headings(tree, headline)
    _mark_article(tree, prose)


def headline_of(tree: HtmlElement) -> HtmlElement | None:
    """The first `<h1>` that stands in the page's title, or else the first that names no site."""
    title = next(tree.iter("title"), None)
    name = "" if title is None else letters(element_text(title))
    headings = [one for one in islice(tree.iter("h1"), _MOST_HEADLINES) if not is_site_heading(one)]
    keys = ((one, letters(element_text(one))) for one in headings)
    named = (one for one, key in keys if len(key) >= _SHORTEST_HEADLINE and key in name)
    return next(named, next(iter(headings), None))


def _prose(tree: HtmlElement) -> list[HtmlElement]:
    """The paragraphs that are no labels and mostly no links."""
    return [
        paragraph for paragraph in islice(tree.iter("p"), _MAX_PARAGRAPHS) if _is_prose(paragraph)
    ]


def _is_prose(paragraph: HtmlElement) -> bool:
    size = sum(map(len, paragraph.itertext()))
    if size < _PROSE_CHARACTERS:
        return False
    links = islice(paragraph.iter("a"), _MAX_LINKS)
    return sum(len(text) for link in links for text in link.itertext()) <= _MOST_LINKED * size


def _around(element: HtmlElement) -> Iterator[HtmlElement]:
    return islice(element.iterancestors(), _MAX_CLIMB)


def _open_dropped(
    tree: HtmlElement, prose: list[HtmlElement], headline: HtmlElement | None
) -> None:
    for button in islice(tree.iter("button"), _MAX_HEADINGS):
        if any(one.tag in _HEADINGS for one in islice(_around(button), 2)):
            button.drop_tag()  # the heading of an accordion
    if headline is not None:
        _make_plain(one for one in _around(headline) if one.tag in _DROPPED)
    counts: dict[HtmlElement, int] = {}
    by_tag: dict[str, set[HtmlElement]] = {}
    outside = len(prose)
    for paragraph in prose:
        boxes = [box for box in _around(paragraph) if box.tag in _DROPPED]
        outside -= bool(boxes)
        for box in boxes:
            counts[box] = counts.get(box, 0) + 1
            by_tag.setdefault(str(box.tag), set()).add(paragraph)
    for box, count in counts.items():
        # One that holds more than all the rest of the page, captions that do together (those of a
        # gallery are the article), and a figure with several paragraphs.
        is_gallery = box.tag in {"figure", "figcaption"} and len(by_tag[box.tag]) > outside
        is_wrapper = box.tag == "figure" and count >= _PROSE_OF_A_FIGURE
        if count > outside or is_gallery or is_wrapper:
            _make_plain([box])
    _keep_captions_that_are_the_text(prose, headline)


def _keep_captions_that_are_the_text(
    prose: list[HtmlElement], headline: HtmlElement | None
) -> None:
    """Take the names of captions from the boxes that hold all the prose beside the headline."""
    around = () if headline is None else _around(headline)
    content = next((one for one in around if one.tag in {"article", "main"}), None)
    own = [paragraph for paragraph in prose if any(one is content for one in _around(paragraph))]
    boxes = {
        paragraph: [
            box for box in (paragraph, *_around(paragraph)) if "caption" in (box.get("class") or "")
        ]
        for paragraph in own
    }
    if content is not None and own and all(boxes.values()):
        _make_plain(box for found in boxes.values() for box in found if box.tag == "div")


def _unlink_roundup(tree: HtmlElement, prose: list[HtmlElement]) -> None:
    """Take the links off the headings of a digest, whose own prose stands below each of them.

    What follows takes headings that are links for teasers, and drops them with what they head.
    """
    linked: list[HtmlElement] = []
    headed = 0
    for heading in islice(tree.iter("h2", "h3", "h4"), _MAX_HEADINGS):
        parent = heading.getparent()
        outer = parent if parent is not None and parent.tag == "a" else None
        link = outer if outer is not None else next(heading.iter("a"), None)
        following = (heading if outer is None else outer).getnext()
        if link is None or following is None or following.tag not in {"p", "div"}:
            continue
        size = sum(map(len, following.itertext()))
        if size >= _LEAST_BELOW_A_HEADING and next(following.iter("img", "h2", "h3"), None) is None:
            linked.append(link)
            headed += size
    rest = sum(len(text) for paragraph in prose for text in paragraph.itertext())
    if len(linked) >= _PARTS_OF_AN_ARTICLE and headed > rest / 2:
        for link in dict.fromkeys(linked):  # one may be around several headings
            link.drop_tag()


def _make_plain(boxes: Iterable[HtmlElement]) -> None:
    for box in boxes:
        box.tag = "div"
        box.attrib.clear()


def _open_layout_tables(prose: list[HtmlElement], headline: HtmlElement | None) -> None:
    """Make boxes of the cells that lay out a page: around its headline, or several paragraphs."""
    counts: dict[HtmlElement, int] = {}
    for paragraph in prose:
        cell = next((one for one in _around(paragraph) if one.tag in {"td", "th"}), None)
        if cell is not None:
            counts[cell] = counts.get(cell, 0) + 1
    cells = [cell for cell, count in counts.items() if count * 2 > len(prose)]
    if headline is not None:
        cells += [one for one in _around(headline) if one.tag in {"td", "th"}]
    for cell in cells:
        for box in (cell, *_around(cell)):
            if box.tag not in {"td", "th", "tr", "tbody", "thead", "table"}:
                break
            for part in (box, *(one for one in box if one.tag in {"td", "th", "tr", "tbody"})):
                part.tag = "div"


def _join_articles(prose: list[HtmlElement]) -> None:
    """Make one article of those beside one another that hold most of the prose, a block each."""
    families: dict[HtmlElement, list[HtmlElement]] = {}
    counts: dict[HtmlElement, int] = {}
    for paragraph in prose:
        article = next((one for one in _around(paragraph) if one.tag == "article"), None)
        if article is None:
            continue
        counts[article] = counts.get(article, 0) + 1
        parent = article.getparent()
        if counts[article] == 1 and parent is not None:
            families.setdefault(parent, []).append(article)
    for articles in families.values():
        held = sum(counts[article] for article in articles)
        is_one = len(articles) >= _PARTS_OF_AN_ARTICLE and held * 2 > len(prose)
        if is_one and not any(next(one.iter("h1"), None) is not None for one in articles):
            for article in articles:
                article.tag = "div"


def _open_header(headline: HtmlElement | None) -> None:
    """Take the prose of the header that holds the headline out of it: it is the standfirst."""
    if headline is None:
        return
    header = next((one for one in islice(_around(headline), 4) if one.tag == "header"), None)
    if header is None or not any(one.tag in {"main", "article"} for one in _around(header)):
        return
    paragraphs = [one for one in header.iter("p") if _is_prose(one)]
    if len(paragraphs) > _MOST_STANDFIRSTS:
        header.tag = "div"  # it holds the article
        return
    for paragraph in reversed(paragraphs):
        paragraph.drop_tree()
        paragraph.tail = None
        header.addnext(paragraph)


def _open_accordions(tree: HtmlElement, prose: list[HtmlElement]) -> None:
    """Show the prose that a click on its heading shows: take names and styles from its boxes.

    Such a box is labelled by what opens it (WAI-ARIA: region, tabpanel, aria-controls), or is
    called an accordion. The page's own names ("has-sidebar", "hide-header") say nothing of it.
    """
    for whole in (tree, *tree.iterchildren("body")):
        whole.attrib.clear()
    opened = {
        name
        for control in islice(_CONTROLS(tree), _MAX_HEADINGS)
        for name in (control.get("aria-controls") or "").split()[:2]
    }
    for paragraph in prose:
        for box in islice(_around(paragraph), _ACCORDION_LEVELS):
            is_panel = box.get("role") in _PANELS and box.get("aria-labelledby")
            if (
                is_panel
                or box.get("id") in opened
                or _ACCORDION.search((box.get("class") or "")[:500])
            ):
                box.attrib.clear()


def _forget_names(prose: list[HtmlElement]) -> None:
    """Take the names of furniture from boxes of prose that stand between paragraphs of prose."""
    is_prose = set(prose)
    for paragraph in prose:
        box = paragraph.getparent()
        names = "" if box is None else f"{box.get('id') or ''} {box.get('class') or ''}"
        is_named = _NAMED_AS_FURNITURE.search(names[:500]) and not _NAMED_AS_TEXT.search(
            names[:500]
        )
        if box is None or box.tag != "div" or not is_named:
            continue
        siblings = (box.getprevious(), box.getnext())
        if sum(one in is_prose for one in siblings if one is not None):
            box.attrib.clear()


def _lower_headings(tree: HtmlElement, headline: HtmlElement | None) -> None:
    """Make the later first-level headings of an article second-level ones.

    One in a box like that of the headline heads another article.
    """
    if headline is None:
        return
    box = headline.getparent()
    behind = False
    for heading in islice(tree.iter("h1"), _MAX_HEADINGS):
        if heading is headline or not behind:
            behind = behind or heading is headline
            continue
        after, parent = heading.getnext(), heading.getparent()
        if after is None or after.tag not in {"p", "div", "ul", "ol", "figure", "blockquote"}:
            continue
        if parent is box or _name(parent) != _name(box):
            heading.tag = "h2"


def _name(box: HtmlElement | None) -> tuple[object, object]:
    return (None, None) if box is None else (box.tag, box.get("class"))


def _mark_article(tree: HtmlElement, prose: list[HtmlElement]) -> None:
    """Call the box that holds most of the prose an article where the page calls none so."""
    if next(tree.iter("article", "main"), None) is not None or len(prose) < _FEW_PARAGRAPHS:
        return
    counts: dict[HtmlElement, int] = {}
    for paragraph in prose:
        box = paragraph.getparent()
        if box is not None:
            counts[box] = counts.get(box, 0) + 1
    box = max(counts, key=lambda one: counts[one])
    if counts[box] <= _MOST_OF_IT * len(prose) or _has_headings_outside(tree, box):
        return
    if box.tag == "body":
        inner = box.makeelement("article")
        inner.text, box.text = box.text, None
        inner.extend(list(box))
        box.append(inner)
    elif box.tag in {"div", "section", "center"}:
        box.tag = "article"


_OWN_SHARE: Final = 0.6  # of the characters of a page's prose


def alone(tree: HtmlElement) -> HtmlElement | None:
    """A page of nothing but a copy of the smallest box with most of the prose; None without one.

    Extraction looks for an article by what its box is called. Of a page whose boxes are called
    otherwise it takes the paragraphs, wherever they stand, and no lists and headings.
    """
    sizes: dict[HtmlElement, int] = {}
    total = 0
    for paragraph in _prose(tree):
        size = sum(map(len, paragraph.itertext()))
        total += size
        for box in _around(paragraph):
            sizes[box] = sizes.get(box, 0) + size
    # Boxes come from the inside out, so that the first of equals is the smallest.
    large = [box for box, size in sizes.items() if size >= _OWN_SHARE * total]
    if not large:
        return None
    copy = deepcopy(min(large, key=lambda box: sizes[box]))
    copy.tail = None
    copy.tag = "div"
    copy.attrib.clear()
    page: HtmlElement = tree.makeelement("html")
    body = SubElement(page, "body")
    SubElement(body, "article").append(copy)
    return page


def _has_headings_outside(tree: HtmlElement, box: HtmlElement) -> bool:
    """Whether most of the page's subheadings are in other boxes, so that this is one of several."""
    headings = list(islice(tree.iter("h2", "h3"), _MAX_HEADINGS))
    inside = list(islice(box.iter("h2", "h3"), _MAX_HEADINGS))
    return len(headings) > _FEW_HEADINGS and len(inside) * 2 < len(headings)
