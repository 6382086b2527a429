"""Reads a file of rules, and says of each mistake on which line it is."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from crawler.problem import Problem
from crawler.rules.rule import FIELDS, Rule
from crawler.rules.selector import BadSelectorError, compiled
from crawler.rules.toml_lines import TomlLines
from crawler.urls.host import host_of

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 1024 * 1024
_MOST_SELECTORS: Final = 50  # of one key
_LONGEST: Final = 1_000  # characters of a selector or glob
_PROBLEMS_TOLD: Final = 10
_TABLE: Final = "rule"
_SELECTORS: Final = (*FIELDS, "remove")
_KEYS: Final = ("domain", "path", "from", *_SELECTORS, "javascript")
_AT_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END: Final = " (at end of document)"
_DOMAIN: Final = re.compile(r"[^\s/:@?#\\*]+")


class RulesError(ValueError):
    """The rules cannot be used; the message has a line `FILE:LINE: reason` for each mistake."""


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read the `[[rule]]` tables of a TOML file (`docs/rules.md`), in their order.

    Raises:
        RulesError: the file cannot be read, or something in it makes no sense.
    """
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, reason = _place_of(error, text)
        raise RulesError(str(Problem(str(path), line, f"is not TOML: {reason}"))) from error
    reader = _Reader(path, data, TomlLines(text, _TABLE))
    rules = reader.rules()
    if reader.problems:
        problems = sorted(reader.problems, key=lambda problem: problem.line)
        told = [str(problem) for problem in problems[:_PROBLEMS_TOLD]]
        rest = len(problems) - len(told)
        raise RulesError("\n".join([*told, *([f"and {rest} more"] if rest else [])]))
    return rules


def _text(path: Path) -> str:
    if not path.is_file():  # opening a pipe would wait for ever
        raise RulesError(str(Problem(str(path), 1, "is not a regular file")))
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        problem = Problem(str(path), 1, f"cannot be read: {error.strerror}")
        raise RulesError(str(problem)) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RulesError(str(Problem(str(path), line, "is not UTF-8"))) from error
    if len(data) > MAX_BYTES:
        raise RulesError(str(Problem(str(path), 1, f"is larger than {MAX_BYTES} bytes")))
    return text.replace("\r\n", "\n")


def _place_of(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    message = str(error)
    if (match := _AT_LINE.search(message)) is not None:
        return int(match[1]), message[: match.start()]
    return max(1, len(text.splitlines())), message.removesuffix(_AT_END)


class _Reader:
    def __init__(self, path: Path, data: dict[str, Any], lines: TomlLines) -> None:
        self._path = path
        self._data = data
        self._lines = lines
        self.problems: list[Problem] = []

    def rules(self) -> tuple[Rule, ...]:
        for key in self._data.keys() - {_TABLE}:
            self._problem(self._lines.of_top(key), f"{key!a} is not known; rules are [[rule]]")
        tables = self._data.get(_TABLE, [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            self._problem(self._lines.of_top(_TABLE), "a rule begins with [[rule]]")
            return ()
        rules: list[Rule] = []
        lines: dict[tuple[Any, ...], int] = {}
        for index, table in enumerate(tables):
            rule = self._rule(index, table)
            line = self._lines.of_table(index)
            other = lines.setdefault((rule.domain, rule.paths, rule.since), line)
            if other != line:
                self._problem(line, f"is for the same pages and days as the rule of line {other}")
            rules.append(rule)
        return tuple(rules)

    def _rule(self, index: int, table: dict[str, Any]) -> Rule:
        for key in table.keys() - set(_KEYS):
            reason = f"{key!a} is not known; a rule has {', '.join(_KEYS)}"
            self._problem(self._lines.of_key(index, key), reason)
        line = self._lines.of_table(index)
        if table.keys() <= {"domain", "path", "from"}:
            self._problem(line, "the rule says nothing of its pages")
        since = table.get("from")
        if isinstance(since, datetime) or not isinstance(since, date | None):
            self._key_problem(index, "from", "is not a date such as 2025-03-01")
            since = None
        javascript = table.get("javascript", False)
        if not isinstance(javascript, bool):
            self._key_problem(index, "javascript", "is not true or false")
        return Rule(
            place=f"{self._path.name}:{line}",
            domain=self._domain(index, table),
            paths=self._globs(index, table),
            since=since,
            javascript=javascript is True,
            **{key: self._selectors(index, table, key) for key in _SELECTORS},
        )

    def _domain(self, index: int, table: dict[str, Any]) -> str:
        domain = table.get("domain")
        if domain is None:
            self._problem(self._lines.of_table(index), "the rule has no domain")
        elif not isinstance(domain, str) or _DOMAIN.fullmatch(domain) is None:
            self._key_problem(index, "domain", "is not a host name such as news.example")
        elif host := host_of(f"http://{domain}/"):
            return host
        else:
            self._key_problem(index, "domain", "is not a host name such as news.example")
        return ""

    def _globs(self, index: int, table: dict[str, Any]) -> tuple[str, ...]:
        globs = self._texts(index, table, "path")
        if not all(glob.startswith(("/", "*")) for glob in globs):
            self._key_problem(index, "path", 'does not begin with "/"')
        return globs

    def _selectors(self, index: int, table: dict[str, Any], key: str) -> tuple[str, ...]:
        selectors = self._texts(index, table, key)
        for css in selectors:
            try:
                compiled(css)
            except BadSelectorError as error:
                self._key_problem(index, key, f"has the bad selector {css!a}: {error}")
            else:
                if key in {"body", "remove"} and "::" in css:
                    self._key_problem(index, key, f"takes whole elements, not {css!a}")
        return selectors

    def _texts(self, index: int, table: dict[str, Any], key: str) -> tuple[str, ...]:
        """Return a text or a list of them as a tuple."""
        value = table.get(key, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            self._key_problem(index, key, "is neither a text nor a list of texts")
        elif len(texts) > _MOST_SELECTORS or any(len(text) > _LONGEST for text in texts):
            reason = f"has more than {_MOST_SELECTORS} texts, or one above {_LONGEST} characters"
            self._key_problem(index, key, reason)
        elif key in table and not (texts and all(text.strip() for text in texts)):
            self._key_problem(index, key, "is empty")
        else:
            return tuple(texts)
        return ()

    def _key_problem(self, index: int, key: str, reason: str) -> None:
        self._problem(self._lines.of_key(index, key), f"{key} {reason}")

    def _problem(self, line: int, reason: str) -> None:
        self.problems.append(Problem(str(self._path), line, reason))
