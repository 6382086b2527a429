"""The text of an enriched item and of a source article: pure functions of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from crawler import config
from crawler.conflicts.compare import FIELDS as CONFLICT_FIELDS
from crawler.conflicts.compare import compare, read_claims
from crawler.enrichers.enricher import enrichers_from_settings
from crawler.items.enrichment import insert_added_parts, section_for
from crawler.options import OptionError
from crawler.output.entry import SCHEMA_VERSION, cluster, first_sentences, image_entry, source_entry
from crawler.output.written_file import UNSIGNED, signed
from crawler.output.yaml_text import dump_mapping
from crawler.topics import (
    FoundTopic,
    MatcherMissingError,
    TaxonomyError,
    TopicMatcher,
    read_taxonomy,
)
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from crawler.conflicts.compare import Comparison
    from crawler.enrichers.enricher import Enricher
    from crawler.extraction.article import Article
    from crawler.ledger.records import Copies, ImageRecord, SourceRecord, Visit


FIELDS: Final = ("excerpt", "provider", "images", "ampWebUrl", "topics")
"""The fields that can be filled in, in the order in which they are written."""


def filled_fields(
    fields: Mapping[Any, Any],
    article: Article,
    url: str,
    topics: Sequence[FoundTopic],
    wanted: Collection[str],
    *,
    images: Mapping[str, ImageRecord] | None = None,
) -> dict[str, Any]:
    """Return what the page gives for the wanted fields that an item does not have.

    Args:
        fields: the item's front matter; null and empty values count as missing.
        url: where the article is.
        images: what was learned of the files of its images, by URL.
    """
    known = images or {}
    missing = [name for name in FIELDS if name in wanted and not fields.get(name)]
    filled = {name: _value(name, article, url, topics) for name in missing}
    if "images" in filled:
        filled["images"] = [_image(image_entry(one, known.get(one.url))) for one in article.images]
    provider = fields.get("provider")
    if "provider" in wanted and isinstance(provider, dict) and provider:
        whole = _value("provider", article, url, topics)
        filled["provider"] = {key: whole[key] for key in whole if not provider.get(key)}
    return {name: filled[name] for name in FIELDS if filled.get(name)}


def _image(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "alt"}


def _value(name: str, article: Article, url: str, topics: Sequence[FoundTopic]) -> Any:
    if name == "excerpt":
        return article.description or first_sentences(article.markdown)
    if name == "provider":
        domain = registered_domain(article.canonical_url or url)
        provider = {"name": article.site_name, "domain": domain}
        return {key: value for key, value in provider.items() if value}
    if name == "ampWebUrl":
        return article.amp_url
    return [topic.name for topic in topics]


def is_article(held: Visit) -> bool:
    """Whether a visit brought an article or a video, and not a page that says something else."""
    return held.article is not None and (held.state.is_good or held.state.has_text)


def comparisons(fields: Mapping[Any, Any], record: SourceRecord) -> list[Comparison]:
    """Compare an item, or an entry of its `related`, with the page that is held of its source.

    A page that is no article, such as one that says that there is none, is not asked.
    """
    held = record.held
    if held is None or held.article is None or not is_article(held):
        return []
    urls = [held.attempt.url]
    if held.snapshot is None:
        urls += held.attempt.redirects[-1:]
    return compare(read_claims(fields), held.article, urls)


def conflict_entries(
    fields: Mapping[Any, Any], record: SourceRecord, wanted: Collection[str] = CONFLICT_FIELDS
) -> list[dict[str, str]]:
    """Return those of the wanted fields on which they disagree, with the value of each."""
    return [
        {"field": one.field, "item": one.item, "page": one.page}
        for one in (comparisons(fields, record) if wanted else ())
        if not one.agrees and one.field in wanted
    ]


@dataclass(frozen=True, slots=True)
class Additions:
    """The parts of `enrichment` that are asked for.

    Attributes:
        fill_in: fields of an item that are filled in where it lacks them.
        matcher: finds the topics of the site's taxonomy; None without one.
        conflicts: fields of which is told where item and page disagree.
        enrichers: whose results are written.
    """

    fill_in: tuple[str, ...] = ()
    matcher: TopicMatcher | None = None
    conflicts: tuple[str, ...] = CONFLICT_FIELDS
    enrichers: tuple[Enricher, ...] = ()

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Read CRAWLER_FILL_IN, CRAWLER_CONFLICTS, CRAWLER_TOPICS and CRAWLER_ENRICHERS.

        Raises:
            OptionError: a field cannot be filled in, or the taxonomy or an enricher cannot be used.
        """
        fill_in = _fields(config.FILL_IN.of(settings), has_topics=bool(config.TOPICS.of(settings)))
        conflicts = conflict_fields(settings)
        matcher = None
        if folder := config.TOPICS.of(settings):
            try:
                matcher = TopicMatcher(read_taxonomy(Path(folder)))
            except (TaxonomyError, MatcherMissingError) as error:
                raise OptionError(f"{config.TOPICS.name}: {error}") from error
        elif "topics" in fill_in:
            told = f"topics are filled in from a taxonomy; name its {config.TOPICS.name}"
            raise OptionError(f"{config.FILL_IN.name}: {told}")
        return cls(fill_in, matcher, conflicts, enrichers_from_settings(settings))

    @property
    def fingerprint(self) -> list[Any]:
        """What, of all this, decides what is written."""
        return [self.fill_in, None if self.matcher is None else self.matcher.digest, self.conflicts]

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
        url = (
            held.attempt.url
            if held.snapshot or not held.attempt.redirects
            else held.attempt.redirects[-1]
        )
        return {
            "topics": topic_entries(topics),
            "filled": filled_fields(
                fields, held.article, url, topics, self.fill_in, images=record.images
            ),
        }


def text_hash(record: SourceRecord) -> str | None:
    """Return the hash of the article that items have the text of; None: there is none."""
    held = record.held
    if held is None or held.article is None or not held.state.has_text or record.lacks_text:
        return None
    return held.article.content_hash


def topic_entries(topics: Sequence[FoundTopic]) -> list[dict[str, Any]]:
    """Return what is said of the topics of an article."""
    return [{"name": one.name, "count": one.count, "where": list(one.where)} for one in topics]


def conflict_fields(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of which conflicts are told, by CRAWLER_CONFLICTS.

    Raises:
        OptionError: one of them is not compared.
    """
    names = config.CONFLICTS.of(settings)
    wanted = CONFLICT_FIELDS if "all" in names else names
    return tuple(field for field in CONFLICT_FIELDS if field in wanted)


def _fields(names: tuple[str, ...], *, has_topics: bool) -> tuple[str, ...]:
    every = [field for field in FIELDS if has_topics or field != "topics"]
    wanted = every if names == ("all",) else names
    for name in wanted:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise OptionError(
                f"{config.FILL_IN.name}: {name!r} is none of {known}, or all of them (all)"
            )
    return tuple(field for field in FIELDS if field in wanted)


def enriched_item(
    original: str,
    source: Mapping[str, Any],
    related: Sequence[Mapping[str, Any]],
    held: SourceRecord | None,
    *,
    copies: Copies | None = None,
    added: Mapping[str, Any] | None = None,
    item_digest: str | None = None,
    below: str = "",
) -> str:
    """Return an item's text with what is known added.

    Args:
        original: the item's text; parts that were added before are replaced.
        source, related: the entries.
        held: the record whose article goes into the body, None where no text belongs there.
        copies: the other sources with that article.
        added: what follows the entries in the block.
        item_digest: that of the item's text, where the file is not the item's own.
        below: what stands below the article in the file that is replaced.
    """
    block: dict[str, Any] = {"schema": SCHEMA_VERSION, "digest": UNSIGNED}
    block |= {"itemDigest": item_digest, "source": source, "related": list(related)}
    block["cluster"] = cluster(copies)
    block |= added or {}
    article = _section(held)
    section = "" if article is None else section_for(*article, "\n").removeprefix("\n")
    yaml_text = signed(dump_mapping({"enrichment": block}), section)
    return insert_added_parts(original, yaml_text, article, below=below)


def source_file(record: SourceRecord, copies: Copies | None = None) -> str:
    """Return the text of the file of a source that no item is about."""
    assert record.held is not None
    assert record.held.article is not None
    body = f"\n{record.held.article.markdown}\n"
    entry = source_entry(record, copies)
    head = {name: entry.pop(name) for name in ("title", "schema")}
    front_matter = signed(dump_mapping({**head, "digest": UNSIGNED, **entry}), body)
    return f"---\n{front_matter}---\n{body}"


def _section(record: SourceRecord | None) -> tuple[str, str] | None:
    if record is None or record.held is None or not record.held.state.has_text:
        return None
    if record.lacks_text:
        return None
    assert record.held.article is not None
    return record.held.attempt.url, record.held.article.markdown
