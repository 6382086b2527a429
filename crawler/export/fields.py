"""The fields of enriched files, by the names that they have there, as types.

docs/output.md says what each means. All are optional: what is unknown is absent. The order of the
fields of a row is that of its columns in an export.
"""

from __future__ import annotations

from typing import Annotated, Final, TypedDict

from msgspec import Meta

Whole = Annotated[int, Meta(ge=0, le=2**53)]
"""A whole number that JSON readers keep as it is."""


class ImageFile(TypedDict, total=False):
    """A small copy of an image: its path below the output folder, its size in pixels."""

    path: str
    width: Whole
    height: Whole


class ImageEntry(TypedDict, total=False):
    """An image of an article; sizes are in pixels."""

    url: str
    width: Whole
    height: Whole
    alt: str
    isCached: bool
    path: str
    thumbnail: ImageFile


class MediaEntry(TypedDict, total=False):
    """A recording that a page plays or is about."""

    kind: str
    title: str
    description: str
    durationSeconds: Whole
    url: str
    embedUrl: str
    oEmbedUrl: str
    thumbnailUrl: str


class LastAttempt(TypedDict, total=False):
    """The last visit, where it was worse than what is held."""

    state: str
    requestedUrl: str
    httpStatus: Whole
    attemptedDateTime: str
    detail: str
    contentHash: str


class Conflict(TypedDict, total=False):
    """A field on which item and page disagree."""

    field: str
    item: str
    page: str


class CopyEntry(TypedDict, total=False):
    """Another copy of an article; the similarity is the Jaccard index, 1 for the same words."""

    url: str
    similarity: float


class TopicEntry(TypedDict, total=False):
    """A topic of the site's own that an article is about."""

    name: str
    count: Whole
    where: list[str]


class ProviderEntry(TypedDict, total=False):
    """Who published an article."""

    name: str
    domain: str


class Filled(TypedDict, total=False):
    """Fields of the item that its page gives where the item lacks them."""

    excerpt: str
    provider: ProviderEntry
    images: list[ImageEntry]
    ampWebUrl: str
    topics: list[str]


class VisitFields(TypedDict, total=False):
    """What is said of a source: how it was found, and what its page says."""

    title: str
    state: str
    lastAttempt: LastAttempt
    requestedUrl: str
    finalUrl: str
    archiveUrl: str
    archivedDateTime: str
    canonicalUrl: str
    ampUrl: str
    httpStatus: Whole
    fetchedDateTime: str
    attemptedDateTime: str
    failingSince: str
    openState: str
    detail: str
    authors: list[str]
    publishedDateTime: str
    modifiedDateTime: str
    description: str
    siteName: str
    language: str
    pageType: str
    declaredTypes: list[str]
    section: str
    keywords: list[str]
    images: list[ImageEntry]
    media: list[MediaEntry]
    isAccessibleForFree: bool
    aiOptOut: list[str]
    tdmReservation: bool
    tdmPolicy: str
    wordCount: Whole
    readingMinutes: Whole
    contentHash: str
    pageCount: Whole
    duplicateOf: str


class Entry(VisitFields, total=False):
    """An entry of `enrichment`: `source`, or one of `related`, which alone have a `webUrl`."""

    webUrl: str
    textFile: str
    conflicts: list[Conflict]


class SourceFields(VisitFields, total=False):
    """The front matter of the file of a source."""

    schema: Whole
    digest: str
    cluster: list[CopyEntry]


class Enrichment(TypedDict, total=False):
    """The mapping `enrichment` of an item."""

    schema: Whole
    digest: str
    itemDigest: str
    source: Entry
    related: list[Entry]
    cluster: list[CopyEntry]
    topics: list[TopicEntry]
    filled: Filled


class _File(TypedDict, total=False):
    textFile: str


class ArticleRow(_File, VisitFields, total=False):
    """A file that holds an article, as one row.

    `textFile` is that file. `topics` are there where it is an item's.
    """

    cluster: list[CopyEntry]
    topics: list[TopicEntry]
    text: str


class _Place(TypedDict, total=False):
    itemFile: str
    position: Whole
    webUrl: str


class LinkRow(_Place, VisitFields, total=False):
    """A link of an item, as one row.

    `itemFile` is the item's path, as `textFile` would be; `position` is the place of the entry in
    `enrichment.related`, from 0, and absent for the item's own link, which alone may have `topics`,
    `filled`, and `results`: what enrichers gave, as JSON, by their names.
    """

    textFile: str
    conflicts: list[Conflict]
    topics: list[TopicEntry]
    filled: Filled
    results: str


TEXT: Final = "text"
"""The one column that may be left out."""
