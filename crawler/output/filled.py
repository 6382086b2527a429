"""What an item lacks and its page has, under the names that the item's fields have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crawler.output.excerpt import first_sentences
from crawler.output.image_entry import image_entry
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from crawler.extraction.article import Article
    from crawler.ledger.records import ImageRecord
    from crawler.topics.matcher import FoundTopic

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
