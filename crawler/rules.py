"""Rules of sites: which parts of their pages hold what; knows nothing of pages or Scrapy."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml.etree import XPath, XPathError
from parsel.csstranslator import HTMLTranslator

from crawler import config
from crawler.exceptions import Problem
from crawler.options import OptionError
from crawler.urls.host import host_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from lxml.html import HtmlElement


_Place = tuple[int, str]


class TomlLines:
    """The lines of the tables of an array, and of their keys; counted from 1.

    Args:
        text: a file that `tomllib` can read.
        array: the name of the array of tables.
    """

    def __init__(self, text: str, array: str) -> None:
        self._array = array
        self._tables: list[int] = []
        self._keys: dict[_Place, int] = {}
        self._top: dict[str, int] = {}
        is_inside = False
        for line, statement in _statements(text):
            name = next(iter(statement))
            value = statement[name]
            if value == [{}]:  # a header
                is_inside = name == array
                self._top.setdefault(name, line)
                self._tables.extend([line] if is_inside else [])
            elif is_inside and not (isinstance(value, dict) and name == array):
                self._keys.setdefault((len(self._tables) - 1, name), line)
            elif is_inside and isinstance(value, dict):  # the header of a table below a rule
                for key in value:
                    self._keys.setdefault((len(self._tables) - 1, key), line)
            else:
                self._top.setdefault(name, line)

    def of_table(self, index: int) -> int:
        """Return the line of a table's header."""
        if index < len(self._tables):
            return self._tables[index]
        return self._top.get(self._array, 1)  # an array that is written in one line

    def of_key(self, index: int, key: str) -> int:
        """Return the line of a key, or else of its table."""
        return self._keys.get((index, key), self.of_table(index))

    def of_top(self, key: str) -> int:
        """Return the line of a key outside of the array."""
        return self._top.get(key, 1)


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each statement by itself, with its first line.

    A value ends with its line, unless a bracket or quotation is still open; so the shortest run of
    lines that can be read is one statement.
    """
    waiting: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not waiting:
            first = number
        waiting.append(line)
        try:
            statement = tomllib.loads("\n".join(waiting))
        except tomllib.TOMLDecodeError:
            continue
        waiting.clear()
        if statement:
            yield first, statement


_translator = HTMLTranslator()


class BadSelectorError(ValueError):
    """A text is no CSS selector; the message says why."""


@lru_cache(maxsize=1_024)
def compiled(css: str) -> XPath:
    """Return a selector as XPath.

    Besides CSS (level 3 and `:has`, `:is` and the like) it may end with Scrapy's `::text` and
    `::attr(name)`.

    Raises:
        BadSelectorError: it is none.
    """
    try:
        return XPath(_translator.css_to_xpath(css))
    except (SelectorError, XPathError) as error:
        raise BadSelectorError(str(error)) from error


def found(tree: HtmlElement, css: str) -> list[HtmlElement | str]:
    """Return what a selector finds, in document order: elements, or texts.

    Raises:
        BadSelectorError: it is none.
    """
    matches = compiled(css)(tree)
    return matches if isinstance(matches, list) else []


# Keys of a rule that hold selectors of a field, and the field of `Article` that each fills.
FIELDS: Final = {
    "title": "title",
    "body": "markdown",
    "author": "authors",
    "date": "published",
    "image": "images",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the pages of a site have what; small, as it goes to a worker with each page.

    Attributes:
        place: where it stands, `FILE:LINE`, by which it is called in logs.
        domain: a host in lower-case ASCII; those below it are meant, too.
        paths: globs for the path of a URL; empty: all pages of the domain.
        since: the first day on which pages looked like this; None: from the beginning.
        title, body, author, date, image: CSS selectors, the first that gives something counts.
        remove: CSS selectors of what is no part of the article.
        javascript: whether the page is empty until its scripts have run.
    """

    place: str
    domain: str
    paths: tuple[str, ...] = ()
    since: dt.date | None = None
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    image: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    javascript: bool = False

    @property
    def asked(self) -> list[str]:
        """The keys of the fields that it has selectors for."""
        return [key for key in FIELDS if getattr(self, key)]

    def is_for(self, host: str, url: str, on: dt.date) -> bool:
        """Whether it is for a page of a host as it looked on a day (UTC)."""
        if host != self.domain and not host.endswith(f".{self.domain}"):
            return False
        if self.since is not None and on < self.since:
            return False
        path = urlsplit(url).path or "/"
        return not self.paths or any(fnmatchcase(path, glob) for glob in self.paths)


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
    data, lines = read_toml(path, _TABLE)
    reader = _Reader(path, data, lines)
    rules = reader.rules()
    refuse(reader.problems)
    return rules


def read_toml(path: Path, array: str) -> tuple[dict[str, Any], TomlLines]:
    """Read a TOML file of rules, and where the tables of an array stand in it.

    Raises:
        RulesError: the file cannot be read, or is none.
    """
    text = _text(path)
    try:
        return tomllib.loads(text), TomlLines(text, array)
    except tomllib.TOMLDecodeError as error:
        line, reason = _place_of(error, text)
        raise RulesError(str(Problem(str(path), line, f"is not TOML: {reason}"))) from error


def refuse(problems: Sequence[Problem]) -> None:
    """Refuse a file of rules with mistakes, of which the first few are told.

    Raises:
        RulesError: there is one.
    """
    if problems:
        told = [str(one) for one in sorted(problems, key=lambda one: one.line)[:_PROBLEMS_TOLD]]
        rest = len(problems) - len(told)
        raise RulesError("\n".join([*told, *([f"and {rest} more"] if rest else [])]))


def _text(path: Path) -> str:
    if not path.is_file():  # opening a pipe would wait for ever
        reason = "is not a regular file" if path.exists() else "there is no such file"
        raise RulesError(str(Problem(str(path), 1, reason)))
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


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The rules of a file, in its order."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Read the file that CRAWLER_RULES names, as it is now.

        Raises:
            OptionError: it cannot be used.
        """
        path = config.RULES.of(settings)
        if not path:
            return cls()
        try:
            return cls(read_rules(Path(path)))
        except RulesError as error:
            raise OptionError(f"{config.RULES.name}: {error}") from error

    def rule_for(self, url: str, on: date) -> Rule | None:
        """Return the rule for a page as its site served it on a day (UTC).

        Of several, that of the longer domain counts, then one with paths, then the latest, then
        the first in the file.
        """
        if not self.rules:
            return None
        host = host_of(url)
        fitting = [rule for rule in self.rules if rule.is_for(host, url, on)]
        return max(fitting, key=_rank, default=None)


def _rank(rule: Rule) -> tuple[int, bool, date]:
    return len(rule.domain), bool(rule.paths), rule.since or date.min
