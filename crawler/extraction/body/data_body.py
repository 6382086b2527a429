"""The article that a page holds in its data, where its markup holds none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml.etree import ParserError
from lxml.html import document_fromstring

from crawler.extraction.body.chosen_body import chosen_body
from crawler.extraction.body.second_opinion import as_body
from crawler.extraction.metadata.json_ld import json_ld_values
from crawler.extraction.metadata.schema_nodes import schema_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

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
