"""What an enriched file holds beyond its original: put in, and taken out again exactly.

An enriched file is the original with a mapping `enrichment` right before the closing fence and,
if there is an article, one line ending and the article's section after the body.
"""

from __future__ import annotations

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


def insert_added_parts(
    text: str, enrichment_yaml: str, article: tuple[str, str] | None, *, file: str = "item"
) -> str:
    """Enrich an item's text; parts added before are replaced.

    Args:
        text: the item, original or enriched.
        enrichment_yaml: the lines of the block, with LF, from `enrichment:` on.
        article: URL and Markdown with LF, or None.
        file: the file's name in problems.

    Raises:
        ItemError: the text cannot be enriched (see `remove_added_parts`).
        ValueError: the parts to add would not be found again.
    """
    post = split_text(remove_added_parts(text, file=file), file=file)
    post.yaml += block_for(enrichment_yaml, post.newline)
    if article is not None:
        post.content += section_for(*article, post.newline)
    elif has_begin_marker(post.content):
        # The last section counts as added, so the author's must not be the last.
        post.content += empty_section(post.newline)
    return join_text(post)


def remove_added_parts(text: str, *, file: str = "item") -> str:
    """Give the original of an item's text; an original comes back as it is.

    Without the crawler's block, the body is the author's, whatever it looks like. Keys after the
    block and text after the article stay.

    Raises:
        ItemError: a fence is missing, the key `enrichment` is not the crawler's, or the article's
            end marker is missing.
    """
    post = split_text(text, file=file)
    block = find_block(post.yaml, file=file)
    if block is None:
        return text
    yaml_start = len(post.opening)
    body_start = len(text) - len(post.content)
    try:
        section = find_section(text, body_start)
    except EndMarkerMissingError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ItemError(Problem(file, line, str(error))) from error
    rest = text[yaml_start + block[1] :]
    if section is not None:
        begin, end = section
        if end == len(text):
            # Also where an editor mixed the line endings; LF is there, or it were no marker.
            has_full_ending = text.endswith(post.newline, 0, begin)
            begin -= len(post.newline) if has_full_ending else 1
        rest = text[yaml_start + block[1] : begin] + text[end:]
    return text[: yaml_start + block[0]] + rest
