"""RSS and Atom, as they are in the wild; the one module that knows feedparser."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import feedparser
from feedparser.mixin import _FeedParserMixin

from crawler.discover.feeds.feed import (
    EXCERPT_LIMIT,
    ID_LIMIT,
    MOST_ENTRIES,
    TITLE_LIMIT,
    Feed,
)
from crawler.discover.feeds.values import (
    images_of,
    language_of,
    names_of,
    prose_of,
    text_of,
    url_of,
)
from crawler.discover.found import FoundArticle
from crawler.moments import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.discover.feeds.feed import FeedJob

_MAIL_AND_NAME: Final = re.compile(r"[^\s()@]+@[^\s()@]+\s*+\(([^()]+)\)")
_DEFECT_LENGTH: Final = 150
_LONGEST_AUTHOR: Final = 500
_whole_author = _FeedParserMixin._sync_author_detail  # noqa: SLF001


def _bounded_author(self: Any, key: str = "author") -> None:
    """Do as feedparser does, but for an author who is too long to be one.

    It looks for an address by an expression of quadratic time, which takes minutes for a megabyte.
    """
    context = self._get_context()
    author = context.get(key)
    if isinstance(author, str):
        context[key] = author[:_LONGEST_AUTHOR]
    _whole_author(self, key)


_FeedParserMixin._sync_author_detail = _bounded_author  # noqa: SLF001


def read_xml_feed(job: FeedJob) -> Feed | None:
    """Read RSS 0.9 to 2.0, Atom or CDF, as far as it can be read; None: it is none of them."""
    headers = {"content-location": job.url}
    if job.content_type:
        headers["content-type"] = job.content_type
    parsed = feedparser.parse(BytesIO(job.body), response_headers=headers)
    entries = parsed.entries[:MOST_ENTRIES]
    if not parsed.get("version") and not entries:
        return None
    channel = parsed.feed
    title = text_of(channel.get("title"), TITLE_LIMIT)
    language = language_of(channel.get("language"))
    found = [_article(entry, job.url, title, language) for entry in entries]
    links = [link for link in channel.get("links", ()) if link.get("href")]
    return Feed(
        is_feed=True,
        title=title,
        entries=tuple(article for article in found if article is not None),
        without_url=sum(article is None for article in found),
        hubs=tuple(dict.fromkeys(_urls(links, "hub", job.url))),
        topic=next(_urls(links, "self", job.url), None),
        defect=_defect(parsed),
    )


def _article(
    entry: Any, base: str, feed_title: str | None, language: str | None
) -> FoundArticle | None:
    # What FeedBurner put in the place of the link, and what it was before.
    url = url_of(entry.get("feedburner_origlink"), base) or url_of(entry.get("link"), base)
    if url is None:
        return None
    source = entry.get("source") or {}  # of an entry that was taken over from another feed
    return FoundArticle(
        url=url,
        title=text_of(entry.get("title"), TITLE_LIMIT),
        excerpt=prose_of(entry.get("summary"), EXCERPT_LIMIT),
        published=_moment(entry.get("published_parsed")),
        # Asked for what is not there, feedparser gives the time of publication instead.
        modified=_moment(entry["updated_parsed"]) if "updated_parsed" in entry else None,
        authors=names_of(_authors(entry)),
        kind="video" if _is_video(entry) else "article",
        provider=text_of(source.get("title"), TITLE_LIMIT) or feed_title,
        topics=names_of(tag.get("label") or tag.get("term") for tag in entry.get("tags", ())),
        language=language_of(entry.get("language")) or language,
        images=images_of(_images(entry), base),
        found_in=base,
        found_title=feed_title,
        entry_id=text_of(entry.get("id"), ID_LIMIT),
    )


def _authors(entry: Any) -> list[object]:
    said = entry.get("author")
    # RSS: "ada@example.org (Ada)", which feedparser takes apart only for some domains.
    if isinstance(said, str) and (match := _MAIL_AND_NAME.fullmatch(said.strip())):
        return [match[1]]
    return [author.get("name") for author in entry.get("authors", ())] or [said]


def _images(entry: Any) -> Iterator[tuple[object, object, object]]:
    for media in entry.get("media_content", ()):
        kind = str(media.get("type") or media.get("medium") or "")
        if kind.startswith("image"):
            yield media.get("url"), media.get("width"), media.get("height")
    for media in entry.get("media_thumbnail", ()):
        yield media.get("url"), media.get("width"), media.get("height")
    for enclosure in entry.get("enclosures", ()):
        if str(enclosure.get("type") or "").startswith("image/"):
            yield enclosure.get("href"), None, None


def _is_video(entry: Any) -> bool:
    """Whether the entry is a video: of YouTube's namespace, or with a video and no text."""
    if entry.get("yt_videoid"):
        return True
    media = [*entry.get("media_content", ()), *entry.get("enclosures", ())]
    kinds = [str(part.get("type") or part.get("medium") or "") for part in media]
    return any(kind.startswith("video") for kind in kinds) and not entry.get("content")


def _urls(links: list[Any], rel: str, base: str) -> Iterator[str]:
    for link in links:
        if link.get("rel") == rel and (url := url_of(link["href"], base)):
            yield url


def _moment(parsed: Any) -> str | None:
    """Return the text of a time in UTC, as feedparser gives it."""
    try:
        return None if parsed is None else utc_text(datetime.fromtimestamp(timegm(parsed), UTC))
    except (TypeError, ValueError, OverflowError):
        return None


def _defect(parsed: Any) -> str | None:
    if not parsed.bozo:
        return None
    error = parsed.get("bozo_exception")
    if isinstance(error, (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)):
        return None  # read all the same, and right
    return " ".join(f"{type(error).__name__}: {error}".split())[:_DEFECT_LENGTH]
