"""A site's own topics, and which an article is about (Aho and Corasick, 1975)."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from crawler.exceptions import ItemError, Problem
from crawler.extraction.article import is_unspaced
from crawler.extras import how_to_get
from crawler.items.bounds import MAX_BYTES
from crawler.items.front_matter import FieldLines, load_mapping

if TYPE_CHECKING:
    from pathlib import Path


_SPACES: Final = re.compile(r"[\s_\u00ad\u2010-\u2015\u2212-]+")
_APOSTROPHES: Final = re.compile("[\u2018\u2019\u02bc\uff07]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
# An escape stands for its character; marks and the targets of links are not text.
_MARKUP: Final = re.compile(
    r"""\\([^\w\s])|\]\([^()\s]*(?:[ ]"[^"\n]*")?\)|[*`\[\]]|~~+""",
)


def fold(text: str) -> str:
    """Return a text in folded case and NFKC; dashes and white space are one space."""
    # Case folding undoes NFKC in few characters (Unicode 3.13, D146).
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _SPACES.sub(" ", _APOSTROPHES.sub("'", folded)).strip()


def text_of_markdown(markdown: str) -> str:
    """Return the text that a Markdown of ours shows, near enough to look for words in it."""
    return unescape(_MARKUP.sub(lambda match: match[1] or "", markdown))


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether no word of a folded text is cut at the start or end of this part of it.

    Scripts without spaces have no such places, so that any will do but one between a letter and
    its marks. Korean words take endings.
    """
    if start > 0 and _continues(text[start - 1], text[start]):
        return False
    if end >= len(text):
        return True
    last, following = text[end - 1], text[end]
    if unicodedata.category(following).startswith("M"):
        return False
    takes_ending = end - start > 1 and _HANGUL.match(last) and _HANGUL.match(following)
    return bool(takes_ending) or not _continues(last, following)


def _continues(before: str, after: str) -> bool:
    is_spaced = not (is_unspaced(before) or is_unspaced(after))
    return is_spaced and _is_of_word(before) and _is_of_word(after)


def _is_of_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


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


TITLE: Final = "title"
BODY: Final = "body"
_MOST_FOUND: Final = 100
_MOST_CHARACTERS: Final = 1_000_000  # of a body; what comes later is not looked at


class MatcherMissingError(RuntimeError):
    """The library that topics need is not installed."""


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic of an article.

    Attributes:
        count: how often its keywords stand in the text, overlaps counted once.
        where: "title", "body" or both.
    """

    name: str
    count: int
    where: tuple[str, ...]


class TopicMatcher:
    """The topics of one taxonomy, ready to be looked for.

    Raises:
        MatcherMissingError: ahocorasick-rs is not installed.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        try:
            from ahocorasick_rs import AhoCorasick, MatchKind  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MatcherMissingError(f"topics need {how_to_get('topics')}") from error
        self.digest = taxonomy.digest
        self._names = [topic.name for topic in taxonomy.topics]
        owners: dict[str, list[int]] = {}
        for number, topic in enumerate(taxonomy.topics):
            for keyword in topic.keywords:
                owners.setdefault(keyword, []).append(number)
        self._owners = list(owners.values())
        self._automaton = AhoCorasick(owners, matchkind=MatchKind.Standard, store_patterns=False)

    def find(self, title: str | None, markdown: str) -> list[FoundTopic]:
        """Return the topics of an article, at most 100.

        Those of its title come first, then those that are named most often, then by name.
        """
        in_title = self._count(title or "")
        in_body = self._count(text_of_markdown(markdown[:_MOST_CHARACTERS]))
        found = []
        for number in in_title | in_body:
            counts = ((TITLE, in_title[number]), (BODY, in_body[number]))
            where = tuple(place for place, count in counts if count)
            found.append(FoundTopic(self._names[number], sum(n for _, n in counts), where))
        found.sort(key=lambda topic: (TITLE not in topic.where, -topic.count, topic.name))
        return found[:_MOST_FOUND]

    def _count(self, text: str) -> Counter[int]:
        """Count the topics' keywords in a text."""
        folded = fold(text)
        matches = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        counts: Counter[int] = Counter()
        ends: dict[int, int] = {}
        # The longest of those that begin together comes first, and covers what is within it.
        for pattern, start, end in sorted(matches, key=lambda match: (match[1], -match[2])):
            if is_whole(folded, start, end):
                for number in self._owners[pattern]:
                    if start >= ends.get(number, 0):
                        counts[number] += 1
                        ends[number] = end
        return counts
