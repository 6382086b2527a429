"""Which meta tags give which field, most trusted first.

Sources: the Open Graph protocol, X (Twitter) cards, Dublin Core, Google Scholar's citation tags,
and the tags of the Parse.ly, Sailthru and Cxense content systems.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.field_text import META, OPEN_GRAPH, TWITTER, Candidate

if TYPE_CHECKING:
    from crawler.extraction.metadata.markup import Markup

TITLE = (
    *("og:title", "twitter:title", "parsely-title", "sailthru.title", "citation_title"),
    *("dc.title", "dcterms.title", "cxenseparse:title"),
)
AUTHORS = (
    *(
        "author",
        "article:author",
        "article:author_name",
        "article:byline",
        "og:article:author",
        "og:author",
    ),
    *("parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator"),
    *("citation_author", "byl", "byline"),
)
PUBLISHED = (
    *("article:published_time", "og:article:published_time", "article:published"),
    *("datepublished", "parsely-pub-date", "cxenseparse:recs:publishtime", "sailthru.date"),
    *("dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date"),
    *("citation_publication_date", "citation_date", "date.available", "date.created"),
    *("article.published", "article.created", "publish-date", "publish_date", "publishdate"),
    *("pubdate", "published_time"),
)
# What some systems fill with the last change, so that readers' eyes are believed first.
PUBLISHED_PERHAPS = ("date",)
MODIFIED = (
    *("article:modified_time", "og:article:modified_time", "og:updated_time", "article:modified"),
    *("datemodified", "dcterms.modified", "dc.date.modified", "date.modified", "date.updated"),
    *("article.updated", "last-modified", "lastmod", "revised"),
)
DESCRIPTION = (
    *("og:description", "description", "twitter:description", "sailthru.description"),
    *("dc.description", "dcterms.abstract", "dcterms.description"),
)
SITE_NAME = ("og:site_name", "application-name", "cre", "dc.publisher", "citation_journal_title")
SECTION = ("article:section", "og:article:section", "parsely-section", "section", "dc.subject")
TAGS = ("article:tag", "og:article:tag", "video:tag")
KEYWORDS = ("news_keywords", "keywords", "parsely-tags", "sailthru.tags", "citation_keywords")
LANGUAGE = ("og:locale", "content-language", "language", "dc.language", "dcterms.language")
CONTENT_TIER = ("article:content_tier",)
_KNOWN: Final = frozenset({*AUTHORS, *TAGS, *KEYWORDS})

# Names of content systems that nobody has listed: "classification-tags", "articleauthor".
_TAGS_OF_SOME_SYSTEM: Final = re.compile(r"(?:.{0,40}[-_.:])?(?:tags|keywords|topics)")
_AUTHOR_OF_SOME_SYSTEM: Final = re.compile(
    r"(?!smartbanner|app|theme|web)(?:.{0,40}[-_.:]|article|content|news|page|post|story)?(?:authors?|byline|writer)(?:[-_]?name)?"
)

_WRITTEN_BY: Final = re.compile(
    r"\s*(?:(?:written|posted) by|by|authors?|verfasst von|geschrieben von|von|autore?n?|auteur"
    r"|écrit par|publié par|escrit[oa]? por|publicado por|escrit per|scritto da|geschreven door"
    r"|door|skrevet (?:af|av)|skriven av|författare|forfatter|kirjoittanut|kirjoittaja"
    r"|napisane przez|autor wpisu|napsal\(a\)|napísal|szerző|írta|scris de|yazan|yazar"
    r"|ditulis oleh|penulis|được viết bởi|tác giả|автор|написано автором|συντάχθηκε από"
    r"|作者|執筆者|投稿者|글쓴이|작성자|كُتب بواسطة|نوشته‌شده بدست|נכתב על ידי|เขียนโดย|लेखक)\s*:?\s*",
    re.IGNORECASE,
)
_OPEN_GRAPH = ("og:", "article:", "video:", "book:")


def meta_candidates(markup: Markup, names: tuple[str, ...]) -> list[Candidate]:
    """The contents of the named tags, name by name, with the origin that the name tells."""
    return [
        Candidate(content, meta_origin(name)) for name in names for content in markup.contents(name)
    ]


def card_authors(markup: Markup) -> list[Candidate]:
    """What an X card shows under "Written by" (twitter:label1, twitter:data1), as Yoast's do."""
    return [
        Candidate(content, TWITTER)
        for number in "12"
        if any(_WRITTEN_BY.fullmatch(one) for one in markup.contents(f"twitter:label{number}"))
        for content in markup.contents(f"twitter:data{number}")
    ]


def is_tags(name: str) -> bool:
    """Whether a meta tag that no vocabulary here knows gives keywords."""
    return name not in _KNOWN and _TAGS_OF_SOME_SYSTEM.fullmatch(name) is not None


def is_author(name: str) -> bool:
    """Whether a meta tag that no vocabulary here knows gives authors."""
    return name not in _KNOWN and _AUTHOR_OF_SOME_SYSTEM.fullmatch(name) is not None


def meta_origin(name: str) -> str:
    """Whose vocabulary a meta tag's name is from."""
    if name.startswith(_OPEN_GRAPH):
        return OPEN_GRAPH
    return TWITTER if name.startswith("twitter:") else META
