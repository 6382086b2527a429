"""Writes another value into one field of an item, and leaves every other byte as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.exceptions import ItemError, Problem
from crawler.items.bounds import line_at
from crawler.items.enrichment import find_block
from crawler.items.front_matter import FieldLines, join_text, load_mapping, split_text
from crawler.items.item import original_yaml

if TYPE_CHECKING:
    from typing import Any

    from yaml import ScalarNode

    from crawler.items.front_matter import Path

_WHAT_IS_NOT_EDITED: Final = {"|": "a block of lines", ">": "a folded block of lines"}


def with_value(text: str, path: Path, value: str, *, file: str) -> str:
    """Return an item's text, original or enriched, with another text as the value of a field.

    The value stands in the quotes that were there; one that was bare gets double quotes where it
    would be read as something else without. The result was read again: it differs in this value
    alone.

    Args:
        path: the keys and indices that lead to the field.
        value: printable ASCII without quotes and backslashes, as URLs are.

    Raises:
        ItemError: the field is not there, or is written in a way that is not edited.
    """
    post = split_text(text, file=file)
    yaml_text = original_yaml(text, file)
    data = load_mapping(yaml_text, file=file)
    node = FieldLines(yaml_text).scalar(*path)
    if node is None:
        raise ItemError(Problem(file, 1, f"{field_name(path)} is not there, or no text"))
    start, end = node.start_mark.index, node.end_mark.index
    written, line = yaml_text[start:end], line_at(yaml_text, start)
    if defect := _defect(node, written):
        raise ItemError(Problem(file, line, f"{field_name(path)} {defect}, which is not edited"))
    wanted = repr(_changed(data, path, value))
    # Where the added block was is only a comment in what was read.
    block = find_block(post.yaml, file=file)
    shift = len(post.yaml) - len(yaml_text) if block is not None and start >= block[0] else 0
    before, after = post.yaml[: start + shift], post.yaml[end + shift :]
    for spelling in _spellings(node, value):
        post.yaml = f"{before}{spelling}{after}"
        edited = join_text(post)
        try:
            if repr(load_mapping(original_yaml(edited, file), file=file)) == wanted:
                return edited
        except ItemError:  # as it would be read otherwise
            continue
    reason = f"{field_name(path)} cannot be written without another change"
    raise ItemError(Problem(file, line, reason))


def _defect(node: ScalarNode, written: str) -> str | None:
    if node.style in _WHAT_IS_NOT_EDITED:
        return f"is {_WHAT_IS_NOT_EDITED[node.style]}"
    if "\n" in written:
        return "stands in several lines"
    is_whole = {
        "'": written == "'{}'".format(node.value.replace("'", "''")),
        '"': len(written) > 1 and written[0] == written[-1] == '"',
    }.get(node.style or "", written == node.value)
    return None if is_whole else "has a tag, or is written in an unusual way"


def _spellings(node: ScalarNode, value: str) -> tuple[str, ...]:
    quote = node.style or ""
    return (f"{quote}{value}{quote}",) if quote else (value, f'"{value}"')


def _changed(data: dict[Any, Any], path: Path, value: str) -> dict[Any, Any]:
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return data


def field_name(path: Path) -> str:
    """Return a field as problems call it: `related[2].webUrl`."""
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return name.removeprefix(".")
