"""A file of rules that say which addresses of items are never changed; docs/fix.md has its keys."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from crawler.exceptions import Problem
from crawler.rules import read_toml, refuse
from crawler.urls.host import host_of

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.items.find import FoundItem
    from crawler.rules import TomlLines

_TABLE: Final = "keep"
FIELD_NAMES: Final = ("originalUrl", "webUrl", "related.originalUrl", "related.webUrl")


@dataclass(frozen=True, slots=True)
class KeepRule:
    """What is never touched: that which all of its keys are about; an empty one is about all.

    Attributes:
        place: where the rule stands, `FILE:LINE`.
        host: hosts, and those below them, of the address or of what it would become.
        path: globs on the path of the address.
        item: globs on the item's path below ITEMS, or its name.
        field: names of fields, of `FIELD_NAMES`.
    """

    place: str
    host: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    item: tuple[str, ...] = ()
    field: tuple[str, ...] = ()

    def is_about(self, item: FoundItem, field: str, before: str, after: str) -> bool:
        """Whether an address in a field of an item is not to become another one."""
        hosts = {host_of(before), host_of(after)}
        path = urlsplit(before).path or "/"
        return (
            (not self.host or any(_is_below(one, host) for one in hosts for host in self.host))
            and (not self.path or any(fnmatchcase(path, glob) for glob in self.path))
            and (not self.item or item.is_like(self.item))
            and (not self.field or field in self.field)
        )


def _is_below(host: str, other: str) -> bool:
    return host == other or host.endswith(f".{other}")


KEYS: Final = ("host", "path", "item", "field")


def read_keep_rules(path: Path) -> tuple[KeepRule, ...]:
    """Read the `[[keep]]` tables of a TOML file.

    Raises:
        RulesError: the file cannot be read, or something in it makes no sense; each mistake is
            told as `FILE:LINE: reason`.
    """
    data, lines = read_toml(path, _TABLE)
    reader = _Reader(path, lines)
    for key in data.keys() - {_TABLE}:
        reader.problem(lines.of_top(key), f"{key!a} is not known; rules are [[{_TABLE}]]")
    tables = data.get(_TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        reader.problem(lines.of_top(_TABLE), f"a rule begins with [[{_TABLE}]]")
        tables = []
    rules = tuple(reader.rule(index, table) for index, table in enumerate(tables))
    refuse(reader.problems)
    return rules


class _Reader:
    def __init__(self, path: Path, lines: TomlLines) -> None:
        self._path, self._lines = path, lines
        self.problems: list[Problem] = []

    def problem(self, line: int, reason: str) -> None:
        self.problems.append(Problem(str(self._path), line, reason))

    def rule(self, index: int, table: dict[str, Any]) -> KeepRule:
        line = self._lines.of_table(index)
        if not table:
            self.problem(line, f"the rule is about nothing; it has {', '.join(KEYS)}")
        for key in table.keys() - set(KEYS):
            reason = f"{key!a} is not known; a rule has {', '.join(KEYS)}"
            self.problem(self._lines.of_key(index, key), reason)
        texts = {key: self._texts(index, table, key) for key in KEYS}
        texts["host"] = tuple(self._host(index, name) for name in texts["host"])
        if unknown := [name for name in texts["field"] if name not in FIELD_NAMES]:
            told = f"names {unknown[0]!a}; fields are {', '.join(FIELD_NAMES)}"
            self.problem(self._lines.of_key(index, "field"), f"field {told}")
        return KeepRule(f"{self._path}:{line}", **texts)

    def _texts(self, index: int, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        texts = [value] if isinstance(value, str) else value
        is_list = isinstance(texts, list) and all(isinstance(text, str) for text in texts)
        if is_list and (key not in table or (texts and all(map(str.strip, texts)))):
            return tuple(texts)
        reason = "is empty" if is_list else "is neither a text nor a list of texts"
        self.problem(self._lines.of_key(index, key), f"{key} {reason}")
        return ()

    def _host(self, index: int, name: str) -> str:
        host = "" if set(name) & set("/:@?#\\* ") else host_of(f"http://{name}/")
        if not host:
            reason = f"host {name!a} is not a host name such as news.example"
            self.problem(self._lines.of_key(index, "host"), reason)
        return host
