"""Takes away, after extraction, what stands around an article but is not part of its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml.etree import _Element

# The title is looked for among so many blocks at the start; what precedes it is short.
_TITLE_BLOCKS = 10
_PREAMBLE_CHARACTERS = 300
# Notices under an article are short; a longer block that names a newsletter is about one.
_NOTICE_CHARACTERS = 300
_LINKED_SHARE = 0.7
_LABEL_CHARACTERS = 30
_LABEL_ENDS = (":", "\uff1a", "|", "»", ">", "\u203a")  # also full-width, and as an arrow

_NOT_WORD = re.compile(r"[\W_]+")
# Asking for something instead of telling: subscriptions, shares, comments; and legal notices.
_NOTICE = re.compile(
    r"newsletter|\bsubscri(?:be|ption)|\bsign(?:ed|ing)? up\b|click here"
    r"|\bfollow\b.{1,60}\b(?:twitter|facebook|instagram|linkedin|threads|bluesky|x)\b"
    r"|\bfollow (?:us|me|him|her|them|@)|\bshare (?:this|it)\b|\blike this (?:story|article)"
    r"|\b(?:leave|post|add|write) a (?:comment|reply)|^comments?$|tell us what"
    r"|contributed to this (?:report|article|story)|all rights reserved|©|\bcopyright\b"
    r"|\babonnier|\babonnez|\biscriviti\b|\bsuscr[ií]b|\binscreva-se|\bzapisz się"
    r"|\balle rechte vorbehalten|\btous droits réservés|\btodos los derechos reservados",
    re.IGNORECASE,
)


def trim_body(body: _Element, titles: Collection[str]) -> None:
    """Remove the title, promotional links and trailing notices from an extracted body, in place.

    Args:
        body: trafilatura's body element.
        titles: the page's titles and descriptions, each as `plain_words` gives it.
    """
    _drop_title(body, titles)
    for block in list(body):
        if _is_promotion(block):
            body.remove(block)
    _drop_trailing_notices(body)


def plain_words(text: str) -> str:
    """A text's words in lower case, one space apart: equal for texts that read the same."""
    return _NOT_WORD.sub(" ", text).strip().casefold()


def _text(element: _Element) -> str:
    return "".join(element.itertext())


def _drop_title(body: _Element, titles: Collection[str]) -> None:
    """Drop the headings that repeat the title, and the short labels and bylines before them."""
    preamble: list[_Element] = []
    characters = 0
    for block in body[:_TITLE_BLOCKS]:
        if block.tag == "graphic":
            continue
        if block.tag == "head" and (
            block.get("rend") == "h1" or plain_words(_text(block)) in titles
        ):
            for element in (*preamble, block):
                body.remove(element)
            preamble.clear()
            continue
        preamble.append(block)
        characters += len(_text(block))
        if characters > _PREAMBLE_CHARACTERS:
            return


def _linked_characters(block: _Element) -> int:
    return sum(len(_text(link).strip()) for link in block.iter("ref"))


def _is_promotion(block: _Element) -> bool:
    """Whether a paragraph is nothing but one link with a label ("Read more:") or in capitals."""
    if block.tag != "p" or block.find(".//graphic") is not None:
        return False
    links = list(block.iter("ref"))
    if len(links) != 1:
        return False
    text, linked = _text(block).strip(), _text(links[0]).strip()
    if not linked:
        return False
    label, _, rest = text.partition(linked)
    if rest.strip(" .|]["):
        return False
    label = label.strip()
    return (not label and linked.isupper()) or (
        0 < len(label) <= _LABEL_CHARACTERS and label.endswith(_LABEL_ENDS)
    )


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
    if block.tag == "head":
        return True
    text = _text(block).strip()
    if _linked_characters(block) > _LINKED_SHARE * len(text):
        return True
    return (
        block.tag in ("p", "list")
        and len(text) <= _NOTICE_CHARACTERS
        and (not text or _NOTICE.search(text) is not None)
    )
