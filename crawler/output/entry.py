"""What is said of one source in the front matter, with the keys' names and their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crawler.extraction.article import Article, Media
from crawler.inert import plain_text, printable_url
from crawler.output.image_entry import image_entry
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.ledger.records import Copies, Mention, SourceRecord, Visit

SCHEMA_VERSION = 1

# States that say how a text was found, which whoever wants none is not told.
_FOR_A_TEXT = frozenset({State.OK, State.PAYWALLED, State.EMPTY})
# States whose name says it all.
_WHOLE = frozenset({State.OK, State.ARCHIVED})


def mention_entry(
    record: SourceRecord, mention: Mention, text_file: str | None, copies: Copies | None = None
) -> dict[str, Any]:
    """Return the entry of a source as one item mentions it.

    Args:
        text_file: path, below the output folder, of the file with the article's text.
        copies: the other sources with that text.
    """
    entry: dict[str, Any] = {"webUrl": mention.web_url} if mention.position >= 0 else {}
    if record.held is None:
        return entry
    state, article = record.held.state, record.held.article
    if mention.wants_body and state is State.UNSUPPORTED and record.last is not None:
        # For whoever wants the text, how it was missed is what counts; the metadata stays.
        missed = replace(record.last, article=article)
        return mention_entry(replace(record, held=missed, last=None), mention, text_file)
    if not mention.wants_body and state in _FOR_A_TEXT:
        state = State.UNSUPPORTED
    has_text = state.has_text and mention.wants_body
    entry |= _visit_fields(record, state)
    if article is not None:
        entry |= _metadata(article, record)
        if has_text:
            entry |= _body_facts(article)
    if has_text and not record.lacks_text:
        entry["textFile"] = text_file
    if has_text:
        entry["duplicateOf"] = _best(copies)
    return entry


def cluster(copies: Copies | None) -> list[dict[str, Any]]:
    """Return what is said of the copies of an article."""
    others = () if copies is None else copies.others
    return [{"url": _url(copy.url), "similarity": copy.similarity} for copy in others]


def _best(copies: Copies | None) -> str | None:
    return None if copies is None else _url(copies.best)


def _url(url: str | None) -> str | None:
    return None if url is None else printable_url(url)


def source_entry(record: SourceRecord, copies: Copies | None = None) -> dict[str, Any]:
    """Return the front matter of a source's own file."""
    assert record.held is not None
    assert record.held.article is not None
    article = record.held.article
    fields = _metadata(article, record)
    title = fields.pop("title", None)
    return (
        {"title": title, "schema": SCHEMA_VERSION}
        | _visit_fields(record, record.held.state)
        | fields
        | _body_facts(article)
        | {"duplicateOf": _best(copies), "cluster": cluster(copies)}
    )


def _visit_fields(record: SourceRecord, state: State) -> dict[str, Any]:
    assert record.held is not None
    visit, hop = record.held, record.held.hop
    article = visit.article or Article()
    fetched = visit.at if hop.status is not None else None
    is_archived = state is State.ARCHIVED
    has_final_url = hop.status is not None and not is_archived
    snapshot = visit.snapshot if is_archived else None
    return {
        "state": str(state),
        "lastAttempt": None if record.last is None else _attempt(record.last),
        "requestedUrl": _url(hop.url),
        "finalUrl": _url((hop.redirects or (hop.url,))[-1]) if has_final_url else None,
        "archiveUrl": None if snapshot is None else _url(snapshot.url),
        "archivedDateTime": None if snapshot is None else snapshot.taken_at,
        "canonicalUrl": article.canonical_url,
        "ampUrl": article.amp_url,
        "httpStatus": hop.status,
        "fetchedDateTime": fetched,
        "attemptedDateTime": None if fetched else visit.at,
        "openState": None if visit.open_state is visit.state else str(visit.open_state),
        "detail": _detail(article.cut if visit.state in _WHOLE else hop.detail),
    }


def _attempt(visit: Visit) -> Mapping[str, Any]:
    return {
        "state": str(visit.state),
        "requestedUrl": _url(visit.hop.url),
        "httpStatus": visit.hop.status,
        "attemptedDateTime": visit.at,
        "detail": _detail(visit.hop.detail),
        # Of another text than the one that is held: what it is known by when it is met again.
        "contentHash": None if visit.article is None else visit.article.content_hash,
    }


def _detail(evidence: str | None) -> str | None:
    """Our words with those of servers and robots.txt among them."""
    return plain_text(evidence) or None if evidence else None


def _metadata(article: Article, record: SourceRecord) -> dict[str, Any]:
    return {
        "title": article.title,
        "authors": list(article.authors),
        "publishedDateTime": article.published,
        "modifiedDateTime": article.modified,
        "description": article.description,
        "siteName": article.site_name,
        "language": article.language,
        "pageType": article.form,
        "declaredTypes": list(article.page_types),
        "section": article.section,
        "keywords": list(article.keywords),
        "images": [image_entry(image, record.images.get(image.url)) for image in article.images],
        "media": [_media(media) for media in article.media],
        "isAccessibleForFree": article.free_to_read,
        "aiOptOut": list(article.ai_opt_outs),
        "tdmReservation": article.tdm_reserved,
        "tdmPolicy": article.tdm_policy,
    }


def _media(media: Media) -> dict[str, Any]:
    return {
        "kind": media.kind,
        "title": media.title,
        "description": media.description,
        "durationSeconds": media.duration_seconds,
        "url": media.url,
        "embedUrl": media.embed_url,
        "oEmbedUrl": media.oembed_url,
        "thumbnailUrl": media.thumbnail_url,
    }


def _body_facts(article: Article) -> dict[str, Any]:
    return {
        "wordCount": article.word_count,
        "readingMinutes": article.reading_minutes,
        "contentHash": article.content_hash,
        "pageCount": article.page_count,
    }
