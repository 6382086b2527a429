"""A site's topics, read from a folder of YAML files such as Jekyll's `_data/topics`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from crawler.items.bounds import MAX_BYTES
from crawler.items.field_lines import FieldLines
from crawler.items.loading import load_mapping
from crawler.problem import ItemError, Problem
from crawler.topics.folding import fold

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES: Final = (".yml", ".yaml")
_MOST_FILES: Final = 20_000
_MOST_KEYWORDS: Final = 500_000
_LONGEST: Final = 200  # characters of a name or keyword
_PROBLEMS_TOLD: Final = 10
_FENCE: Final = "---"
_FIELDS: Final = frozenset({"name", "keywords"})


class TaxonomyError(ValueError):
    """The topics cannot be used; the message has a line `FILE:LINE: reason` for each defect."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, and the folded keywords by which it is found (the name, where it has none)."""

    name: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All topics, by name."""

    topics: tuple[Topic, ...]

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of what decides which topics are found."""
        facts = json.dumps([(topic.name, topic.keywords) for topic in self.topics])
        return hashlib.sha256(facts.encode()).hexdigest()


def read_taxonomy(folder: Path) -> Taxonomy:
    """Read the .yml and .yaml files of a folder: each a mapping with `name` and `keywords`.

    Other keys are ignored. The files are bounded like front matter (`crawler.items.bounds`).

    Raises:
        TaxonomyError: the folder has no topics, or one of its files is bad.
    """
    problems: list[Problem] = []
    topics: dict[str, Topic] = {}
    places: dict[str, str] = {}
    for path in _files(folder):
        try:
            file = _TopicFile(path)
            topic = file.topic()
        except ItemError as error:
            problems.append(error.problem)
            continue
        if topic.name in topics:
            reason = f"the topic {topic.name!a} is in {places[topic.name]} already"
            problems.append(file.problem(reason, "name"))
        topics[topic.name], places[topic.name] = topic, path.name
    if problems:
        told = [str(problem) for problem in problems[:_PROBLEMS_TOLD]]
        rest = len(problems) - len(told)
        raise TaxonomyError("\n".join([*told, *([f"and {rest} more"] if rest else [])]))
    if sum(len(topic.keywords) for topic in topics.values()) > _MOST_KEYWORDS:
        raise TaxonomyError(f"{folder}:1: there are more than {_MOST_KEYWORDS} keywords")
    return Taxonomy(tuple(topics[name] for name in sorted(topics)))


def _files(folder: Path) -> list[Path]:
    try:
        files = sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
        )
    except OSError as error:
        raise TaxonomyError(f"{folder}:1: cannot be read: {error.strerror}") from error
    if not files:
        raise TaxonomyError(f"{folder}:1: there is no .yml or .yaml file")
    if len(files) > _MOST_FILES:
        raise TaxonomyError(f"{folder}:1: there are more than {_MOST_FILES} files")
    return files


class _TopicFile:
    """The file of one topic.

    Lines of a front matter are counted from the fence above it, which a data file may lack.

    Raises:
        ItemError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._file = str(path)
        text = _text(path)
        first, _, rest = text.partition("\n")
        has_fence = first.rstrip() == _FENCE
        self._yaml, self._shift = (rest, 0) if has_fence else (text, 1)

    def topic(self) -> Topic:
        """Return the topic.

        Raises:
            ItemError: it has none, or is no good YAML.
        """
        try:
            fields = load_mapping(self._yaml, file=self._file, once=_FIELDS)
        except ItemError as error:
            line = max(1, error.problem.line - self._shift)
            reason = error.problem.reason.replace("the front matter", "the file")
            raise ItemError(Problem(self._file, line, reason)) from error
        name, keywords = fields.get("name"), fields.get("keywords")
        if (defect := _defect(name)) is not None:
            raise ItemError(self.problem(f"name {defect}", "name"))
        if not isinstance(keywords, list | None):
            raise ItemError(self.problem("keywords is not a list", "keywords"))
        for index, keyword in enumerate(keywords or []):
            if (defect := _defect(keyword)) is not None:
                reason = f"keywords[{index}] {defect}"
                raise ItemError(self.problem(reason, "keywords", index))
        name = " ".join(str(name).split())
        return Topic(name, tuple(dict.fromkeys(map(fold, keywords or [name]))))

    def problem(self, reason: str, *field: str | int) -> Problem:
        """Return a defect of a field, with its line."""
        line = FieldLines(self._yaml).line(*field) - self._shift
        return Problem(self._file, line, reason)


def _text(path: Path) -> str:
    file = str(path)
    if not path.is_file():  # opening a pipe would wait for ever
        raise ItemError(Problem(file, 1, "is not a regular file"))
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ItemError(Problem(file, 1, f"cannot be read: {error.strerror}")) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ItemError(Problem(file, line, "is not UTF-8")) from error
    if len(data) > MAX_BYTES:
        raise ItemError(Problem(file, 1, f"is larger than {MAX_BYTES} bytes"))
    return text.replace("\r\n", "\n")


def _defect(value: Any) -> str | None:
    if value is None:
        return "is missing"
    if not isinstance(value, str):
        return "is not a text; put it between quotes"
    if len(value) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if not any(character.isalnum() for character in fold(value)):
        return "has neither a letter nor a digit"
    return None
