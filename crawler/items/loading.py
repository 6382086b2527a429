"""From the YAML text of a front matter to a dictionary."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from yaml import CSafeLoader, MappingNode, ScalarNode, YAMLError
from yaml.constructor import ConstructorError

from crawler.items.bounds import (
    ENRICHMENT_BYTES,
    ENRICHMENT_NODES,
    MAX_BYTES,
    MAX_NODES,
    check_bounds,
    line_at,
    yaml_problem,
)
from crawler.problem import ItemError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_MAX_NUMBER_CHARACTERS: Final = 1000  # base 60 of a hostile length takes quadratic time
_SHOWN_CHARACTERS: Final = 40


class _ItemLoader(CSafeLoader):
    """libyaml's safe loader, whose every complaint has a line and which loses no key."""

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):  # such as 1 and 0x1, or yes and true
            reason = "two keys of this mapping mean the same"
            raise ConstructorError(None, None, reason, node.start_mark)
        return mapping


def _with_line(construct: Callable[[Any, Any], Any], kind: str) -> Callable[[Any, Any], Any]:
    """Give a scalar's constructor a bound, and errors that know their place."""

    def constructed(loader: _ItemLoader, node: ScalarNode) -> Any:
        reason = f"{node.value[:_SHOWN_CHARACTERS]!a} is not a possible {kind}"
        if len(node.value) > _MAX_NUMBER_CHARACTERS:
            raise ConstructorError(None, None, reason, node.start_mark)
        try:
            return construct(loader, node)
        except (ValueError, OverflowError) as error:
            raise ConstructorError(None, None, reason, node.start_mark) from error

    return constructed


for _tag, _construct, _kind in (
    ("tag:yaml.org,2002:int", CSafeLoader.construct_yaml_int, "integer"),
    ("tag:yaml.org,2002:float", CSafeLoader.construct_yaml_float, "number"),
    ("tag:yaml.org,2002:timestamp", CSafeLoader.construct_yaml_timestamp, "date"),
):
    _ItemLoader.add_constructor(_tag, _with_line(_construct, _kind))


def load_mapping(
    yaml_text: str, *, file: str, most_bytes: int = MAX_BYTES, most_nodes: int = MAX_NODES
) -> dict[Any, Any]:
    """Load a front matter, its bounds checked first.

    It must be a block mapping whose keys start in the first column: only to such a mapping can a
    key be added without a change to what is there.

    Raises:
        ItemError: with the line of the first defect.
    """
    check_bounds(yaml_text, file=file, most_bytes=most_bytes, most_nodes=most_nodes)
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
    limits = {"most_bytes": ENRICHMENT_BYTES, "most_nodes": ENRICHMENT_NODES}
    try:
        return load_mapping(yaml_text, file=file, **limits)
    except ItemError as error:
        problem = error.problem
        raise ItemError(replace(problem, line=problem.line + line - 2)) from error
