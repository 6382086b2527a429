"""The limits that a front matter must keep, checked on YAML events before anything is built."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

import yaml
from yaml import CSafeLoader

from crawler.exceptions import ItemError, Problem
from crawler.items.link import URL_FIELDS

MAX_BYTES: Final = 256 * 1024
"""Size of a front matter, in bytes of UTF-8."""
ENRICHMENT_BYTES: Final = 16 * 1024 * 1024
"""Size of what this crawler writes into a front matter: thousands of entries fit."""
ENRICHMENT_NODES: Final = 2_000_000
MAX_DEPTH: Final = 12
"""Nested collections, the top-level mapping included."""
MAX_NODES: Final = 20_000
"""Scalars (keys, too), mappings and sequences."""

OWN_FIELDS: Final = frozenset(
    {*URL_FIELDS, "related", "publishedDateTime", "type", "title", "excerpt", "provider", "images"}
    | {"enrichment"}
)
"""The fields of an item, and of an entry of its `related`, that something is read from."""

# What libyaml's reader does not take: all but the printable characters of YAML 1.1, section 5.1.
_UNPRINTABLE: Final = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet.

    Attributes:
        is_mapping: or else a sequence.
        once: keys that may not be given twice.
        key: the last key of a mapping, where it is a scalar.
        keys: those of them that were there.
    """

    is_mapping: bool
    once: frozenset[str]
    at_key: bool = field(init=False)
    key: str | None = None
    keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.at_key = self.is_mapping


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
    yaml_text: str,
    *,
    file: str,
    once: frozenset[str] = OWN_FIELDS,
    most_bytes: int = MAX_BYTES,
    most_nodes: int = MAX_NODES,
) -> None:
    """Refuse a front matter that is too large, or that uses what items do not need.

    Refused are anchors, aliases, document markers, and a field of ours that is given twice. Nothing
    is composed, so that nesting and alias bombs cost nothing.

    Args:
        once: the fields that are ours.

    Raises:
        ItemError: with the line of the first offence.
    """
    if len(yaml_text.encode()) > most_bytes:
        raise ItemError(Problem(file, 1, f"the front matter is larger than {most_bytes} bytes"))
    if unprintable := _UNPRINTABLE.search(yaml_text):
        reason = f"the control character U+{ord(unprintable[0]):04X} is not allowed"
        raise ItemError(Problem(file, line_at(yaml_text, unprintable.start()), reason))
    try:
        _check_events(yaml_text, file, once, most_nodes)
    except yaml.YAMLError as error:
        raise ItemError(yaml_problem(error, yaml_text, file=file)) from error


def _check_events(yaml_text: str, file: str, once: frozenset[str], most_nodes: int) -> None:
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
                own = once if _has_own_fields(open_collections) else frozenset()
                open_collections.append(_Open(isinstance(event, yaml.MappingStartEvent), own))
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
    return None if event.anchor is None else "anchors are not allowed"


def _has_own_fields(around: list[_Open]) -> bool:
    """Whether a mapping that begins here is the item, or an entry of its `related`."""
    match around:
        case []:
            return True
        case [item, entries]:
            return item.key == "related" and not entries.is_mapping
        case _:
            return False


def _key_defect(event: yaml.NodeEvent, around: _Open) -> str | None:
    """Take a node into the collection around it; say what is wrong if it is a bad key."""
    if not around.is_mapping:
        return None
    is_key, around.at_key = around.at_key, not around.at_key
    if not is_key:
        return None
    around.key = event.value if isinstance(event, yaml.ScalarEvent) else None
    if around.key is None or around.key not in around.once:
        return None
    if around.key in around.keys:
        return f"the key {around.key!a} is given twice"
    around.keys.add(around.key)
    return None
