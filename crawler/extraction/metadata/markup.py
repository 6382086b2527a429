"""What a page's markup, microdata included, says about it, gathered in one walk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml.etree import XPath

from crawler.extraction.metadata.field_text import element_text
from crawler.extraction.metadata.titles import is_site_heading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.html import HtmlElement


_READ = frozenset(
    {"headline", "datepublished", "datemodified", "author", "articlesection", "keywords"}
    | {"inlanguage", "isaccessibleforfree", "description", "image", "publisher"}
)
_WITH_PROPERTY = XPath("descendant::*/@itemprop/..")
_VALUE_ATTRIBUTES = ("content", "datetime", "href", "src")
_MAX_ELEMENTS = 500
_MAX_CLIMB = 100
_MAX_VALUE = 20_000


def item_properties(tree: HtmlElement) -> dict[str, list[str]]:
    """Values by lower-case itemprop, of an Article item or of no item at all.

    Properties of other items (a comment, a listed video) are not the article's. The value of an
    item (author as a Person) is its name.
    """
    properties: dict[str, list[str]] = {}
    for count, element in enumerate(_WITH_PROPERTY(tree)):
        if count >= _MAX_ELEMENTS:
            break
        names = _READ.intersection((element.get("itemprop") or "").lower().split())
        if names and _is_of_article(element) and (value := _value(element)):
            for name in names:
                properties.setdefault(name, []).append(value)
    return properties


def _is_of_article(element: HtmlElement) -> bool:
    for count, ancestor in enumerate(element.iterancestors()):
        if count >= _MAX_CLIMB:
            return False
        if ancestor.get("itemscope") is not None:
            kind = (ancestor.get("itemtype") or "").strip().rstrip("/").lower()
            return kind.endswith(("article", "posting", "webpage", "creativework"))
    return True


def _value(element: HtmlElement) -> str:
    if element.get("itemscope") is not None:
        for count, inner in enumerate(element.iterfind(".//*[@itemprop]")):
            if (inner.get("itemprop") or "").lower() in {"name", "url"}:
                return _own_value(inner)
            if count >= _MAX_CLIMB:
                break
        return ""
    return _own_value(element)


def _own_value(element: HtmlElement) -> str:
    if element.tag == "abbr" and (value := element.get("title")):  # as microformats write dates
        return str(value[:_MAX_VALUE].strip())
    for attribute in _VALUE_ATTRIBUTES:
        # The target of a link on a name is the person's page, not the name.
        if attribute == "href" and element.tag == "a":
            continue
        if value := element.get(attribute):
            return str(value[:_MAX_VALUE].strip())
    return element_text(element)


_MAX_META = 2_000
_MAX_LINKS = 500
_MAX_RELS = 5  # of one link
_MAX_HEADINGS = 10
_MAX_SUBHEADINGS = 40
_MAX_PARTS = 5  # of a heading
_MAX_TIMES = 100
_MAX_CONTENT = 20_000  # characters of one meta tag

# The Open Graph vocabulary written out: http://ogp.me/ns#title, http://ogp.me/ns/article#tag.
_NAMESPACE = re.compile(r"^https?://ogp\.me/ns(?:/([a-z]+))?#")


@dataclass(frozen=True, slots=True)
class Time:
    """A `<time>` element: its datetime, and whether it has the pubdate attribute."""

    value: str
    is_pubdate: bool


@dataclass(frozen=True, slots=True)
class Markup:
    """What a page says in its elements; all values as they stand, none cleaned or believed.

    Attributes:
        url: the page's own.
        base: the URL that the page's relative URLs are resolved against.
        meta: contents by lower-case name (property, name or http-equiv), in page order.
        meta_pairs: the same as (name, content) pairs, for groups such as og:image.
        links: hrefs of `<link>` by lower-case rel.
        oembeds: hrefs of the page's oEmbed responses, those in JSON first.
        alternates: (hreflang, href) of the page in its languages.
        properties: microdata of the article, by lower-case itemprop.
        scripts: the text of the JSON-LD scripts.
        language: the lang of `<html>`.
        title: the text of `<title>`.
        headings: the texts of the first `<h1>` elements, but for the site's name as a logo.
        subheadings: the texts of the first `<h2>` and `<h3>`, and of the parts of an `<h1>` that is
            made of several elements.
        times: the `<time>` elements.
    """

    url: str
    base: str
    meta: Mapping[str, Sequence[str]]
    meta_pairs: Sequence[tuple[str, str]]
    links: Mapping[str, Sequence[str]]
    alternates: Sequence[tuple[str, str]]
    oembeds: Sequence[str]
    properties: Mapping[str, Sequence[str]]
    scripts: Sequence[str]
    language: str | None
    title: str | None
    headings: Sequence[str]
    subheadings: Sequence[str]
    times: Sequence[Time]

    def contents(self, *names: str) -> list[str]:
        """The contents of the named meta tags, name by name."""
        return [content for name in names for content in self.meta.get(name, ())]


def read_markup(tree: HtmlElement, url: str) -> Markup:
    """Gather a page's markup; reads the tree and changes nothing. `url` is the page's own."""
    found = _Gathered()
    for element in tree.iter("meta", "link", "script", "title", "base", "h1", "h2", "h3", "time"):
        found.add(element)
    meta: dict[str, list[str]] = {}
    for name, content in found.pairs:
        meta.setdefault(name, []).append(content)
    return Markup(
        url=url,
        base=_joined(url, found.base),
        meta=meta,
        meta_pairs=found.pairs,
        links=found.links,
        alternates=found.alternates,
        oembeds=[*found.oembeds, *found.xml_oembeds],
        properties=item_properties(tree),
        scripts=found.scripts,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        title=found.title,
        headings=[heading for heading in found.headings if heading],
        subheadings=found.subheadings,
        times=found.times,
    )


@dataclass(slots=True)
class _Gathered:
    """What the walk has met; `Markup` says what is what."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)
    alternates: list[tuple[str, str]] = field(default_factory=list)
    oembeds: list[str] = field(default_factory=list)
    xml_oembeds: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    subheadings: list[str] = field(default_factory=list)
    times: list[Time] = field(default_factory=list)
    title: str | None = None
    base: str | None = None
    link_count: int = 0

    def add(self, element: HtmlElement) -> None:
        """Take what an element says; beyond the bounds, and of what may be only once, nothing."""
        tag = element.tag
        if tag == "meta" and len(self.pairs) < _MAX_META:
            self.pairs.extend(_meta_pairs(element))
        elif tag == "link" and self.link_count < _MAX_LINKS:
            self._add_link(element)
        elif tag == "script" and "ld+json" in (element.get("type") or "").lower():
            self.scripts.append(element.text or "")
        elif tag == "title" and self.title is None:
            self.title = element_text(element)
        elif tag == "base" and self.base is None:
            self.base = element.get("href")
        elif tag == "h1" and len(self.headings) < _MAX_HEADINGS:
            self._add_heading(element)
        elif tag in {"h2", "h3"} and len(self.subheadings) < _MAX_SUBHEADINGS:
            self.subheadings.append(element_text(element))
        elif tag == "time" and len(self.times) < _MAX_TIMES and (value := element.get("datetime")):
            self.times.append(Time(value, element.get("pubdate") is not None))

    def _add_heading(self, element: HtmlElement) -> None:
        self.headings.append("" if is_site_heading(element) else element_text(element))
        if len(element) > 1 or (
            len(element) == 1 and (element.text or element[0].tail or "").strip()
        ):
            self.subheadings.extend(element_text(part) for part in element[:_MAX_PARTS])
            self.subheadings.append(" ".join((element.text or "").split()))
            self.subheadings.extend(
                " ".join((part.tail or "").split()) for part in element[:_MAX_PARTS]
            )

    def _add_link(self, element: HtmlElement) -> None:
        self.link_count += 1
        href = element.get("href") or ""
        for rel in (element.get("rel") or "").lower().split()[:_MAX_RELS]:
            self.links.setdefault(rel, []).append(href)
        if "+oembed" in (form := (element.get("type") or "").lower()):
            (self.oembeds if "json" in form else self.xml_oembeds).append(href)
        if hreflang := element.get("hreflang"):
            self.alternates.append((hreflang, href))


def _meta_pairs(element: HtmlElement) -> list[tuple[str, str]]:
    content = (element.get("content") or "")[:_MAX_CONTENT].strip()
    if not content:
        return []
    names = {
        _NAMESPACE.sub(_prefix, (element.get(attribute) or "").strip().lower())
        for attribute in ("property", "name", "http-equiv")
    }
    return [(name, content) for name in sorted(names) if name]


def _prefix(namespace: re.Match[str]) -> str:
    return f"{namespace[1] or 'og'}:"


def _joined(url: str, base: str | None) -> str:
    try:
        return urljoin(url, (base or "").strip())
    except ValueError:
        return url
