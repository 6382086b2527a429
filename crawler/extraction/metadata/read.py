"""All that a page's markup says about its article, each field from its best source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crawler.extraction.metadata.field_choice import (
    chosen_amp,
    chosen_authors,
    chosen_canonical,
    chosen_free,
    chosen_text,
    declared_languages,
    page_types,
    word_count,
)
from crawler.extraction.metadata.field_sources import FieldSources
from crawler.extraction.metadata.image_sources import publisher_logos, raw_images, visible_images
from crawler.extraction.metadata.images import chosen_images
from crawler.extraction.metadata.json_ld import json_ld_values, page_nodes, schema_nodes
from crawler.extraction.metadata.keywords import chosen_keywords
from crawler.extraction.metadata.markup import read_markup
from crawler.extraction.metadata.media import chosen_media
from crawler.extraction.metadata.publication import publication_dates
from crawler.extraction.metadata.titles import chosen_title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement

    from crawler.extraction.article import Image, Media
    from crawler.extraction.metadata.field_text import Candidate, Found
    from crawler.extraction.metadata.markup import Markup

_MAX_DESCRIPTION = 2_000
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata fields of `Article`, as defined there; what the page does not give is empty.

    Attributes:
        languages: the tags that the page declares, with their origins, in order of trust.
    """

    title: str | None
    authors: tuple[str, ...]
    published: str | None
    modified: str | None
    description: str | None
    site_name: str | None
    languages: tuple[Candidate, ...]
    section: str | None
    keywords: tuple[str, ...]
    images: tuple[Image, ...]
    media: tuple[Media, ...]
    canonical_url: str | None
    amp_url: str | None
    free_to_read: bool | None
    page_types: tuple[str, ...]
    declared_words: int | None
    origins: Mapping[str, str]


def read_metadata(
    tree: HtmlElement, url: str, markup: Markup | None = None, *, now: datetime | None = None
) -> Metadata:
    """Read the metadata of a parsed page.

    Args:
        tree: the parsed page; it is not changed.
        markup: what `read_markup` made of the tree, where the caller has it already.
        url: the page's own absolute URL, after redirects.
        now: the time, aware, a day after which no date is believed; the clock's if None.

    Never raises for anything that the page holds. The work is linear in the size of the page,
    and every list and string of the result is bounded.
    """
    markup = markup or read_markup(tree, url)
    canonical = chosen_canonical(markup, url)
    nodes = schema_nodes(json_ld_values(markup.scripts))
    titles = [*markup.contents("og:title", "twitter:title"), *markup.headings, markup.title or ""]
    own_nodes = page_nodes(nodes, [url, canonical.value or url], titles)
    sources = FieldSources(tree, markup, own_nodes, nodes)
    site_names = sources.names_of_the_site()

    title = chosen_title(
        sources.headlines(),
        markup.title,
        site_names,
        markup.subheadings,
        is_news=any(name.endswith("newsarticle") for node in own_nodes for name in node.types),
    )
    authors = chosen_authors(
        sources.author_groups(), site_names, sources.no_persons(), is_shown=sources.visible.shows
    )
    published, modified = publication_dates(sources, now or datetime.now(UTC))
    description = chosen_text(sources.descriptions(), _MAX_DESCRIPTION)
    site_name = chosen_text(sources.site_names(), _MAX_NAME)
    section = chosen_text(sources.sections(), _MAX_NAME)
    keywords = chosen_keywords(
        sources.keyword_groups(),
        sources.visible_tags,
        names=(*site_names, *authors.value),
        sections=(one.value for one in sources.sections()),
    )
    images = chosen_images(
        raw_images(sources), visible_images(tree), markup.base, publisher_logos(sources)
    )
    media = chosen_media(sources)
    amp = chosen_amp(markup)
    free = chosen_free(sources.free_flags(), sources.content_tiers())
    types = page_types(own_nodes, markup.contents("og:type"))
    words = word_count(sources.word_counts())
    return Metadata(
        title=title.value,
        authors=authors.value,
        published=published.value,
        modified=modified.value,
        description=description.value,
        site_name=site_name.value,
        languages=declared_languages(sources.languages()),
        section=section.value,
        keywords=keywords.value,
        images=images.value,
        media=media.value,
        canonical_url=canonical.value,
        amp_url=amp.value,
        free_to_read=free.value,
        page_types=types.value,
        declared_words=words.value,
        origins=_origins(
            title=title,
            authors=authors,
            published=published,
            modified=modified,
            description=description,
            site_name=site_name,
            section=section,
            keywords=keywords,
            images=images,
            media=media,
            canonical_url=canonical,
            amp_url=amp,
            free_to_read=free,
            page_types=types,
            declared_words=words,
        ),
    )


def _origins(**fields: Found[Any]) -> Mapping[str, str]:
    return MappingProxyType({name: found.origin for name, found in fields.items() if found.origin})
