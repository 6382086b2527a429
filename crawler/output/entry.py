"""What is said of one source in the front matter, with the keys' names and their order."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from crawler.extraction.article import Article, Media
from crawler.ledger.events import is_failing
from crawler.ledger.records import SourceRecord
from crawler.sanitize import plain_text, printable_url
from crawler.states import State
from crawler.topics import text_of_markdown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.extraction.article import Image
    from crawler.ledger.records import Copies, ImageRecord, Mention, Visit


_OWN_NAMES: Final = {
    "published": "publishedDateTime",
    "modified": "modifiedDateTime",
    "form": "pageType",
    "page_types": "declaredTypes",
    "free_to_read": "isAccessibleForFree",
    "ai_opt_outs": "aiOptOut",
    "tdm_reserved": "tdmReservation",
}


def written_name(field: str) -> str:
    """Return the key in the front matter of a field of `Article`: its name in camelCase, mostly."""
    first, *rest = field.split("_")
    return _OWN_NAMES.get(field, first + "".join(part.capitalize() for part in rest))


EXCERPT_LIMIT: Final = 300  # characters
_NO_PROSE: Final = re.compile(r"(?:#{1,6} |> |- |\d+\. |\||~~~|!\[)")
# With the marks of Chinese and Japanese, of Hindi and of Arabic.
_SENTENCE_END: Final = re.compile(
    r"(?:[.!?\u2026\u061f\u06d4][\"'\u201d\u2019\u00bb)]*(?=\s|\Z)"
    r"|[\u3002\uff01\uff1f\u0964][\u300d\u300f\u201d]?)"
)


def first_sentences(markdown: str, limit: int = EXCERPT_LIMIT) -> str | None:
    """Return the first sentences of a body that fit in `limit` characters; None without prose.

    Headings, lists, quotes, tables, code and images are passed over. A first sentence that is
    too long is cut between two words and ends with an ellipsis.
    """
    paragraphs = (part for part in markdown.split("\n\n") if not _NO_PROSE.match(part))
    text = ""
    for paragraph in paragraphs:
        text = f"{text} {plain_text(text_of_markdown(paragraph), limit=10 * limit)}".strip()
        if len(text) > limit:
            break
    if len(text) <= limit:
        return text or None
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if match.end() <= limit]
    if ends:
        return text[: ends[-1]]
    head = text[: limit - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:") + "\u2026"


def image_entry(image: Image, record: ImageRecord | None) -> dict[str, Any]:
    """Return the entry of an article's image.

    Args:
        record: what was learned of its file, whose word on its size counts more than the page's.
    """
    has_size = record is not None and record.width is not None and record.height is not None
    size = record if record is not None and has_size else image
    entry: dict[str, Any] = {"url": image.url, "width": size.width, "height": size.height}
    entry["alt"] = image.alt
    if record is not None and record.file is not None:
        entry |= {"isCached": True, "path": record.file}
        entry["thumbnail"] = {
            "path": record.thumbnail,
            "width": record.thumbnail_width,
            "height": record.thumbnail_height,
        }
    return entry


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
    visit, attempt = record.held, record.held.attempt
    article = visit.article or Article()
    fetched = visit.at if attempt.status is not None else None
    is_archived = state is State.ARCHIVED
    has_final_url = attempt.status is not None and not is_archived
    snapshot = visit.snapshot if is_archived else None
    # Of a source that is told as whoever wants no text sees it, nothing fails.
    is_told = record.last is not None or is_failing(state) or is_failing(visit.open_state)
    return {
        "state": str(state),
        "lastAttempt": None if record.last is None else _attempt(record.last),
        "requestedUrl": _url(attempt.url),
        "finalUrl": _url((attempt.redirects or (attempt.url,))[-1]) if has_final_url else None,
        "archiveUrl": None if snapshot is None else _url(snapshot.url),
        "archivedDateTime": None if snapshot is None else snapshot.taken_at,
        "canonicalUrl": article.canonical_url,
        "ampUrl": article.amp_url,
        "httpStatus": attempt.status,
        "fetchedDateTime": fetched,
        "attemptedDateTime": None if fetched else visit.at,
        "failingSince": record.failing_since if is_told else None,
        "openState": None if visit.open_state is visit.state else str(visit.open_state),
        "detail": _detail(article.cut if visit.state in _WHOLE else attempt.detail),
    }


def _attempt(visit: Visit) -> Mapping[str, Any]:
    return {
        "state": str(visit.state),
        "requestedUrl": _url(visit.attempt.url),
        "httpStatus": visit.attempt.status,
        "attemptedDateTime": visit.at,
        "detail": _detail(visit.attempt.detail),
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


def said(value: Any) -> Any:
    """Return a value as it is read back once it was written: without what is None or empty."""
    if isinstance(value, dict):
        kept = ((name, said(one)) for name, one in value.items())
        return {name: one for name, one in kept if one not in (None, [], {})}
    return [said(one) for one in value] if isinstance(value, list) else value


def visit_entry(key: str, visit: Visit) -> dict[str, Any]:
    """Return one visit as fields of a scraped item, None where there is nothing to say.

    They are those of a source's entry, after the source's key and before the article's Markdown.
    """
    record = SourceRecord(key, (visit.attempt.url,), amp_from=1, held=visit)
    article = visit.article or Article()
    told = _metadata(article, record) | _body_facts(article) | {"text": article.markdown or None}
    if visit.article is None:
        told = dict.fromkeys(told)
    return {"key": key} | _visit_fields(record, visit.state) | told
