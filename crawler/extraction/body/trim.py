"""Takes away, after extraction, what stands around an article: its title, captions, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.extraction.body.phrases import (
    CREDIT,
    PURE_LABEL,
    RELATED_LABEL,
    RELATED_START,
    is_notice,
    is_placeholder,
)

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement


_NOT_WORD = re.compile(r"[\W_]+")


def plain_words(text: str) -> str:
    """A text's words in lower case, one space apart: equal for texts that read the same."""
    return _NOT_WORD.sub(" ", text).strip().casefold()


def block_text(block: _Element) -> str:
    """The text of a block, white space collapsed."""
    return " ".join("".join(block.itertext()).split())


def linked_share(block: _Element) -> float:
    """How much of a block's text is inside links, from 0 to 1; 0 for one without text."""
    links = list(block.iter("ref"))
    if not links:
        return 0.0
    characters = len("".join(block_text(block).split()))
    linked = sum(len("".join(block_text(link).split())) for link in links)
    return min(1.0, linked / characters) if characters else 0.0


def remove_block(block: _Element) -> None:
    """Remove a block from its parent; the text after it stays."""
    parent = block.getparent()
    if parent is None:
        return
    if block.tail and block.tail.strip():
        before = block.getprevious()
        if before is None:
            parent.text = f"{parent.text or ''} {block.tail}"
        else:
            before.tail = f"{before.tail or ''} {block.tail}"
    parent.remove(block)


_CREDIT_CHARACTERS: Final = 100
_CAPTION_CHARACTERS: Final = 70
_PLACEHOLDER_CHARACTERS: Final = 500
# A label before the first paragraph: a place, a section, a name, a date.
_LABEL_CHARACTERS: Final = 60
_MOST_LABELS: Final = 4
_PARAGRAPH_CHARACTERS: Final = 80
# What prose ends with, in any script; quotations end with their marks.
_ENDS_OF_PROSE: Final = tuple(".!?…:;,)\"'”“’»«—–。！？：，」』।։۔؟،")  # noqa: RUF001 - any script's


def drop_captions(body: _Element) -> None:
    """Remove credits, what stands under an image without being a sentence, and placeholders."""
    for block in list(body):
        if block.tag not in ("p", "head"):
            continue
        text = block_text(block)
        if (
            _is_placeholder(text)
            or _is_credit(block, text)
            or (_is_below_image(block) and _is_caption(block, text))
        ):
            remove_block(block)


def drop_labels(body: _Element) -> None:
    """Remove the labels before the first paragraph of prose, if there are but a few."""
    labels: list[_Element] = []
    for block in body:
        if block.tag == "graphic":
            continue
        text = block_text(block)
        if block.tag != "p" or len(labels) > _MOST_LABELS:
            return
        if (
            len(text) > _LABEL_CHARACTERS
            or text.endswith(_ENDS_OF_PROSE)
            or next(block.iter("lb"), None) is not None
        ):
            if len(text) > _PARAGRAPH_CHARACTERS:
                break
            return
        labels.append(block)
    else:
        return
    for label in labels:
        remove_block(label)


def _is_placeholder(text: str) -> bool:
    return len(text) <= _PLACEHOLDER_CHARACTERS and is_placeholder(text)


def _is_credit(block: _Element, text: str) -> bool:
    return block.tag == "p" and len(text) <= _CREDIT_CHARACTERS and bool(CREDIT.match(text))


def _is_below_image(block: _Element) -> bool:
    before = block.getprevious()
    return before is not None and before.tag == "graphic"


def _is_caption(block: _Element, text: str) -> bool:
    # What is set in bold below an image is a heading.
    return (
        block.tag == "p"
        and 0 < len(text) <= _CAPTION_CHARACTERS
        and not text.endswith(_ENDS_OF_PROSE)
        and block.find(".//hi[@rend='#b']") is None
    )


_ALL_LINKS: Final = 0.8
_MOSTLY_LINKS: Final = 0.6  # of a list whose items have labels ("Town hall: …")
_SOME_LINKS: Final = 0.4  # of a line that begins with "Read more"
# Names and terms that an article lists as links are shorter than headlines.
_HEADLINE_CHARACTERS: Final = 20
# Between the titles of teasers stands at most a line or two; under those of a list of products
# stands what is said of them.
_TEASER_CHARACTERS: Final = 250
_LABEL_ENDS: Final = (":", "\uff1a", "|", "»", ">", "\u203a")  # also full-width, and as an arrow
_PROMOTION_LABEL_CHARACTERS: Final = 30


def drop_related(body: _Element) -> None:
    """Remove links to other articles with the labels before them, in place."""
    related = _teasers(body)
    related |= {block for block in body if _is_related(block)}
    related |= {block for block in body if _is_pure_label(block)}
    for block in body:
        for inner in block.iter("list"):
            if inner is not block and _is_link_list(inner):
                related.add(inner)
    for block in list(related):
        before = block.getprevious()
        while before is not None and before not in related and _announces(before):
            related.add(before)
            before = before.getprevious()
    for block in related:
        remove_block(block)


def _is_related(block: _Element) -> bool:
    if block.find(".//graphic") is not None:
        return False
    if block.tag == "list":
        return _is_link_list(block)
    if block.tag != "p":
        return False
    return _is_promotion(block) or (
        linked_share(block) > _SOME_LINKS
        and RELATED_START.match(block_text(block)) is not None
        and _ends_with_link(block)
    )


def _ends_with_link(block: _Element) -> bool:
    links = [block_text(link) for link in block.iter("ref")]
    text = block_text(block).rstrip(" .|]>»")
    return bool(links) and bool(links[-1]) and text.endswith(links[-1].rstrip(" .|]>»"))


def _is_link_list(block: _Element) -> bool:
    items = [item for item in block if item.tag == "item" and block_text(item)]
    if not items or linked_share(block) < _MOSTLY_LINKS:
        return False
    links = [item.find(".//ref") for item in items]
    if any(link is None for link in links):
        return False
    return sum(len(block_text(item)) for item in items) >= _HEADLINE_CHARACTERS * len(items)


def _is_promotion(block: _Element) -> bool:
    """Whether a paragraph is nothing but one link with a label ("Read more:") or in capitals."""
    links = list(block.iter("ref"))
    if len(links) != 1:
        return False
    text, linked = block_text(block), block_text(links[0])
    if not linked:
        return False
    label, _, rest = text.partition(linked)
    if rest.strip(" .|]["):
        return False
    label = label.strip()
    return (not label and linked.isupper()) or (
        0 < len(label) <= _PROMOTION_LABEL_CHARACTERS and label.endswith(_LABEL_ENDS)
    )


def _announces(block: _Element) -> bool:
    """Whether a block is a heading or label for the links that follow it."""
    if block.tag == "head":
        return True
    text = block_text(block)
    return (
        block.tag == "p"
        and len(text) <= _LABEL_CHARACTERS
        and (text.endswith(_LABEL_ENDS) or RELATED_LABEL.fullmatch(text) is not None)
    )


def _is_pure_label(block: _Element) -> bool:
    """Whether a block announces links that the extraction has dropped already."""
    if block.tag not in ("head", "p"):
        return False
    text = block_text(block)
    return len(text) <= _LABEL_CHARACTERS and PURE_LABEL.fullmatch(text) is not None


def _teasers(body: _Element) -> set[_Element]:
    """Headings that are links, of which several follow one another, with what is between them."""
    related: set[_Element] = set()
    run: list[_Element] = []
    last: _Element | None = None
    characters = 0
    for block in body:
        if block.tag == "head" and linked_share(block) > _ALL_LINKS:
            if last is not None and characters <= _TEASER_CHARACTERS:
                related.update((last, *run, block))
            last, run, characters = block, [], 0
        elif last is not None:
            run.append(block)
            characters += len(block_text(block))
    return related


# The title is looked for among so many blocks at the start; what precedes it is short.
_TITLE_BLOCKS: Final = 10
_PREAMBLE_CHARACTERS: Final = 300
# Short titles are found in too many headings, and long texts are none.
_LEAST_WORDS: Final = 4
_SHARED_WORDS: Final = 0.75
_TITLE_CHARACTERS: Final = 200
_START_CHARACTERS: Final = 40

_TITLE_META: Final = frozenset({"og:title", "twitter:title"})
_DESCRIPTION_META: Final = frozenset({"og:description", "twitter:description", "description"})


@dataclass(frozen=True, slots=True)
class Titles:
    """What a page is called and said to be about, each as `plain_words` gives it."""

    titles: frozenset[str] = frozenset()
    descriptions: frozenset[str] = frozenset()


def page_titles(tree: HtmlElement) -> Titles:
    """The titles and descriptions of a page; the tree is not changed."""
    titles = {plain_words(element.text_content()) for element in tree.iter("h1", "title")}
    descriptions = set()
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or "").lower()
        if name in _TITLE_META:
            titles.add(plain_words(element.get("content") or ""))
        elif name in _DESCRIPTION_META:
            descriptions.add(plain_words(element.get("content") or ""))
    return Titles(frozenset(titles - {""}), frozenset(descriptions - {""}))


def drop_title(body: _Element, titles: Titles) -> None:
    """Drop what repeats the title, and the short labels and bylines before it, in place."""
    preamble: list[_Element] = []
    characters = 0
    for block in body[:_TITLE_BLOCKS]:
        if block.tag == "graphic":
            continue
        text = block_text(block)
        if _is_title(block, text, titles):
            for element in (*preamble, block):
                body.remove(element)
            preamble.clear()
            continue
        preamble.append(block)
        characters += len(text)
        if characters > _PREAMBLE_CHARACTERS:
            return


def _is_title(block: _Element, text: str, titles: Titles) -> bool:
    # Most blocks are paragraphs that begin in another way, and need not be read to their ends.
    start = plain_words(text[:_START_CHARACTERS])
    if block.tag == "p" and not any(title.startswith(start) for title in titles.titles):
        return False
    words = plain_words(text)
    if block.tag == "p":
        return words in titles.titles and len(words) <= _TITLE_CHARACTERS
    return block.tag == "head" and (
        block.get("rend") == "h1"
        or words in titles.titles
        or words in titles.descriptions
        or _resembles_a_title(words, titles)
    )


def _resembles_a_title(words: str, titles: Titles) -> bool:
    """Whether a heading is a title with a kicker before it, or in slightly other words."""
    heading = words.split()
    if len(heading) < _LEAST_WORDS:
        return False
    for title in titles.titles:
        other = title.split()
        if len(other) < _LEAST_WORDS:
            continue
        if f" {title} " in f" {words} " and 2 * len(other) >= len(heading):
            return True
        shared = len(set(heading) & set(other))
        if shared >= _SHARED_WORDS * max(len(set(heading)), len(set(other))):
            return True
    return False


# Notices under an article are short; a longer block that names a newsletter is about one.
_NOTICE_CHARACTERS: Final = 300
_LINKED_SHARE: Final = 0.7


def trim_body(body: _Element, titles: Titles) -> None:
    """Remove the title, links to other articles, captions and notices from a body, in place.

    Args:
        body: trafilatura's body element.
        titles: the page's titles and descriptions.
    """
    drop_title(body, titles)
    drop_related(body)
    drop_captions(body)
    drop_labels(body)
    _drop_trailing_notices(body)


def _drop_trailing_notices(body: _Element) -> None:
    images: list[_Element] = []
    for block in reversed(body):
        if block.tag == "graphic":
            images.append(block)
        elif _is_notice(block):
            # An image between notices belongs to them; one that ends the article stays.
            for element in (block, *images):
                body.remove(element)
            images.clear()
        else:
            return


def _is_notice(block: _Element) -> bool:
    if block.tag == "head" or linked_share(block) > _LINKED_SHARE:
        return True
    text = block_text(block)
    return (
        block.tag in ("p", "list")
        and len(text) <= _NOTICE_CHARACTERS
        and (not text or is_notice(text) or RELATED_LABEL.fullmatch(text) is not None)
    )
