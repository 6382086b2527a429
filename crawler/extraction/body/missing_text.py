"""What the extraction left out of an article or took from another, put right by the page."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, Final

from crawler.extraction.body.article_boxes import headline_of
from crawler.extraction.body.chosen_body import chosen_body
from crawler.extraction.body.phrases import CREDIT, is_notice, is_placeholder
from crawler.extraction.body.trim import block_text, plain_words
from crawler.extraction.metadata.authors import starts_byline
from crawler.extraction.metadata.keywords import letters

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

    from crawler.extraction.body.trim import Titles


# Shorter ones are subtitles, and belong to the title.
_LEAST_CHARACTERS: Final = 100
_MOST_CHARACTERS: Final = 800
_OPENING_CHARACTERS: Final = 60
_HOLDERS: Final = ("p", "div", "h2", "h3", "span", "strong", "li")
_MOST_CHILDREN: Final = 3
_SENTENCE_ENDS: Final = tuple('.!?…。！？।؟"”“»')  # noqa: RUF001 - the marks of any script


def find_standfirst(tree: HtmlElement, titles: Titles, opening: str) -> str | None:
    """The text of the element that says, in sentences, what the page's description says.

    Args:
        tree: the page; it is not changed.
        titles: the page's titles and descriptions.
        opening: the first words of the article, as `plain_words` gives them; what they hold
            already is not looked for.
    """
    wanted = {
        text
        for text in titles.descriptions
        if len(text) >= _LEAST_CHARACTERS and text[:_OPENING_CHARACTERS] not in opening
    }
    if not wanted:
        return None
    starts = tuple({text.partition(" ")[0] for text in wanted})
    for element in tree.iter(*_HOLDERS):
        if len(element) > _MOST_CHILDREN:
            continue
        first = element.text or ""
        if not first or first.isspace():
            first = next((text for text in element.itertext() if not text.isspace()), "")
        if not plain_words(first[:_OPENING_CHARACTERS]).startswith(starts):
            continue
        text = " ".join("".join(element.itertext()).split())
        if (
            len(text) <= _MOST_CHARACTERS
            and text.endswith(_SENTENCE_ENDS)
            and plain_words(text) in wanted
        ):
            return text
    return None


# What the element that holds one is called, in words of its class: of the trade in many languages.
_NAMES: Final = frozenset(
    {"standfirst", "lead", "leader", "lede", "dek", "deck", "intro", "introduction", "teaser"}
    | {"summary", "excerpt", "subtitle", "subhead", "subheading", "subheadline", "blurb"}
    | {"chapo", "chapeau", "vorspann", "anleser", "einleitung", "ingress", "manchet", "underrubrik"}
    | {"entradilla", "bajada", "copete", "sumario", "sommario", "occhiello", "sapo", "perex"}
    | {"zajawka", "spot", "introtext", "leadtext", "introtekst"}
)
_OF_OTHERS: Final = frozenset(
    {"author", "bio", "byline", "profile", "newsletter", "related", "disclosure", "disclaimer"}
)
_CLASS_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MAX_NAMES: Final = 500  # characters of a class
_NAMED_LEVELS: Final = 2  # up from the element that holds the text
_MAX_HOLDERS: Final = 400  # behind the headline
_OPENING_KEYS: Final = 3  # blocks of the body


def named_standfirst(tree: HtmlElement, body: _Element) -> str | None:
    """The text in sentences, between the headline and the body, that its class calls a lead.

    Neither is changed. None where the body has it already.
    """
    openings = [letters(block_text(block))[:_KEY] for block in body[:_OPENING_KEYS]]
    headline = headline_of(tree)
    if headline is None or not any(openings):
        return None
    holders = islice(tree.iter("h1", *_HOLDERS), _MOST_PARAGRAPHS)
    behind = dropwhile(lambda element: element is not headline, holders)
    waiting: list[str] = []
    for element in islice(behind, _MAX_HOLDERS):
        if waiting and _opens_with(element, openings):
            whole = "\n".join(letters(block_text(block)) for block in body)
            return next((one for one in waiting if letters(one)[:_KEY] not in whole), None)
        if _is_named_standfirst(element):
            waiting.append(block_text(element))
    return None


def _opens_with(element: HtmlElement, openings: list[str]) -> bool:
    first = letters(next((text for text in element.itertext() if not text.isspace()), ""))[:_KEY]
    if not first or not any(opening.startswith(first) for opening in openings):
        return False
    text = letters(block_text(element))
    return any(text.startswith(opening) for opening in openings if opening)


def _is_named_standfirst(element: HtmlElement) -> bool:
    if len(element) > _MOST_CHILDREN:
        return False
    boxes = (element, *islice(element.iterancestors(), _NAMED_LEVELS))
    words = frozenset[str]().union(*(_class_words(box.get("class") or "") for box in boxes))
    if (
        _NAMES.isdisjoint(words)
        or not _OF_OTHERS.isdisjoint(words)
        or next(element.iter("p", "div"), element) is not element
    ):
        return False
    text = block_text(element)
    return _LEAST_CHARACTERS <= len(text) <= _MOST_CHARACTERS and _is_prose(element)


@lru_cache(maxsize=2_048)
def _class_words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _CLASS_WORD.findall(name[:_MAX_NAMES]))


_KEY: Final = 50  # letters by which a paragraph is known again
_LEAST: Final = 60  # characters of a paragraph that is worth it
_MOST_PARAGRAPHS: Final = 1_000
_MOST_LINKED: Final = 0.3
_MOST_LINKS: Final = 20
_CONTENT: Final = frozenset({"article", "main"})
_MAX_CLIMB: Final = 60
_PARAGRAPH_ENDS: Final = (*_SENTENCE_ENDS, ":")
_FEW_WORDS: Final = 10
_ALIKE: Final = 4  # boxes around a paragraph that are compared
_HALF: Final = 0.5
_SAME_WORDS: Final = 0.5  # of a text; of another one in the same language it is a third
_MUCH_LONGER: Final = 3  # times a text that is so much longer is hardly a teaser


def add_missing(body: _Element, tree: HtmlElement, second: str) -> None:
    """Put paragraphs of the page that a second opinion holds, too, into a body, in their places.

    That is prose that stands between two paragraphs of the body, or between the headline and the
    first one. What comes behind the last one may be of another article; it counts where it is in
    boxes like those of the body's paragraphs, and as long as half of them at least.
    """
    texts = [letters(block_text(block)) for block in body]
    blocks = {text[:_KEY]: block for text, block in zip(texts, body, strict=True)}
    whole = "\n".join(texts)
    other = letters(second)
    waiting: list[tuple[str, HtmlElement]] = []
    looks: set[tuple[object, object]] = set()
    last: _Element | None = None
    has_headline = next(tree.iter("h1"), None) is None
    for element in islice(tree.iter("h1", "p"), _MOST_PARAGRAPHS):
        if element.tag == "h1" and last is not None:
            break  # another article begins
        if element.tag == "h1":
            has_headline = True
            waiting.clear()
            continue
        key = _key(element)
        if not key:
            continue
        if key in whole:
            here = blocks.get(key)
            if here is not None and (last is not None or has_headline):
                box = element.getparent()
                _insert(body, here, [one for one in waiting if _belongs(one[1], box, last)])
            last = here if here is not None else last
            _repeat(body, here, element)
            waiting.clear()
            looks |= _looks(element)
        elif key in other and _is_prose(element):
            waiting.append((key, element))
    if last is not None:
        rest = [one for one in waiting if _looks(one[1]) & looks]
        size = sum(len(block_text(element)) for _, element in rest)
        if size >= _HALF * len(whole):
            _insert(body, None, rest)


def _repeat(body: _Element, here: _Element | None, paragraph: HtmlElement) -> None:
    """Put back a long paragraph that a page gives twice in a row; extraction drops the second."""
    if here is not None and _repeats(paragraph) and not _repeats(here):
        _insert(body, here.getnext(), [("", paragraph)])


def _repeats(paragraph: _Element) -> bool:
    before = paragraph.getprevious()
    if before is None or before.tag != "p" or paragraph.tag != "p":
        return False
    text = block_text(paragraph)
    return len(text) >= _LEAST and block_text(before) == text


def _key(paragraph: HtmlElement) -> str:
    """The first letters of a paragraph: a drop cap stands apart from its word."""
    text = block_text(paragraph)
    key = letters(text[: 2 * _KEY])[:_KEY]
    return key if len(key) == _KEY else letters(text)[:_KEY]


def _belongs(paragraph: HtmlElement, box: HtmlElement | None, last: _Element | None) -> bool:
    """Whether a paragraph is in the box of the one behind it, or right below the headline."""
    parent = paragraph.getparent()
    if parent is box:
        return True
    if last is not None:
        names = [one.get("class") for one in (parent, box) if one is not None]
        return bool(names[0]) and names[0] == names[-1]
    before = paragraph.getprevious()
    return before is not None and (before.tag == "h1" or next(before.iter("h1"), None) is not None)


def _looks(paragraph: HtmlElement) -> set[tuple[object, object]]:
    """What the boxes of a paragraph are called, by which those of one article are alike."""
    boxes = islice(paragraph.iterancestors(), _ALIKE)
    return {(box.tag, name) for box in boxes if (name := box.get("class"))}


def _is_prose(paragraph: HtmlElement) -> bool:
    text = block_text(paragraph)
    if len(text) < _LEAST or not text.endswith(_PARAGRAPH_ENDS):
        return False
    if is_notice(text) or is_placeholder(text) or CREDIT.match(text) or starts_byline(text):
        return False
    links = islice(paragraph.iter("a"), _MOST_LINKS)
    return sum(len(block_text(link)) for link in links) <= _MOST_LINKED * len(text)


def _insert(body: _Element, here: _Element | None, missing: list[tuple[str, HtmlElement]]) -> None:
    """Put paragraphs before a block, or at the end."""
    for _, element in missing:
        paragraph = body.makeelement("p")
        paragraph.text = block_text(element)
        if here is None:
            body.append(paragraph)
        else:
            here.addprevious(paragraph)


def is_foreign(body: _Element, tree: HtmlElement) -> bool:
    """Whether a body has hardly a word with the `<article>` or `<main>` of the headline."""
    content = _content(tree)
    if content is None or not any(map(_is_prose, content.iter("p"))):
        return False
    own = plain_words(" ".join(content.itertext())).split()
    found = plain_words(" ".join(body.itertext())).split()
    if len(found) > _MUCH_LONGER * len(own):
        return False
    return len(set(found) & set(own)) < _SAME_WORDS * len(set(found))


def own_text(tree: HtmlElement) -> _Element | None:
    """The prose of the `<article>` or `<main>` of the headline; None without such."""
    content = _content(tree)
    if content is None:
        return None
    paragraphs = [one for one in content.iter("p") if _is_prose(one)]
    paragraphs = [one for one in paragraphs if next(one.iterancestors("p"), None) is None]
    body = chosen_body(tree, paragraphs) if paragraphs else None
    if body is None or len(" ".join(body.itertext()).split()) < _FEW_WORDS:
        return None
    return body


def _content(tree: HtmlElement) -> HtmlElement | None:
    headline = headline_of(tree)
    if headline is None:
        return None
    around = islice(headline.iterancestors(), _MAX_CLIMB)
    return next((one for one in around if one.tag in _CONTENT), None)
