"""JSON-LD values as schema.org nodes: typed, with references resolved, read without trust."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MAX_NODES = 1_000
_MAX_DEPTH = 10
_MAX_LIST = 200
_MAX_TEXT = 20_000  # characters of one value

# An object with no more keys than this (@id, @type and one to spare) only refers to another.
_REFERENCE_KEYS = 3

# Where a page's own nodes hang. Lists of other pages (itemListElement, hasPart, citation,
# liveBlogUpdate, ...) are not among them.
_PATHS = ("@graph", "mainEntity", "mainEntityOfPage", "isPartOf", "subjectOf", "publisher")


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON-LD object; `types` are lower case and without the vocabulary's URL."""

    properties: Mapping[str, Any]
    types: frozenset[str]
    graph: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @property
    def is_page(self) -> bool:
        """Whether this is a WebPage: the frame around the article, not the article.

        Its subtypes are called ItemPage, CollectionPage and the like, and ImageGallery.
        """
        return any(name.endswith(("page", "gallery")) for name in self.types)

    def values(self, name: str) -> list[Any]:
        """The property's values, flattened and without None; references are resolved."""
        found: list[Any] = []
        self._collect(self.properties.get(name), found, _MAX_DEPTH)
        return found

    def texts(self, name: str) -> list[str]:
        """The property's values that are text, numbers, or objects with a value, name or id."""
        return [text for value in self.values(name) if (text := value_text(value))]

    def names(self, name: str) -> list[str]:
        """As `texts`, of persons: each of several names, or else given and family name."""
        return [text for value in self.values(name) for text in _person_names(value)]

    def text(self, name: str) -> str | None:
        """The first of `texts`."""
        return next(iter(self.texts(name)), None)

    def _collect(self, value: Any, found: list[Any], depth: int) -> None:
        if value is None or depth == 0 or len(found) >= _MAX_LIST:
            return
        if isinstance(value, list):
            for entry in value[:_MAX_LIST]:
                self._collect(entry, found, depth - 1)
        elif isinstance(value, dict):
            found.append(self._resolved(value))
        else:
            found.append(value)

    def _resolved(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = value.get("@id")
        if not isinstance(reference, str) or len(value) > _REFERENCE_KEYS:
            return value
        return self.graph.get(reference, value)


def _person_names(value: Any) -> list[str]:
    if isinstance(value, dict) and isinstance(names := value.get("name"), list):
        return [text for one in names[:_MAX_LIST] if (text := _scalar_text(one))]
    if isinstance(value, dict) and not _scalar_text(value.get("name")):
        parts = (_scalar_text(value.get(key)) for key in ("givenName", "familyName"))
        if whole := " ".join(part for part in parts if part):
            return [whole]
    text = value_text(value)
    return [] if text is None else [text]


def value_text(value: Any) -> str | None:
    """A value as a raw string: a scalar itself, an object by @value, name or @id."""
    if isinstance(value, dict):
        named = (value.get(key) for key in ("@value", "name", "@id"))
        return next((text for part in named if (text := _scalar_text(part))), None)
    return _scalar_text(value)


def _scalar_text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return value[:_MAX_TEXT].strip() or None
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    return None


def node_types(value: Mapping[str, Any]) -> frozenset[str]:
    """The @type (or, by a common slip, type) of an object, as lower-case local names."""
    raw = value.get("@type", value.get("type"))
    names = raw[:_MAX_LIST] if isinstance(raw, list) else [raw]
    return frozenset(
        name.rstrip("/").replace("#", "/").replace(":", "/").rsplit("/", 1)[-1].strip().lower()
        for name in names
        if isinstance(name, str)
    )


def schema_nodes(values: Sequence[Any]) -> list[Node]:
    """Every typed object that the page says about itself, in order of appearance."""
    graph: dict[str, dict[str, Any]] = {}
    objects = list(_objects(values))
    for value in objects:
        identity = value.get("@id")
        # A bare reference would hide the object that it refers to.
        if isinstance(identity, str) and len(value) > len(graph.get(identity, {})):
            graph[identity] = value
    return [Node(value, types, graph) for value in objects if (types := node_types(value))]


def _objects(values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    waiting: list[tuple[Any, int]] = [(value, 0) for value in reversed(values[:_MAX_LIST])]
    count = 0
    while waiting and count < _MAX_NODES:
        value, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            continue
        if isinstance(value, list):
            waiting.extend((entry, depth + 1) for entry in reversed(value[:_MAX_LIST]))
        elif isinstance(value, dict):
            count += 1
            yield value
            waiting.extend((value[path], depth + 1) for path in reversed(_PATHS) if path in value)
