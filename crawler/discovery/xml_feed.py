"""RSS and Atom, as they are in the wild; the one module that knows feedparser."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from xml.sax import SAXException, make_parser
from xml.sax.handler import feature_external_ges, feature_namespaces

from feedparser.api import LooseFeedParser, StrictFeedParser
from lxml.etree import LxmlError

from crawler.discovery.feeds import (
    date_of,
    feeds_of_page,
    images_of,
    language_of,
    names_of,
    prose_of,
    read_json_feed,
    text_of,
    url_of,
)
from crawler.discovery.found import (
    EXCERPT_LIMIT,
    ID_LIMIT,
    MOST_ENTRIES,
    TITLE_LIMIT,
    Feed,
    FoundArticle,
)
from crawler.discovery.mended_xml import mend_xml, unpacked
from crawler.urls.aliases import origin_of_amp_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.discovery.found import FeedJob
    from crawler.discovery.mended_xml import MendedXml


# What FeedBurner and Pheedo put their own link in the place of.
_ORIGINS: Final = ("feedburner_origlink", "pheedo_origlink")
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_NO_PAGE: Final = re.compile(
    r"(?:image|audio|video)/|(?:application|text)/(?:[\w.-]+\+)?(?:xml|json)\b|application/pdf"
)
_AMP: Final = re.compile(
    r"^https?://amp\.|/amp(?:/|$|\?)|[?&](?:amp\b|outputType=amp)", re.IGNORECASE
)
_RELATION: Final = re.compile(r"(?:.*[/#])?([\w.-]+)", re.DOTALL)  # registered ones are URIs, too


def article_url(entry: Any, base: str, language: str | None) -> str | None:
    """Return the URL of the article that an entry is about; None: it tells of none.

    The alternate link is the article, of several the HTML page in the feed's language that is no
    AMP page; without one the canonical link, and then an identifier that is a URL and may be one.
    What else a link is (an enclosure, the answers, the entry itself) is not the article.

    Args:
        entry: as feedparser has it, with `is_permalink` where it has an id.
        base: the URL of the feed.
    """
    for name in _ORIGINS:
        if origin := url_of(entry.get(name), ""):
            return origin
    alternates = sorted(
        ((link, url) for link, url in _links(entry, "alternate", base) if _may_be_page(link)),
        key=lambda pair: _rank(pair[0], pair[1], language),
    )
    for _, url in (*alternates, *_links(entry, "canonical", base)):
        return url
    # `rdf:about` is no element, and says nothing of being a link.
    return url_of(entry.get("id"), "") if entry.get("is_permalink", True) else None


def _links(entry: Any, rel: str, base: str) -> Iterator[tuple[Any, str]]:
    for link in entry.get("links", ()):
        rels = str(link.get("rel") or "alternate").lower().split()
        names = {match[1] for word in rels if (match := _RELATION.fullmatch(word))}
        if rel in names and (url := url_of(link.get("href"), base)):
            yield link, url


def _may_be_page(link: Any) -> bool:
    return _NO_PAGE.match(_type(link)) is None or _type(link) in _PAGES


def _type(link: Any) -> str:
    return str(link.get("type") or "text/html").partition(";")[0].strip().lower()


def _rank(link: Any, url: str, language: str | None) -> tuple[bool, ...]:
    """Return what speaks against a link, the weightiest first."""
    said = str(link.get("hreflang") or "").lower().partition("-")[0]
    wanted = (language or "").lower().partition("-")[0]
    is_amp = _AMP.search(url) is not None or origin_of_amp_cache(url) is not None
    is_foreign = bool(said and wanted) and said != wanted
    return (_type(link) not in _PAGES, is_foreign, is_amp, "media" in link)


_MAIL_AND_NAME: Final = re.compile(r"[^\s()@]+@[^\s()@]+\s*+\(([^()]+)\)")
_DEFECT_LENGTH: Final = 150
_LONGEST_AUTHOR: Final = 500
_MOST_DEFECTS: Final = 5

_SAID: Final = "said_"  # before a name of these: feedparser takes some of them for others
# By what they are called in any version of RSS and Atom, the surest first.
_PUBLISHED: Final = (
    *("published", "pubdate", "issued", "dc_date", "dcterms_issued", "dcterms_date"),
    *("prism_publicationdate", "dcterms_available", "dcterms_created", "created", "date"),
)

_MODIFIED: Final = ("updated", "modified", "dcterms_modified")


def read_xml_feed(xml: MendedXml, url: str) -> Feed | None:
    """Read RSS 0.9 to 2.0, Atom or CDF, as far as it can be read; None: it is none of them.

    Args:
        url: where it came from in the end.
    """
    parsed = _parsed(xml.body, url)
    entries = parsed.entries[:MOST_ENTRIES]
    if not parsed.version and not entries:
        return None
    channel = parsed.feeddata
    title = text_of(channel.get("title"), TITLE_LIMIT)
    language = language_of(channel.get("language"))
    found: list[FoundArticle | None] = []
    for entry in entries:
        try:
            found.append(_article(entry, url, title, language))
        except Exception as error:  # noqa: BLE001 - whatever one entry is, the others are read
            parsed.note(error)
            found.append(None)
    links = [link for link in channel.get("links", ()) if link.get("href")]
    return Feed(
        is_feed=True,
        title=title,
        entries=tuple(article for article in found if article is not None),
        without_url=sum(article is None for article in found),
        hubs=tuple(dict.fromkeys(_urls(links, "hub", url))),
        topic=next(_urls(links, "self", url), None),
        defect=", ".join([*xml.defects, *parsed.defects][:_MOST_DEFECTS]) or None,
    )


class _Lasting:
    """What both of feedparser's parsers lack: dates as they stand there, bounds, no end at errors.

    feedparser fills in what a date has not, today's month for example, and takes dates that mean
    different things for one.
    """

    entries: list[Any]
    version: str
    lang: str | None
    feeddata: Any
    # A guid is a text; made absolute, "17" would be the URL of a page that nobody wrote.
    can_be_relative_uri: Final = StrictFeedParser.can_be_relative_uri - {"id"}
    resolve_relative_uris = False  # within texts, of which only words are wanted
    sanitize_html = False  # likewise

    @property
    def defects(self) -> list[str]:
        """What could not be read, each once."""
        defects: list[str] = self.__dict__.setdefault("_defects", [])
        return defects

    def note(self, error: object) -> None:
        defect = " ".join(f"{type(error).__name__}: {error}".split())[:_DEFECT_LENGTH]
        if defect not in self.defects:
            self.defects.append(defect)

    def unknown_starttag(self, tag: str, attrs: Any) -> None:
        try:
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 - whatever one element is, the rest is read
            self.note(error)

    def unknown_endtag(self, tag: str) -> None:
        try:
            super().unknown_endtag(tag)  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 - likewise
            self.note(error)

    def _start_item(self, attrs: dict[str, str]) -> None:
        super()._start_item(attrs)  # type: ignore[misc]
        if self.lang:
            self.entries[-1]["language"] = self.lang

    _start_entry = _start_item

    def _start_guid(self, attrs: dict[str, str]) -> None:
        super()._start_guid(attrs)  # type: ignore[misc]
        is_permalink = attrs.get("ispermalink", "true").strip().lower() == "true"
        self._save("is_permalink", is_permalink)  # type: ignore[attr-defined]

    _start_id = _start_guid

    def _sync_author_detail(self, key: str = "author") -> None:
        """Do as feedparser does, but for an author who is too long to be one.

        It looks for an address by an expression of quadratic time: minutes for a megabyte.
        """
        context = self._get_context()  # type: ignore[attr-defined]
        author = context.get(key)
        if isinstance(author, str):
            context[key] = author[:_LONGEST_AUTHOR]
        super()._sync_author_detail(key)  # type: ignore[misc]


def _kept_as_text(name: str) -> tuple[Any, Any]:
    """Return the handlers that keep an element's text in its entry, by its own name."""

    def start(self: Any, _attrs: dict[str, str]) -> None:
        self.push(_SAID + name, 1)

    def end(self: Any) -> None:
        self.pop(_SAID + name)

    return start, end


for _name in (*_PUBLISHED, *_MODIFIED):
    _start, _end = _kept_as_text(_name)
    setattr(_Lasting, f"_start_{_name}", _start)
    setattr(_Lasting, f"_end_{_name}", _end)


class _Strict(_Lasting, StrictFeedParser):  # type: ignore[misc]
    """Of well-formed XML."""


class _Loose(_Lasting, LooseFeedParser):  # type: ignore[misc]
    """Of what is not."""


def _parsed(body: bytes, url: str) -> Any:
    """Parse XML in UTF-8, strictly where that can be done; whatever a parser raises is told."""
    strict = _Strict(url, None, "utf-8")
    reader = make_parser()  # noqa: S317 - expat, of what has no document type and no entities
    reader.setFeature(feature_namespaces, 1)
    reader.setFeature(feature_external_ges, 0)
    reader.setContentHandler(strict)
    reader.setErrorHandler(strict)
    try:
        reader.parse(BytesIO(body))
    except SAXException as error:
        reason = f"not well-formed: {error.getMessage()}"[:_DEFECT_LENGTH]
    except Exception as error:  # noqa: BLE001 - of feedparser's own
        reason = f"{type(error).__name__}: {error}"[:_DEFECT_LENGTH]
    else:
        return strict
    loose = _Loose(url, None, "utf-8", {})
    try:
        loose.feed(body.decode("utf-8", "replace"))
    except Exception as error:  # noqa: BLE001 - likewise
        loose.note(error)
    best = max(loose, strict, key=lambda parser: len(parser.entries))
    best.defects.insert(0, reason)
    return best


def _article(
    entry: Any, base: str, feed_title: str | None, language: str | None
) -> FoundArticle | None:
    language = language_of(entry.get("language")) or language
    url = article_url(entry, base, language)
    if url is None:
        return None
    source = entry.get("source") or {}  # of an entry that was taken over from another feed
    return FoundArticle(
        url=url,
        title=text_of(entry.get("title"), TITLE_LIMIT),
        excerpt=prose_of(entry.get("summary"), EXCERPT_LIMIT),
        published=_date(entry, _PUBLISHED),
        modified=_date(entry, _MODIFIED),
        authors=names_of(_authors(entry)),
        kind="video" if _is_video(entry) else "article",
        provider=text_of(source.get("title"), TITLE_LIMIT) or feed_title,
        topics=names_of(tag.get("label") or tag.get("term") for tag in entry.get("tags", ())),
        language=language,
        images=images_of(_images(entry), base),
        found_in=base,
        found_title=feed_title,
        entry_id=text_of(entry.get("id"), ID_LIMIT),
    )


def _date(entry: Any, names: tuple[str, ...]) -> str | None:
    dates = (date_of(entry.get(_SAID + name)) for name in names)
    return next((date for date in dates if date is not None), None)


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


_PAGE: Final = re.compile(rb"\A[\s\xef\xbb\xbf]*<(?:!doctype\s+html|html)", re.IGNORECASE)
_ROOTS: Final = frozenset({"rss", "feed", "rdf", "channel"})


def read_feed(job: FeedJob) -> Feed:
    """Return the feed, or the feeds that a page names; neither where there is neither.

    Raises:
        BodyError: it is gzipped, and damaged or too large.
    """
    body = unpacked(job.body)
    if feed := read_json_feed(body, job.url):
        return feed
    xml = mend_xml(body, job.content_type)
    feed = read_xml_feed(xml, job.url) if xml.root in _ROOTS else None
    # Pages have been put around feeds, too.
    if feed is not None and (feed.entries or _PAGE.match(body) is None):
        return feed
    try:
        return Feed(is_feed=False, alternates=feeds_of_page(body, job.url))
    except (LxmlError, ValueError):
        return Feed(is_feed=False)
