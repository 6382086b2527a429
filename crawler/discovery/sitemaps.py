"""Sitemaps (https://www.sitemaps.org/protocol.html) and those of news: where, and what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from lxml import etree

from crawler.discovery.feeds import date_of, images_of, language_of, names_of, text_of, url_of
from crawler.discovery.found import FoundArticle
from crawler.discovery.mended_xml import mend_xml, unpacked
from crawler.discovery.xml_feed import read_xml_feed
from crawler.downloader.robots.rules import sitemap_lines
from crawler.timestamps import moment
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.discovery.mended_xml import MendedXml
    from crawler.discovery.options import SearchOptions


MOST_URLS: Final = 50_000
"""In a sitemap or an index; as the protocol has it."""


@dataclass(frozen=True, slots=True)
class SitemapJob:
    """A body that may be a sitemap; all of it pickles.

    Attributes:
        url: where it came from in the end.
        wanted: which of its articles are looked for.
        site: the registered domain that names the sitemap, in its robots.txt or by a redirect,
            wherever it is, so that articles of it count; None: nobody does.
        content_type: the Content-Type header field.
    """

    body: bytes
    url: str
    wanted: SearchOptions
    site: str | None = None
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap or an index of sitemaps.

    Attributes:
        is_sitemap: whether it is one at all.
        articles: those that are looked for, the newest first.
        passed: how many are not looked for.
        children: of an index, the sitemaps that may have such articles, the newest first.
        without_url: entries that have no URL to use, or one of another site.
        defect: what is wrong with it, though something could be read.
    """

    is_sitemap: bool
    articles: tuple[FoundArticle, ...] = ()
    passed: int = 0
    children: tuple[str, ...] = ()
    without_url: int = 0
    defect: str | None = None


_MOST: Final = 100


def sitemaps_of_robots(body: bytes, url: str) -> tuple[str, ...]:
    """Return the URLs of `Sitemap:` lines, which belong to no group, each once."""
    found = (url_of(named, url) for named in sitemap_lines(body))
    return tuple(dict.fromkeys(address for address in found if address))[:_MOST]


def robots_url_of(url: str) -> str | None:
    """Return the robots.txt to ask where a URL names a site, or that file; None: it names more."""
    parts = urlsplit(url)
    if parts.path not in {"", "/", "/robots.txt"} or parts.query:
        return None
    return urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))


def usual_sitemap(url: str) -> str:
    """Return where a site has its sitemap that names none."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/sitemap.xml", "", ""))


_FEEDS: Final = frozenset({"rss", "feed", "rdf"})
_SITEMAPS: Final = frozenset({"urlset", "sitemapindex"})
_LINES: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*https?://\S+\s*(?:\n|\Z)")
_TEXT_LIMIT: Final = 300
_MOST_DEFECTS: Final = 5
_OLDEST: Final = datetime.min.replace(tzinfo=UTC)


def read_sitemap(job: SitemapJob) -> Sitemap:
    """Return a sitemap of XML or of lines, gzipped or not; a feed is one, too.

    Raises:
        BodyError: it is gzipped, and damaged or too large.
    """
    body = unpacked(job.body)
    if _LINES.match(body):
        return _chosen(job, (_word(word, job.url) for word in body.split()[:MOST_URLS]))
    xml = mend_xml(body, job.content_type)
    del body  # may be 50 MiB
    if xml.root in _FEEDS and (feed := read_xml_feed(xml, job.url)):
        return _chosen(job, feed.entries, defect=feed.defect)
    return _xml(job, xml) if xml.root in _SITEMAPS else Sitemap(is_sitemap=False)


def _xml(job: SitemapJob, xml: MendedXml) -> Sitemap:
    entries: list[dict[str, Any]] = []
    defects = list(xml.defects)
    # Entities are neither resolved nor loaded; libxml2 bounds depth and size of what is there.
    events = etree.iterparse(
        BytesIO(xml.body),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        huge_tree=False,
    )
    try:
        for _, element in events:
            name = _name(element)
            if name in {"url", "sitemap"}:
                entries.append(_fields(element) | {"kind": name})
                _forget(element)
                if len(entries) >= MOST_URLS:
                    break
    except etree.XMLSyntaxError as error:
        defects.append(str(error))
    defects += dict.fromkeys(error.message for error in events.error_log)
    defect = " ".join(", ".join(defects[:_MOST_DEFECTS]).split())[:_TEXT_LIMIT] or None
    articles = (_article(entry, job.url) for entry in entries if entry["kind"] == "url")
    children = [entry for entry in entries if entry["kind"] == "sitemap"]
    return _chosen(job, articles, children, defect)


def _chosen(
    job: SitemapJob,
    articles: Iterable[FoundArticle | None],
    children: Iterable[dict[str, Any]] = (),
    defect: str | None = None,
) -> Sitemap:
    # A sitemap speaks for its own site, and for the one that says so in its robots.txt.
    sites = {registered_domain(job.url), job.site}
    wanted: list[FoundArticle] = []
    passed = without_url = 0
    for article in articles:
        if article is None or registered_domain(article.url) not in sites:
            without_url += 1
        elif job.wanted.wants(article.url, article.modified or article.published):
            wanted.append(article)
        else:
            passed += 1
    named, strange = _children(job, children, sites)
    wanted.sort(key=lambda article: _age(article.modified or article.published), reverse=True)
    return Sitemap(
        is_sitemap=True,
        articles=tuple(wanted),
        passed=passed,
        children=named,
        without_url=without_url + strange,
        defect=defect,
    )


def _children(
    job: SitemapJob, entries: Iterable[dict[str, Any]], sites: set[str | None]
) -> tuple[tuple[str, ...], int]:
    """Return the sitemaps to read, the newest first, and how many are of other sites or none."""
    since, found = job.wanted.since, dict[str, datetime]()
    strange = 0
    for entry in entries:
        url, age = url_of(entry.get("loc"), job.url), _age(date_of(entry.get("lastmod")))
        is_old = since is not None and _OLDEST < age < since
        if url is None or registered_domain(url) not in sites:
            strange += 1
        elif not is_old:
            found[url] = age
    return tuple(sorted(found, key=lambda url: found[url], reverse=True)), strange


def _fields(element: Any) -> dict[str, Any]:
    """Return the texts of an entry by their local names; images apart, as there may be many."""
    texts: dict[str, Any] = {"images": []}
    for part in element.iterdescendants(tag=etree.Element):
        name, text = _name(part), (part.text or "").strip()
        around = _name(part.getparent())
        if around == "image":
            if name == "loc":
                texts["images"].append(text)
        elif text:
            # `news:name` and `news:language` are those of the publication.
            texts.setdefault(name, text)
    return texts


def _article(entry: dict[str, Any], base: str) -> FoundArticle | None:
    url = url_of(entry.get("loc"), base)
    if url is None:
        return None
    return FoundArticle(
        url=url,
        title=text_of(entry.get("title"), _TEXT_LIMIT),
        published=date_of(entry.get("publication_date")),
        modified=date_of(entry.get("lastmod")),
        kind="article",
        provider=text_of(entry.get("name"), _TEXT_LIMIT),
        topics=names_of((entry.get("keywords") or "").split(",")),
        language=language_of(entry.get("language")),
        images=images_of(((image, None, None) for image in entry["images"]), base),
        found_in=base,
    )


def _word(word: bytes, base: str) -> FoundArticle | None:
    url = url_of(word.decode("utf-8-sig", "replace"), base) if _LINES.match(word) else None
    return None if url is None else FoundArticle(url=url, found_in=base)


def _age(date: str | None) -> datetime:
    return _OLDEST if date is None else moment(date)


def _name(element: Any) -> str:
    """Return an element's local name, also where nobody has declared its prefix."""
    tag = None if element is None else element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _forget(element: Any) -> None:
    """Let an entry go that was read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
