"""A text with front matter in its four parts, which are the text again; and its YAML."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

import frontmatter
import yaml
from frontmatter.default_handlers import BaseHandler
from yaml import CSafeLoader, MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from crawler.exceptions import ItemError, Problem
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

if TYPE_CHECKING:
    from collections.abc import Callable

    from frontmatter import Post


Path = tuple[str | int, ...]


class FieldLines:
    """The lines of a front matter's fields, found when first asked for.

    Args:
        yaml_text: a mapping that has passed `check_bounds`.
    """

    def __init__(self, yaml_text: str) -> None:
        self._yaml_text: Final = yaml_text
        self._found: Final[dict[Path, tuple[int, Node]]] = {}

    def line(self, *path: str | int) -> int:
        """Give the 1-based line of a key or list entry, or of what would hold it if missing."""
        return line_at(self._yaml_text, self._find(path)[0])

    def scalar(self, *path: str | int) -> ScalarNode | None:
        """Give what stands there, with its marks and style; None: no scalar does."""
        node = self._find(())[1]
        for length, step in enumerate(path, 1):
            if isinstance(node, SequenceNode):
                is_there = isinstance(step, int) and 0 <= step < len(node.value)
            elif isinstance(node, MappingNode):
                is_there = any(key.value == step for key, _ in node.value)
            else:
                is_there = False
            if not is_there:
                return None
            node = self._find(path[:length])[1]
        return node if isinstance(node, ScalarNode) else None

    def _find(self, path: Path) -> tuple[int, Node]:
        if path not in self._found:
            self._found[path] = self._step(path) if path else self._root()
        return self._found[path]

    def _root(self) -> tuple[int, Node]:
        root = yaml.compose(self._yaml_text, Loader=CSafeLoader)
        assert root is not None
        return root.start_mark.index, root

    def _step(self, path: Path) -> tuple[int, Node]:
        position, parent = self._find(path[:-1])
        step = path[-1]
        if isinstance(parent, MappingNode):
            for key, value in parent.value:
                if key.value == step:
                    return key.start_mark.index, value
        elif isinstance(parent, SequenceNode) and isinstance(step, int):
            entry: Node = parent.value[step]
            return entry.start_mark.index, entry
        return position, parent


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


# Only LF and CRLF end a line: "^" of Python's re means "after LF", too.
_OPENING: Final = re.compile(r"\ufeff?---[ \t]*\r?\n")
_CLOSING: Final = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


class ItemPost(frontmatter.Post):
    """An item's text: opening fence line with a BOM before it, YAML, closing fence line, body.

    The body is `content`, as in every post.
    """

    def __init__(
        self, *, opening: str, yaml: str, closing: str, body: str, handler: ItemHandler
    ) -> None:
        super().__init__(body, handler)
        self.opening = opening
        self.yaml = yaml
        self.closing = closing

    @property
    def newline(self) -> Literal["\n", "\r\n"]:
        """The file's line ending: that of its first line."""
        return "\r\n" if self.opening.endswith("\r\n") else "\n"


class ItemHandler(BaseHandler):
    """python-frontmatter's way to read and write, with not one character lost.

    Args:
        file: the file's name in problems.
    """

    FM_BOUNDARY = _CLOSING
    START_DELIMITER = END_DELIMITER = "---"

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def detect(self, text: str) -> bool:
        """Say whether the text begins with an opening fence."""
        return _OPENING.match(text) is not None

    def split(self, text: str) -> tuple[str, str]:
        """Give the YAML text, with its last line ending, and the body.

        Raises:
            ItemError: a fence is missing.
        """
        if not self.detect(text):
            raise ItemError(Problem(self.file, 1, "the first line is not '---'"))
        start = _end_of_first_line(text)
        closing = _CLOSING.search(text, start)
        if closing is None:
            reason = "the front matter does not end: there is no second line '---'"
            raise ItemError(Problem(self.file, 1, reason))
        return text[start : closing.start()], text[closing.end() :]

    def load(self, fm: str) -> dict[Any, Any]:
        """Load the YAML text; keys are whatever YAML makes of them.

        Raises:
            ItemError: it is not valid, out of bounds or not a mapping.
        """
        return load_mapping(fm, file=self.file)

    def format(self, post: Post, **kwargs: object) -> str:
        """Put a post's parts together; `metadata` is never dumped.

        Raises:
            TypeError: the post is not an `ItemPost`, or options are given.
        """
        if not isinstance(post, ItemPost) or kwargs:
            raise TypeError("an item's handler formats an ItemPost, without options")
        return f"{post.opening}{post.yaml}{post.closing}{post.content}"


def split_text(text: str, *, file: str) -> ItemPost:
    """Split a text into its four parts, without a look into the YAML.

    Raises:
        ItemError: a fence is missing.
    """
    handler = ItemHandler(file)
    yaml, body = handler.split(text)
    start = _end_of_first_line(text)
    return ItemPost(
        opening=text[:start],
        yaml=yaml,
        closing=text[start + len(yaml) : len(text) - len(body)],
        body=body,
        handler=handler,
    )


def join_text(post: ItemPost) -> str:
    """Write a post as text; the inverse of `split_text`."""
    return frontmatter.dumps(post)


def _end_of_first_line(text: str) -> int:
    return text.index("\n") + 1
