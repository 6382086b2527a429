"""trafilatura's XPath expressions as walks in Python, which find the same in a third of the time.

Its expressions ask every element of a page up to a hundred questions, and most of them about a
class by a regular expression, for which libxml2 calls back into Python each time. A walk asks about
each class once. What is not in the part of XPath that its expressions keep to stays as it is.

trafilatura has no setting for this: its modules' own names are set, for the time of a call. They
are not of its documented API; a name that another version no longer has is left out, and so is an
expression that it asks in another way: the page is then read more slowly, to the same end.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from lxml.etree import XPath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from lxml.etree import _Element

_IsWanted: TypeAlias = "Callable[[_Element], bool]"
_IsWantedValue: TypeAlias = "Callable[[str], bool]"

EXPRESSIONS: Final = {
    "trafilatura.core": (
        "RAW_TREE_PRUNE_XPATH",
        "REMOVE_COMMENTS_XPATH",
        "REMOVE_COMMENTS_AND_LISTS_XPATH",
    ),
    "trafilatura.main_extractor": (
        "BODY_XPATH",
        "OVERALL_DISCARD_XPATH",
        "TEASER_DISCARD_XPATH",
        "PRECISION_DISCARD_XPATH",
        "DISCARD_IMAGE_ELEMENTS",
    ),
    "trafilatura.external": ("OVERALL_DISCARD_XPATH",),
    "trafilatura.baseline": ("BASIC_CLEAN_XPATH",),
}


@contextmanager
def walks_for_paths() -> Iterator[None]:
    """Let trafilatura walk; what else in the process calls it finds its expressions unchanged.

    Calls in several threads need no lock: each ends with all expressions set back, and until then
    it does not matter which of the two answers, as they find the same.
    """
    _set(_WALKS)
    try:
        yield
    finally:
        _set(_PATHS)


def walk_of(path: XPath) -> Walk | XPath:
    """The walk that finds what an expression finds, or the expression where there is none."""
    try:
        return _Parser(path.path).walk()
    except (_NotTranslatableError, IndexError):  # IndexError: it goes on in a way not read here
        return path


@dataclass(frozen=True, slots=True)
class _Step:
    """A path of one step, `.//name[…][…]`.

    Attributes:
        tags: those of the elements that are looked for; () for any.
        conditions: what must hold for each of them.
        least: "" for all of them, "first" for the first of all, "child" for each parent's first.
    """

    tags: tuple[str, ...]
    conditions: tuple[_IsWanted, ...]
    least: str

    def found(self, tree: _Element) -> list[_Element]:
        elements: Iterator[_Element] = tree.iterdescendants(*(self.tags or ("*",)))
        for holds in self.conditions:
            elements = filter(holds, elements)
        if self.least == "first":
            return list(islice(elements, 1))
        if self.least == "child":
            firsts: dict[_Element | None, _Element] = {}
            for element in elements:
                firsts.setdefault(element.getparent(), element)
            return list(firsts.values())
        return list(elements)


@dataclass(frozen=True, slots=True)
class Walk:
    """Finds the elements below one that an expression names; to be called as that is."""

    steps: tuple[_Step, ...]

    def __call__(self, tree: _Element) -> list[_Element]:
        """The elements, in the order of the document."""
        if len(self.steps) == 1:
            return self.steps[0].found(tree)
        found = {element for step in self.steps for element in step.found(tree)}
        if len(found) <= 1:
            return list(found)
        return [element for element in tree.iterdescendants("*") if element in found]


class _NotTranslatableError(ValueError):
    """An expression uses more of XPath than is read here."""


_TOKEN: Final = re.compile(r"""\s*('[^']*'|"[^"]*"|\.//|@[\w-]+|[\w:-]+|[()\[\]|,=*])""")
_VALUES: Final = 1_000  # the ids or classes of a large page
_MAX_VALUE: Final = 200  # characters of a value that is kept; others are rare, and may be of 64 KiB


class _Parser:
    """Reads unions of paths of one step, whose conditions are of attributes and tags."""

    def __init__(self, path: str) -> None:
        text = path.strip()
        self._tokens: list[str] = _TOKEN.findall(text)
        if re.sub(r"\s", "", "".join(self._tokens)) != re.sub(r"\s", "", text):
            raise _NotTranslatableError(path)
        self._tokens.reverse()

    def walk(self) -> Walk:
        steps = [self._step()]
        while self._skipped("|"):
            steps.append(self._step())
        if self._tokens:
            raise _NotTranslatableError(self._tokens)
        return Walk(tuple(steps))

    def _step(self) -> _Step:
        if self._skipped("("):
            step = self._step()
            for token in ")[1]":
                self._skip(token)
            if step.least:
                raise _NotTranslatableError(step.least)
            return replace(step, least="first")
        self._skip(".//")
        tag = self._tokens.pop()
        tags: tuple[str, ...] = () if tag == "*" else (tag,)
        conditions: list[_IsWanted] = []
        while self._skipped("["):
            if self._skipped("1"):
                self._skip("]")
                return _Step(tags, tuple(conditions), "child")
            condition = self._condition()
            self._skip("]")
            if not isinstance(condition, tuple):
                conditions.append(condition)
            elif tags:
                raise _NotTranslatableError(condition)
            else:
                tags = condition
        return _Step(tags, tuple(conditions), "")

    def _condition(self) -> tuple[str, ...] | _IsWanted:
        """Terms joined by "or"; the tags where it asks for nothing else."""
        tags: list[str] = []
        negations: list[_IsWanted] = []
        values: dict[tuple[str, ...], list[_IsWantedValue]] = {}
        while True:
            token = self._tokens[-1]
            if token.startswith("self::"):
                tags.append(self._tokens.pop().removeprefix("self::"))
            elif token == "not":  # noqa: S105 - a token of an expression
                negations.append(self._negation())
            else:
                names, test = self._value_test()
                values.setdefault(names, []).append(test)
            if not self._skipped("or"):
                break
        if not negations and not values:
            return tuple(tags)
        if tags:
            raise _NotTranslatableError(tags)
        tests = [*negations, _one_of(values)] if values else negations
        return (
            tests[0] if len(tests) == 1 else lambda element: any(is_so(element) for is_so in tests)
        )

    def _negation(self) -> _IsWanted:
        self._skip("not")
        self._skip("(")
        if self._skipped(".//"):
            tag = self._tokens.pop()
            self._skip(")")
            return lambda element: next(element.iterdescendants(tag), None) is None
        tags = self._condition()
        self._skip(")")
        if not isinstance(tags, tuple):
            raise _NotTranslatableError(tags)
        return lambda element: element.tag not in tags

    def _value_test(self) -> tuple[tuple[str, ...], _IsWantedValue]:
        """A question about the value of an attribute, or of the first of several in the page."""
        function = self._tokens[-1]
        if function.startswith("@"):
            names = self._names()
            if not self._skipped("="):
                return names, lambda _: True
            wanted = self._literal()
            return names, wanted.__eq__
        self._skip(function)
        self._skip("(")
        table: dict[int, int] = {}
        if self._skipped("translate"):
            self._skip("(")
            names = self._names()
            self._skip(",")
            letters = self._literal()
            self._skip(",")
            table = str.maketrans(letters, self._literal())
            self._skip(")")
        else:
            names = self._names()
        self._skip(",")
        text = self._literal()
        flags = re.IGNORECASE if self._skipped(",") and self._literal() == "i" else 0
        self._skip(")")
        test: _IsWantedValue
        if function == "re:test":
            pattern = re.compile(text, flags)
            test = lambda value: pattern.search(value) is not None  # noqa: E731
        elif function == "contains":
            test = lambda value: text in value.translate(table)  # noqa: E731
        elif function == "starts-with":
            test = lambda value: value.startswith(text)  # noqa: E731
        else:
            raise _NotTranslatableError(function)
        if test(""):  # an element without the attribute would be wanted, too
            raise _NotTranslatableError(text)
        return names, test

    def _names(self) -> tuple[str, ...]:
        names: list[str] = []
        while not names or self._skipped("|"):
            token = self._tokens.pop()
            if not token.startswith("@"):
                raise _NotTranslatableError(token)
            names.append(token[1:])
        return tuple(names)

    def _literal(self) -> str:
        token = self._tokens.pop()
        if token[0] not in "'\"":
            raise _NotTranslatableError(token)
        return token[1:-1]

    def _skipped(self, token: str) -> bool:
        """Whether a token comes next; then it is passed."""
        if self._tokens[-1:] != [token]:
            return False
        self._tokens.pop()
        return True

    def _skip(self, token: str) -> None:
        if not self._skipped(token):
            raise _NotTranslatableError(token)


def _one_of(values: dict[tuple[str, ...], list[_IsWantedValue]]) -> _IsWanted:
    """Whether any question about any attribute is answered with yes."""
    groups = [(frozenset(names), _any(tests)) for names, tests in values.items()]
    alone = {
        name: _any([is_wanted for names, is_wanted in groups if name in names])
        for name in frozenset().union(*values)
    }

    def holds(element: _Element) -> bool:
        attributes = element.items()
        if len(attributes) == 1:  # as most elements have
            name, value = attributes[0]
            is_wanted = alone.get(name)
            return is_wanted is not None and is_wanted(value)
        for names, is_wanted in groups if attributes else ():
            for name, value in attributes:
                if name in names:
                    if is_wanted(value):
                        return True
                    break
        return False

    return holds


def _any(tests: list[_IsWantedValue]) -> _IsWantedValue:
    # The elements of a page share a few classes.
    @lru_cache(_VALUES)
    def is_kept(value: str) -> bool:
        return any(test(value) for test in tests)

    return lambda value: is_kept(value) if len(value) <= _MAX_VALUE else is_kept.__wrapped__(value)


def _walked(value: object) -> object:
    """An expression, or a list of them, with walks in place of what can be walked."""
    if isinstance(value, list):
        return [_walked(path) for path in value]
    return walk_of(value) if isinstance(value, XPath) else value


def _set(expressions: Mapping[tuple[ModuleType, str], object]) -> None:
    for (module, name), value in expressions.items():
        setattr(module, name, value)


_PATHS: Final = {
    (module, name): getattr(module, name)
    for module, names in ((import_module(path), names) for path, names in EXPRESSIONS.items())
    for name in names
    if hasattr(module, name)
}
_WALKS: Final = {place: _walked(value) for place, value in _PATHS.items()}
