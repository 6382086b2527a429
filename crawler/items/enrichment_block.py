"""The one key that enrichment adds to a front matter, as lines of text."""

from __future__ import annotations

import re
from typing import Final

from crawler.items.bounds import line_at
from crawler.problem import ItemError, Problem

ENRICHMENT_KEY: Final = "enrichment"
FOREIGN_KEY: Final = "the key 'enrichment' is not this crawler's"

_NESTED_LINES: Final = r"(?: [^\n]*\n)*"
_BLOCK: Final = re.compile(
    rf"^enrichment:\r?\n  schema: 1\r?\n{_NESTED_LINES}",
    re.MULTILINE,
)
_ADDED_BLOCK: Final = re.compile(rf"enrichment:\n  schema: 1\n{_NESTED_LINES}")
_ANY_KEY: Final = re.compile(r"""^(["']?)enrichment\1[ \t]*:(?=\s)""", re.MULTILINE)


def block_for(enrichment_yaml: str, newline: str) -> str:
    r"""Give a block, written with LF, the line ending of its file.

    Raises:
        ValueError: it is not one mapping `enrichment` with `  schema: 1` first and every other
            line indented.
    """
    if "\r" in enrichment_yaml or not _ADDED_BLOCK.fullmatch(enrichment_yaml):
        raise ValueError("an enrichment block begins with 'schema: 1' and has indented lines only")
    return enrichment_yaml.replace("\n", newline)


def find_block(yaml_text: str, *, file: str) -> tuple[int, int] | None:
    """Find the crawler's block: where it begins and ends in the YAML text.

    Raises:
        ItemError: there is a key `enrichment` of somebody else.
    """
    blocks = [match.span() for match in _BLOCK.finditer(yaml_text)]
    own = blocks[-1] if blocks else None
    for key in _ANY_KEY.finditer(yaml_text):
        if own is None or key.start() != own[0]:
            raise ItemError(Problem(file, line_at(yaml_text, key.start()), FOREIGN_KEY))
    return own
