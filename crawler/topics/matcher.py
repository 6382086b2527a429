"""Finds the topics of a text, all keywords at once (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.topics.folding import fold, is_whole, text_of_markdown

if TYPE_CHECKING:
    from crawler.topics.taxonomy import Taxonomy

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
            raise MatcherMissingError(
                "topics need ahocorasick-rs: pip install 'frontmatter-crawler[topics]'"
            ) from error
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
