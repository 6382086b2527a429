"""What an enriched file holds beyond its original: put in, and taken out again exactly.

An enriched file is the original with a mapping `enrichment` right before the closing fence and,
if there is an article, one line ending and the article's section after the body.
"""

from __future__ import annotations

from dataclasses import dataclass

from crawler.items.article_section import (
    EndMarkerMissingError,
    empty_section,
    find_section,
    has_begin_marker,
    section_for,
)
from crawler.items.enrichment_block import block_for, find_block
from crawler.items.front_matter import join_text, split_text
from crawler.problem import ItemError, Problem


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
