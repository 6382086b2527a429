"""Everything but JSON-LD text that a page's markup says about it, gathered in one walk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.extraction.metadata.element_text import element_text
from crawler.extraction.metadata.microdata import item_properties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.html import HtmlElement

_MAX_META = 2_000
_MAX_LINKS = 500
_MAX_RELS = 5  # of one link
_MAX_HEADINGS = 10
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
        base: the URL that the page's relative URLs are resolved against.
        meta: contents by lower-case name (property, name or http-equiv), in page order.
        meta_pairs: the same as (name, content) pairs, for groups such as og:image.
        links: hrefs of `<link>` by lower-case rel.
        alternates: (hreflang, href) of the page in its languages.
        properties: microdata of the article, by lower-case itemprop.
        scripts: the text of the JSON-LD scripts.
        language: the lang of `<html>`.
        title: the text of `<title>`.
        headings: the texts of the first `<h1>` elements.
        times: the `<time>` elements.
    """

    base: str
    meta: Mapping[str, Sequence[str]]
    meta_pairs: Sequence[tuple[str, str]]
    links: Mapping[str, Sequence[str]]
    alternates: Sequence[tuple[str, str]]
    properties: Mapping[str, Sequence[str]]
    scripts: Sequence[str]
    language: str | None
    title: str | None
    headings: Sequence[str]
    times: Sequence[Time]

    def contents(self, *names: str) -> list[str]:
        """The contents of the named meta tags, name by name."""
        return [content for name in names for content in self.meta.get(name, ())]


def read_markup(tree: HtmlElement, url: str) -> Markup:
    """Gather a page's markup; reads the tree and changes nothing. `url` is the page's own."""
    pairs: list[tuple[str, str]] = []
    links: dict[str, list[str]] = {}
    alternates: list[tuple[str, str]] = []
    scripts: list[str] = []
    headings: list[str] = []
    times: list[Time] = []
    title: str | None = None
    base: str | None = None
    link_count = 0
    for element in tree.iter("meta", "link", "script", "title", "base", "h1", "time"):
        tag = element.tag
        if tag == "meta" and len(pairs) < _MAX_META:
            pairs.extend(_meta_pairs(element))
        elif tag == "link" and link_count < _MAX_LINKS:
            link_count += 1
            _add_link(links, element)
            if hreflang := element.get("hreflang"):
                alternates.append((hreflang, element.get("href") or ""))
        elif tag == "script" and "ld+json" in (element.get("type") or "").lower():
            scripts.append(element.text or "")
        elif tag == "title" and title is None:
            title = element_text(element)
        elif tag == "base" and base is None:
            base = element.get("href")
        elif tag == "h1" and len(headings) < _MAX_HEADINGS:
            headings.append(element_text(element))
        elif tag == "time" and len(times) < _MAX_TIMES and (value := element.get("datetime")):
            times.append(Time(value, element.get("pubdate") is not None))
    meta: dict[str, list[str]] = {}
    for name, content in pairs:
        meta.setdefault(name, []).append(content)
    return Markup(
        base=_joined(url, base),
        meta=meta,
        meta_pairs=pairs,
        links=links,
        alternates=alternates,
        properties=item_properties(tree),
        scripts=scripts,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        title=title,
        headings=[heading for heading in headings if heading],
        times=times,
    )


def _add_link(links: dict[str, list[str]], element: HtmlElement) -> None:
    for rel in (element.get("rel") or "").lower().split()[:_MAX_RELS]:
        links.setdefault(rel, []).append(element.get("href") or "")


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
