"""The limits that a front matter must keep, checked on YAML events before anything is built."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

import yaml
from yaml import CSafeLoader

from crawler.problem import ItemError, Problem

MAX_BYTES: Final = 256 * 1024
"""Size of a front matter, in bytes of UTF-8."""
ENRICHMENT_BYTES: Final = 16 * 1024 * 1024
"""Size of what this crawler writes into a front matter: thousands of entries fit."""
ENRICHMENT_NODES: Final = 2_000_000
MAX_DEPTH: Final = 12
"""Nested collections, the top-level mapping included."""
MAX_NODES: Final = 20_000
"""Scalars (keys, too), mappings and sequences."""

# What libyaml's reader does not take: all but the printable characters of YAML 1.1, section 5.1.
_UNPRINTABLE: Final = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_SHOWN_CHARACTERS: Final = 40


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet; `keys` is None for a sequence."""

    keys: set[str] | None
    at_key: bool = field(init=False)

    def __post_init__(self) -> None:
        self.at_key = self.keys is not None


def line_at(yaml_text: str, index: int) -> int:
    """Give the 1-based line, in the file, of a character of its front matter.

    Only LF ends a line; the opening fence is line 1.
    """
    return yaml_text.count("\n", 0, index) + 2


def yaml_problem(error: yaml.YAMLError, yaml_text: str, *, file: str) -> Problem:
    """Say in one line what a YAML library found, and where."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem(file, 1, " ".join(str(error).split()))
    mark = error.problem_mark
    if (mark is None or mark.index >= len(yaml_text)) and error.context_mark is not None:
        mark = error.context_mark  # what does not end is found where it begins
    said = ", ".join(part for part in (error.context, error.problem) if part)
    line = line_at(yaml_text, mark.index) if mark else 1
    return Problem(file, line, f"not valid YAML: {' '.join(said.split())}")


def check_bounds(
    yaml_text: str, *, file: str, most_bytes: int = MAX_BYTES, most_nodes: int = MAX_NODES
) -> None:
    """Refuse a front matter that is too large, or that uses what items do not need.

    Refused are anchors, aliases, explicit tags, merge keys, document markers and equal keys in
    one mapping. Nothing is composed, so that nesting and alias bombs cost nothing.

    Raises:
        ItemError: with the line of the first offence.
    """
    if len(yaml_text.encode()) > most_bytes:
        raise ItemError(Problem(file, 1, f"the front matter is larger than {most_bytes} bytes"))
    if unprintable := _UNPRINTABLE.search(yaml_text):
        reason = f"the control character U+{ord(unprintable[0]):04X} is not allowed"
        raise ItemError(Problem(file, line_at(yaml_text, unprintable.start()), reason))
    try:
        _check_events(yaml_text, file, most_nodes)
    except yaml.YAMLError as error:
        raise ItemError(yaml_problem(error, yaml_text, file=file)) from error


def _check_events(yaml_text: str, file: str, most_nodes: int) -> None:
    def refuse(event: yaml.Event, reason: str) -> NoReturn:
        assert event.start_mark is not None
        raise ItemError(Problem(file, line_at(yaml_text, event.start_mark.index), reason))

    open_collections: list[_Open] = []
    nodes = 0
    for event in yaml.parse(yaml_text, Loader=CSafeLoader):
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            if nodes > most_nodes:
                refuse(event, f"the front matter has more than {most_nodes} nodes")
            if reason := _node_defect(event, open_collections):
                refuse(event, reason)
            if isinstance(event, yaml.CollectionStartEvent):
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                open_collections.append(_Open(set() if is_mapping else None))
        elif isinstance(event, yaml.CollectionEndEvent):
            open_collections.pop()
        elif isinstance(event, (yaml.DocumentStartEvent, yaml.DocumentEndEvent)) and event.explicit:
            refuse(event, "document markers and more than one YAML document are not allowed")


def _node_defect(event: yaml.NodeEvent, open_collections: list[_Open]) -> str | None:
    defect = _forbidden_feature(event)
    if defect is None and open_collections:
        defect = _key_defect(event, open_collections[-1])
    is_collection = isinstance(event, yaml.CollectionStartEvent)
    if defect is None and is_collection and len(open_collections) == MAX_DEPTH:
        defect = f"the front matter is nested deeper than {MAX_DEPTH}"
    return defect


def _forbidden_feature(event: yaml.NodeEvent) -> str | None:
    if isinstance(event, yaml.AliasEvent):
        return "aliases are not allowed"
    if event.anchor is not None:
        return "anchors are not allowed"
    if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag is not None:
        return "explicit tags are not allowed"
    return None


def _key_defect(event: yaml.NodeEvent, around: _Open) -> str | None:
    """Take a node into the collection around it; say what is wrong if it is a bad key."""
    if around.keys is None:
        return None
    is_key, around.at_key = around.at_key, not around.at_key
    if not is_key or not isinstance(event, yaml.ScalarEvent):
        return None
    if event.value == "<<" and event.implicit[0]:
        return "merge keys are not allowed"
    if event.value in around.keys:
        return f"the key {event.value[:_SHOWN_CHARACTERS]!a} is given twice"
    around.keys.add(event.value)
    return None
