"""An item file, read: its original text, its front matter, its links and its fingerprints."""

from __future__ import annotations

import hashlib
import json
import stat
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NoReturn

from crawler.exceptions import ItemError, Problem
from crawler.items.bounds import OWN_FIELDS, check_bounds
from crawler.items.enrichment import ENRICHMENT_KEY, FOREIGN_KEY, find_block, remove_added_parts
from crawler.items.front_matter import FieldLines, load_mapping, split_text
from crawler.items.link import Link, is_absent, read_link

if TYPE_CHECKING:
    from pathlib import Path


__all__ = [
    "Item",
    "ItemError",
    "Link",
    "item_facts_hash",
    "original_text",
    "original_yaml",
    "parse_item",
    "read_item",
    "text_digest",
]

_MERGE_KEY: Final = "<<"
MAX_FILE_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Attributes:
        path: the file.
        text: the original text; what the crawler added is removed. As UTF-8, it is the original
            file byte for byte.
        data: the front matter, without the crawler's part.
        source: the article that the item is about.
        related: the usable entries of `related`, in order.
        warnings: defects that cost no more than the date, a related entry or a field of one.
    """

    path: Path
    text: str
    data: dict[Any, Any]
    source: Link
    related: tuple[Link, ...]
    warnings: tuple[Problem, ...]


def read_item(path: Path, *, name: str | None = None) -> Item:
    """Read an item file of at most `MAX_FILE_BYTES`; `name` stands for the path in problems.

    Raises:
        ItemError: the file cannot be read or used.
    """
    file = name or str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            raise ItemError(Problem(file, 1, "is not a regular file"))
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or type(error).__name__}"
        raise ItemError(Problem(file, 1, reason)) from error
    return parse_item(data, path, name=name)


def parse_item(data: bytes, path: Path, *, name: str | None = None) -> Item:
    """Read an item from the bytes of its file, original or enriched.

    Raises:
        ItemError: the item cannot be used.
    """
    file = name or str(path)
    text = _decoded(data, file)
    original = remove_added_parts(text, file=file)
    yaml_text = original_yaml(text, file)
    fields = load_mapping(yaml_text, file=file)
    lines = FieldLines(yaml_text)
    if ENRICHMENT_KEY in fields:
        raise ItemError(Problem(file, lines.line(ENRICHMENT_KEY), FOREIGN_KEY))

    warnings: list[Problem] = []

    def warn(field: str, defect: str) -> None:
        warnings.append(Problem(file, lines.line(field), f"{field} {defect}"))

    def refuse(field: str, defect: str) -> NoReturn:
        raise ItemError(Problem(file, lines.line(field), f"{field} {defect}"))

    if merged := _merged(fields):
        refuse(_MERGE_KEY, f"merges {merged!a}, which only some parsers do")
    source = read_link(fields, index=None, refuse=refuse, warn=warn)
    if not source.urls:
        raise ItemError(Problem(file, 1, "there is no originalUrl, webUrl or AMP URL to follow"))
    entries = fields.get("related")
    if is_absent(entries):
        entries = []
    elif not isinstance(entries, list):
        refuse("related", "is not a list")
    related, of_related = _read_related(entries, lines, file)
    return Item(path, original, fields, source, related, (*warnings, *of_related))


def original_text(data: bytes, *, file: str) -> str:
    """Give the original text of an item's file; of what it links to nothing is asked.

    Raises:
        ItemError: it is no UTF-8, too large, its front matter cannot be read, or what looks like
            the crawler's parts is not.
    """
    text = _decoded(data, file)
    original = remove_added_parts(text, file=file)
    load_mapping(original_yaml(text, file), file=file)  # or the block may be in a quoted value
    return original


def _merged(fields: dict[Any, Any]) -> str | None:
    """Return a field of ours that YAML 1.1 would merge in, as YAML 1.2 does not."""
    merged = fields.get(_MERGE_KEY)
    mappings = merged if isinstance(merged, list) else [merged]
    keys = [key for one in mappings if isinstance(one, dict) for key in one]
    return next((key for key in keys if isinstance(key, str) and key in OWN_FIELDS), None)


def _decoded(data: bytes, file: str) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise ItemError(Problem(file, 1, f"is larger than {MAX_FILE_BYTES} bytes"))
    try:
        return data.decode("utf-8")  # strict, and keeps a BOM: text and bytes are one to one
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ItemError(Problem(file, line, "is not UTF-8")) from error


def original_yaml(text: str, file: str) -> str:
    """Give the front matter without the crawler's block, with every line where it is on disk."""
    yaml_text = split_text(text, file=file).yaml
    block = find_block(yaml_text, file=file)
    if block is None:
        return yaml_text
    before, after = yaml_text[: block[0]], yaml_text[block[1] :]
    if not after:
        return before
    # What stands before must be YAML by itself, or the block is text inside a quoted value.
    check_bounds(before, file=file)
    return before + "#\n" * yaml_text.count("\n", *block) + after


def _read_related(
    entries: list[Any], lines: FieldLines, file: str
) -> tuple[tuple[Link, ...], tuple[Problem, ...]]:
    links: list[Link] = []
    warnings: list[Problem] = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            line = lines.line("related", index)
            warnings.append(Problem(file, line, f"related[{index}] is not a mapping"))
            continue

        def warn(field: str, defect: str, index: int = index) -> None:
            line = lines.line("related", index, field)
            warnings.append(Problem(file, line, f"related[{index}].{field} {defect}"))

        if is_absent(entry.get("webUrl")):
            warn("webUrl", "is missing")
        if merged := _merged(entry):
            warn(_MERGE_KEY, f"merges {merged!a}, which only some parsers do")
        link = read_link(entry, index=index, refuse=warn, warn=warn)
        if link.web_url is not None:
            links.append(link)
    return tuple(links), tuple(warnings)


_VOLATILE_FIELDS: Final = frozenset({"secured", "heat", "quality"})


def item_facts_hash(item: Item) -> str:
    """Give the SHA-256, in hex, of the front matter but for `secured`, `heat` and `quality`.

    These three, in the item and in its related items, change without a change of the news. The
    order of a mapping's keys does not count.
    """
    facts = _without_volatile(item.data)
    related = facts.get("related")
    if isinstance(related, list):
        facts["related"] = [
            _without_volatile(entry) if isinstance(entry, dict) else entry for entry in related
        ]
    return text_digest(_canonical(facts))


def text_digest(text: str) -> str:
    """Give the SHA-256, in hex, of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _without_volatile(fields: dict[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in fields.items() if key not in _VOLATILE_FIELDS}


def _canonical(value: object) -> str:
    """Write a loaded YAML value so that equal text means equal type and value."""
    if isinstance(value, dict):
        pairs = sorted(f"{_canonical(key)}:{_canonical(entry)}" for key, entry in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, date):
        return f"{type(value).__name__} {value.isoformat()}"
    return repr(value)  # None, a boolean or a number
