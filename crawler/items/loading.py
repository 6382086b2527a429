"""From the YAML text of a front matter to a dictionary."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from yaml import CSafeLoader, MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from crawler.items.bounds import (
    ENRICHMENT_BYTES,
    ENRICHMENT_NODES,
    MAX_BYTES,
    MAX_NODES,
    OWN_FIELDS,
    check_bounds,
    line_at,
    yaml_problem,
)
from crawler.problem import ItemError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_NUMBER_CHARACTERS: Final = 1000  # base 60 of a hostile length takes quadratic time


class _ItemLoader(CSafeLoader):
    """libyaml's loader for files whose fields are mostly none of our business.

    What YAML 1.1 makes no value of (an impossible date, an integer without end, an unknown tag) is
    the text, list or mapping that is written there, as most other parsers read it; `<<` is a key
    like others, and of equal keys the last counts.
    """

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            value = self.construct_object(value_node, deep=deep)
            mapping[key if isinstance(key, Hashable) else repr(key)] = value
        return mapping


def _as_written(loader: _ItemLoader, node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, MappingNode)
    return loader.construct_mapping(node, deep=True)


def _or_as_written(construct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def constructed(loader: _ItemLoader, node: Node) -> Any:
        if not isinstance(node, ScalarNode) or len(node.value) > _MAX_NUMBER_CHARACTERS:
            return _as_written(loader, node)
        try:
            return construct(loader, node)
        except (ValueError, LookupError, OverflowError, AttributeError):
            return node.value

    return constructed


for _tag in ("str", "seq", "map", "binary", "omap", "pairs", "set"):
    _ItemLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", _as_written)
_ItemLoader.add_constructor(None, _as_written)  # every other tag
for _tag, _construct in (
    ("null", CSafeLoader.construct_yaml_null),
    ("bool", CSafeLoader.construct_yaml_bool),
    ("int", CSafeLoader.construct_yaml_int),
    ("float", CSafeLoader.construct_yaml_float),
    ("timestamp", CSafeLoader.construct_yaml_timestamp),
):
    _ItemLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", _or_as_written(_construct))


def load_mapping(
    yaml_text: str,
    *,
    file: str,
    once: frozenset[str] = OWN_FIELDS,
    most_bytes: int = MAX_BYTES,
    most_nodes: int = MAX_NODES,
) -> dict[Any, Any]:
    """Load a front matter, its bounds checked first.

    It must be a block mapping whose keys start in the first column: only to such a mapping can a
    key be added without a change to what is there.

    Args:
        once: fields that may not be given twice; of others the last one counts.

    Raises:
        ItemError: with the line of the first defect.
    """
    check_bounds(yaml_text, file=file, once=once, most_bytes=most_bytes, most_nodes=most_nodes)
    loader = _ItemLoader(yaml_text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise ItemError(Problem(file, 1, "the front matter is empty"))
        line = line_at(yaml_text, root.start_mark.index)
        if not isinstance(root, MappingNode):
            raise ItemError(Problem(file, line, "the front matter is not a mapping"))
        if root.flow_style or root.start_mark.column:
            reason = "the front matter must be lines of 'key: value' that start in the first column"
            raise ItemError(Problem(file, line, reason))
        data: dict[Any, Any] = loader.construct_document(root)
    except YAMLError as error:
        raise ItemError(yaml_problem(error, yaml_text, file=file)) from error
    finally:
        loader.dispose()
    return data


def load_enrichment(yaml_text: str, *, file: str, line: int = 2) -> dict[Any, Any]:
    """Load YAML lines that this crawler wrote into a file, from a line of it on.

    They may be more than an item's own: an entry for each of its related ones.

    Raises:
        ItemError: with the line of the first defect.
    """
    try:
        return load_mapping(
            yaml_text, file=file, most_bytes=ENRICHMENT_BYTES, most_nodes=ENRICHMENT_NODES
        )
    except ItemError as error:
        problem = error.problem
        raise ItemError(replace(problem, line=problem.line + line - 2)) from error
