"""What each part of a page says for each field, most trusted first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.extraction.metadata import meta_names
from crawler.extraction.metadata.bylines import (
    authors_near,
    labelled_authors,
    linked_authors,
    profile_authors,
    signatures,
    visible_bylines,
)
from crawler.extraction.metadata.dates import url_date
from crawler.extraction.metadata.field_text import (
    BYLINE,
    HTML,
    JSON_LD,
    LINK,
    META,
    MICRODATA,
    URL,
    Candidate,
    candidates,
)
from crawler.extraction.metadata.headlines import DatesNear, HeadlineArea, dates_near, headline_area
from crawler.extraction.metadata.json_ld import Node, json_ld_values, value_text
from crawler.extraction.metadata.keywords import letters, tag_links
from crawler.extraction.metadata.meta_names import meta_candidates
from crawler.extraction.metadata.publication import guessed_date
from crawler.extraction.metadata.titles import without_site_name
from crawler.extraction.metadata.visible_dates import dates_by_name, labelled_dates
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from lxml.html import HtmlElement

    from crawler.extraction.metadata.markup import Markup


_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class VisibleSources:
    """The page's tree, its markup, and what the article may be called.

    Each source is searched for only when it is asked, as most pages need none of them.
    """

    tree: HtmlElement
    markup: Markup
    titles: Sequence[str]

    @cached_property
    def area(self) -> HeadlineArea:
        """What stands around the headline."""
        return headline_area(self.tree, self.titles)

    def shows(self, name: str) -> bool:
        """Whether a name stands by the headline."""
        return letters(name) in self._letters_near

    @cached_property
    def _letters_near(self) -> str:
        pieces = (*self.area.headline, *self.area.before, *self.area.after)
        return letters("".join(piece.text for piece in pieces))

    def dates(self, *, day_first: bool) -> DatesNear:
        """The dates that readers see around the headline."""
        return dates_near(self.area, day_first=day_first)

    def further_dates(self, *, day_first: bool) -> list[Candidate]:
        """The dates of publication elsewhere on the page."""
        return dates_by_name(self.tree, day_first=day_first) or labelled_dates(
            self.tree, day_first=day_first
        )

    def author_groups(self) -> Iterator[Sequence[Candidate]]:
        """Raw author strings, one group a source, and those of meta tags that nobody listed."""
        yield candidates(linked_authors(self.tree), LINK)
        yield candidates(visible_bylines(self.tree), BYLINE)
        yield candidates(profile_authors(self.tree), BYLINE)
        for name in filter(meta_names.is_author, self.markup.meta):
            yield meta_candidates(self.markup, (name,))
        for names in authors_near(self.area):
            yield candidates(names, BYLINE)
        is_chinese = any(_HAN.search(title) for title in self.titles)
        yield candidates(signatures(self.tree, is_chinese=is_chinese), BYLINE)
        yield candidates(labelled_authors(self.tree), BYLINE)

    def tags(self) -> list[Candidate]:
        """The tags under the article."""
        return candidates(tag_links(self.tree), HTML)


@lru_cache(maxsize=256)
def _domain(host: str) -> str:
    return registered_domain(f"https://{host}/")


@dataclass(frozen=True)
class FieldSources:
    """The page's tree, its markup, its JSON-LD nodes that are about the page, and all of them."""

    tree: HtmlElement
    markup: Markup
    nodes: Sequence[Node]
    all_nodes: Sequence[Node]

    @cached_property
    def visible(self) -> VisibleSources:
        """What readers see."""
        title = without_site_name(self.markup.title or "", self.names_of_the_site())
        # A heading of the page is no voice on which of its headings is the headline.
        declared = [one.value for one in self.headlines() if one.origin != HTML]
        titles = [*declared, title] if declared or title else list(self.markup.headings)
        return VisibleSources(self.tree, self.markup, titles)

    def from_json_ld(self, *names: str) -> list[Candidate]:
        """Texts of the named schema.org properties, node by node."""
        texts = [text for node in self.nodes for name in names for text in node.texts(name)]
        return candidates(texts, JSON_LD)

    def from_parsely(self, *names: str) -> list[Candidate]:
        """Texts of the named keys of the JSON that Parse.ly's older tag holds."""
        texts: list[str] = []
        for content in self.markup.contents("parsely-page"):
            for value in json_ld_values([content]):
                if isinstance(value, dict):
                    texts += [
                        text for name in names for text in Node(value, frozenset(), {}).texts(name)
                    ]
        return candidates(texts, META)

    def from_microdata(self, name: str) -> list[Candidate]:
        """Texts of the named schema.org property in microdata."""
        return candidates(list(self.markup.properties.get(name.lower(), ())), MICRODATA)

    def from_meta(self, names: tuple[str, ...]) -> list[Candidate]:
        """Contents of the named meta tags."""
        return meta_candidates(self.markup, names)

    def headlines(self) -> list[Candidate]:
        """Everything that may be the article's title, but for `<title>`."""
        # A WebPage's name is the text of <title>, the site's name and all.
        named = [
            text
            for node in self.nodes
            for text in (*node.texts("headline"), *([] if node.is_page else node.texts("name")))
        ]
        return [
            *candidates(named[:2], JSON_LD),
            *self.from_meta(meta_names.TITLE),
            *self.from_microdata("headline"),
            *candidates(list(self.markup.headings), HTML),
        ]

    def published(self) -> list[Candidate]:
        """Raw dates of publication."""
        return [
            *self.from_json_ld("datePublished", "uploadDate"),
            *self.from_meta(meta_names.PUBLISHED),
            *self.from_parsely("pub_date"),
            *self.from_microdata("datePublished"),
            *candidates([time.value for time in self.markup.times if time.is_pubdate], HTML),
            *self.from_json_ld("dateCreated"),
        ]

    @cached_property
    def _puts_day_first(self) -> bool:
        """Whether 3/4/2025 is in April: in all languages but English."""
        declared = next(iter(self.languages()), None)
        return declared is not None and not declared.value.lower().startswith("en")

    def visible_dates(self) -> DatesNear:
        """Dates that readers see by the headline."""
        return self.visible.dates(day_first=self._puts_day_first)

    def address_tells(self, day: str) -> bool:
        """Whether the page's address names a day, written 2025-04-01, or its month."""
        url = self.markup.url
        return url_date(url) == day or f"/{day[:4]}/{day[5:7]}" in url

    def vague_dates(self) -> list[Candidate]:
        """Dates that are mostly those of the publication: of a vague meta tag, of the address."""
        address = url_date(self.markup.url)
        return [
            *self.from_meta(meta_names.PUBLISHED_PERHAPS),
            *candidates([address] if address else [], URL),
        ]

    def further_dates(self) -> list[Candidate]:
        """Dates of publication elsewhere on the page."""
        return self.visible.further_dates(day_first=self._puts_day_first)

    def guessed_dates(self, now: datetime, changes: Iterable[str]) -> list[Candidate]:
        """What htmldate finds."""
        return guessed_date(self.tree, self.markup.url, now, changes)

    def modified(self) -> list[Candidate]:
        """Raw dates of the last change."""
        return [
            *self.from_json_ld("dateModified"),
            *self.from_meta(meta_names.MODIFIED),
            *self.from_microdata("dateModified"),
        ]

    def author_groups(self) -> Iterator[Sequence[Candidate]]:
        """Raw author strings, one group a source; the first group that holds a name counts.

        Lazy, as most pages need no search of the whole tree for bylines.
        """
        for node in self.nodes:
            yield candidates(node.names("author") or node.names("creator"), JSON_LD)
        for name in meta_names.AUTHORS:
            yield self.from_meta((name,))
        yield self.from_parsely("author", "authors")
        yield self.from_microdata("author")
        yield from self.visible.author_groups()

    def no_persons(self) -> list[str]:
        """Names of the page's sections and places, which templates give as authors, too."""
        places = self.from_json_ld("contentLocation", "locationCreated", "dateline")
        return [one.value for one in (*self.sections(), *places)]

    def descriptions(self) -> list[Candidate]:
        """Raw descriptions."""
        return [
            *self.from_json_ld("description"),
            *self.from_meta(meta_names.DESCRIPTION),
            *self.from_microdata("description"),
        ]

    def site_names(self) -> list[Candidate]:
        """Names of the site, as it gives them itself."""
        sites = [
            text
            for node in self.all_nodes
            if "website" in node.types and (text := value_text(node.properties.get("name")))
        ]
        return [
            *self.from_meta(meta_names.SITE_NAME[:1]),
            *self.from_json_ld("publisher"),
            *candidates(sites, JSON_LD),
            *self.from_meta(meta_names.SITE_NAME[1:]),
            *self.from_microdata("publisher"),
        ]

    def names_of_the_site(self) -> list[str]:
        """Everything by which the site calls itself, to tell it from titles and people."""
        host = urlsplit(self.markup.url).netloc
        domain = _domain(host)
        return [
            *(name.value for name in self.site_names()),
            *self.markup.contents("apple-mobile-web-app-title", "copyright", "publisher"),
            host,
            domain,
            domain.split(".")[0],
        ]

    def languages(self) -> list[Candidate]:
        """Raw language tags."""
        return [
            *candidates([self.markup.language] if self.markup.language else [], HTML),
            *self.from_json_ld("inLanguage"),
            *candidates(self._languages_of_this_address(), LINK),
            *self.from_meta(meta_names.LANGUAGE),
            *self.from_microdata("inLanguage"),
        ]

    def _languages_of_this_address(self) -> list[str]:
        """The hreflang of the links that lead to this page itself."""
        own = {self.markup.url, *self.markup.links.get("canonical", ())}
        return [tag for tag, href in self.markup.alternates if href in own]

    def sections(self) -> list[Candidate]:
        """Raw sections."""
        return [
            *self.from_json_ld("articleSection"),
            *self.from_meta(meta_names.SECTION),
            *self.from_microdata("articleSection"),
        ]

    def keyword_groups(self) -> list[Sequence[Candidate]]:
        """Raw keyword strings, one group a source, most trusted first."""
        return [
            *(self.from_meta((name,)) for name in meta_names.KEYWORDS[:2]),
            self.from_json_ld("keywords"),
            self.from_meta(meta_names.TAGS),
            *(self.from_meta((name,)) for name in meta_names.KEYWORDS[2:]),
            self.from_microdata("keywords"),
            *(self.from_meta((name,)) for name in self.markup.meta if meta_names.is_tags(name)),
        ]

    def visible_tags(self) -> list[Candidate]:
        """The tags that readers see, or else the things that JSON-LD says the article is about."""
        return self.visible.tags() or self.from_json_ld("about")

    def word_counts(self) -> list[Candidate]:
        """Raw values of wordCount."""
        return self.from_json_ld("wordCount")

    def free_flags(self) -> list[Candidate]:
        """Raw values of isAccessibleForFree."""
        return [
            *self.from_json_ld("isAccessibleForFree"),
            *self.from_microdata("isAccessibleForFree"),
        ]

    def content_tiers(self) -> list[Candidate]:
        """Raw values of article:content_tier."""
        return self.from_meta(meta_names.CONTENT_TIER)
