"""What an enriched file holds beyond its original: put in, and taken out again exactly.

An enriched file is the original with a mapping `enrichment` right before the closing fence and,
if there is an article, one line ending and the article's section after the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from crawler.exceptions import ItemError, Problem
from crawler.items.bounds import line_at
from crawler.items.front_matter import join_text, split_text

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


_BEGIN: Final = re.compile(r"^<!-- article:begin \S+ -->\r?$", re.MULTILINE)
_NOWHERE: Final = "about:blank"
_END_MARKER: Final = "<!-- article:end -->"
_END: Final = re.compile(rf"^{_END_MARKER}\r?(?:\n|\Z)", re.MULTILINE)
# What could end the comment, start a template's tag, break the line or reorder what it shows.
_UNSAFE_IN_MARKER: Final = re.compile(
    r"[<>{}\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|-(?=-)"
)


class EndMarkerMissingError(ValueError):
    """An article begins and does not end.

    Attributes:
        start: where its begin marker is in the text that was searched.
    """

    def __init__(self, start: int) -> None:
        super().__init__(f"the article does not end: there is no line '{_END_MARKER}'")
        self.start = start


def section_for(url: str, markdown: str, newline: str) -> str:
    """Write an article, with the line ending that goes before its begin marker.

    Args:
        url: where the article is from; unsafe characters are percent-encoded.
        markdown: the article, with LF.
        newline: the file's line ending.

    Raises:
        ValueError: the URL is empty, or a line of the Markdown is a marker.
    """
    if not url:
        raise ValueError("an article needs a URL")
    if has_begin_marker(markdown) or _END.search(markdown):
        raise ValueError("a line of the article's Markdown is one of the markers around it")
    lines = (_begin_marker(url), "", markdown.strip("\n"), "", _END_MARKER, "")
    return newline + "\n".join(lines).replace("\n", newline)


def empty_section(newline: str) -> str:
    """Write a section without an article, for a body whose own lines look like markers."""
    lines = (_begin_marker(_NOWHERE), _END_MARKER, "")
    return newline + newline.join(lines)


def has_begin_marker(text: str) -> bool:
    """Say whether a line looks like a begin marker."""
    return _BEGIN.search(text) is not None


def find_section(text: str, start: int) -> tuple[int, int] | None:
    """Find the last section after `start`, from its begin marker to after its end marker's line.

    Raises:
        EndMarkerMissingError: it has no end marker.
    """
    last = max(_BEGIN.finditer(text, start), key=re.Match.start, default=None)
    if last is None:
        return None
    end = _END.search(text, last.end())
    if end is None:
        raise EndMarkerMissingError(last.start())
    return last.start(), end.end()


def article_of_section(section: str) -> str | None:
    """Return the Markdown, with LF, of a section; None where it has no article."""
    lines = section.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if not section or lines[0] == _begin_marker(_NOWHERE):
        return None
    return "\n".join(lines[1:-1]).strip("\n")


def _begin_marker(url: str) -> str:
    return f"<!-- article:begin {_UNSAFE_IN_MARKER.sub(_percent_encoded, url)} -->"


def _percent_encoded(match: re.Match[str]) -> str:
    return "%2D" if match[0] == "-" else quote(match[0], safe="")  # quote() keeps a hyphen


@dataclass(frozen=True, slots=True)
class AddedParts:
    """A text taken apart.

    Attributes:
        head: the author's text as far as the article, without the added parts.
        block: the lines of the crawler's block; "" where there is none.
        section: the article, from its begin marker to after its end marker; "" where there is none.
        gap: the line ending before the section, where text follows that keeps it in the original.
        below: what was typed below the end marker.
    """

    head: str
    block: str = ""
    section: str = ""
    gap: str = ""
    below: str = ""

    @property
    def original(self) -> str:
        """The text without what the crawler added; what was typed below is taken for body."""
        return f"{self.head}{self.gap}{self.below}" if self.below else self.head


def insert_added_parts(
    text: str,
    enrichment_yaml: str,
    article: tuple[str, str] | None,
    *,
    file: str = "item",
    below: str = "",
) -> str:
    """Enrich an item's text; parts added before are replaced, and what is below them stays there.

    Args:
        text: the item, original or enriched.
        enrichment_yaml: the lines of the block, with LF, from `enrichment:` on.
        article: URL and Markdown with LF, or None.
        file: the file's name in problems.
        below: what is to follow the article, where nothing does in `text`.

    Raises:
        ItemError: the text cannot be enriched (see `split_added_parts`).
        ValueError: the parts to add would not be found again.
    """
    parts = split_added_parts(text, file=file)
    below = parts.below or below
    post = split_text(parts.head, file=file)
    post.yaml += block_for(enrichment_yaml, post.newline)
    if article is not None:
        post.content += section_for(*article, post.newline)
    elif below or has_begin_marker(post.content):
        # The last section counts as added, so the author's must not be the last.
        post.content += empty_section(post.newline)
    post.content += below
    return join_text(post)


def remove_added_parts(text: str, *, file: str = "item") -> str:
    """Give the original of an item's text; an original comes back as it is.

    Without the crawler's block, the body is the author's, whatever it looks like. Keys after the
    block and text after the article stay.

    Raises:
        ItemError: see `split_added_parts`.
    """
    return split_added_parts(text, file=file).original


def split_added_parts(text: str, *, file: str = "item") -> AddedParts:
    """Take an item's text apart; an original is all head.

    Raises:
        ItemError: a fence is missing, the key `enrichment` is not the crawler's, or the article's
            end marker is missing.
    """
    post = split_text(text, file=file)
    span = find_block(post.yaml, file=file)
    if span is None:
        return AddedParts(text)
    start, end = (len(post.opening) + place for place in span)
    body_start = len(text) - len(post.content)
    try:
        found = find_section(text, body_start)
    except EndMarkerMissingError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ItemError(Problem(file, line, str(error))) from error
    before, block = text[:start], text[start:end]
    if found is None:
        return AddedParts(before + text[end:], block)
    begin, after = found
    # Also where an editor mixed the line endings; LF is there, or it were no marker.
    has_full_ending = text.endswith(post.newline, 0, begin)
    gap = post.newline if has_full_ending else "\n"
    head = before + text[end : begin - len(gap)]
    return AddedParts(head, block, text[begin:after], gap, text[after:])
