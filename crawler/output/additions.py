"""What is written beyond what every item gets, as settings ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from crawler.options import OptionError
from crawler.output.conflicts import is_article
from crawler.output.filled import FIELDS, filled_fields
from crawler.topics.matcher import FoundTopic, MatcherMissingError, TopicMatcher
from crawler.topics.taxonomy import TaxonomyError, read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.ledger.records import SourceRecord

FILL_IN = "CRAWLER_FILL_IN"
TOPICS = "CRAWLER_TOPICS"


@dataclass(frozen=True, slots=True)
class Additions:
    """The parts of `enrichment` that are asked for.

    Attributes:
        fill_in: fields of an item that are filled in where it lacks them.
        matcher: finds the topics of the site's taxonomy; None without one.
    """

    fill_in: tuple[str, ...] = ()
    matcher: TopicMatcher | None = None

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Read CRAWLER_FILL_IN and CRAWLER_TOPICS, and the taxonomy.

        Raises:
            OptionError: a field cannot be filled in, or the taxonomy cannot be used.
        """
        fill_in = _fields(settings[FILL_IN], has_topics=bool(settings[TOPICS]))
        matcher = None
        if folder := settings[TOPICS]:
            try:
                matcher = TopicMatcher(read_taxonomy(Path(folder)))
            except (TaxonomyError, MatcherMissingError) as error:
                raise OptionError(f"{TOPICS}: {error}") from error
        elif "topics" in fill_in:
            raise OptionError(f"{FILL_IN}: topics are filled in from a taxonomy; name its {TOPICS}")
        return cls(fill_in, matcher)

    @property
    def fingerprint(self) -> list[Any]:
        """What, of all this, decides what is written."""
        return [self.fill_in, None if self.matcher is None else self.matcher.digest]

    def topics_of(self, record: SourceRecord) -> list[FoundTopic]:
        """Return the topics of the article that is held of a source."""
        held = record.held
        if self.matcher is None or held is None or held.article is None or not is_article(held):
            return []
        return self.matcher.find(held.article.title, held.article.markdown)

    def block(self, fields: Mapping[Any, Any], record: SourceRecord) -> dict[str, Any]:
        """Return what is added to the `enrichment` of an item.

        Args:
            fields: the item's front matter.
            record: its own source.
        """
        held = record.held
        if held is None or held.article is None or not is_article(held):
            return {}
        topics = self.topics_of(record)
        url = held.hop.url if held.snapshot or not held.hop.redirects else held.hop.redirects[-1]
        return {
            "topics": [
                {"name": one.name, "count": one.count, "where": list(one.where)} for one in topics
            ],
            "filled": filled_fields(
                fields, held.article, url, topics, self.fill_in, images=record.images
            ),
        }


def _fields(value: Any, *, has_topics: bool) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else list(value or ())
    names = [str(name).strip() for name in names if str(name).strip()]
    every = [field for field in FIELDS if has_topics or field != "topics"]
    wanted = every if names == ["all"] else names
    for name in wanted:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise OptionError(f"{FILL_IN}: {name!r} is none of {known}, or all of them (all)")
    return tuple(field for field in FIELDS if field in wanted)
