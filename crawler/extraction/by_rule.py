"""What the rule of a site finds on one of its pages."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from lxml.etree import tostring

from crawler.extraction.article import Image
from crawler.extraction.metadata.dates import parse_date_time
from crawler.extraction.metadata.field_choice import chosen_authors
from crawler.extraction.metadata.field_text import HTML, RULE, Candidate, element_text, field_text
from crawler.extraction.metadata.image_sources import largest_candidate
from crawler.extraction.metadata.images import MAX_IMAGES
from crawler.extraction.metadata.titles import MAX_TITLE
from crawler.extraction.metadata.visible_dates import visible_dates
from crawler.extraction.parse import MAX_TAGS
from crawler.rules import FIELDS, found
from crawler.sanitize import http_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement

    from crawler.extraction.article import Article
    from crawler.extraction.parse import BoundedPage
    from crawler.rules import Rule

_MOST_MATCHES: Final = 100  # of one selector of a field
_MAX_ALT: Final = 500
# Where elements that are not read as text have their value.
_VALUE_OF: Final = {"meta": "content", "time": "datetime"}


def without_removed(tree: HtmlElement, page: BoundedPage, rule: Rule) -> BoundedPage:
    """Drop what a rule removes from a tree, in place, and return the page without it."""
    gone = [
        one
        for css in rule.remove
        for one in found(tree, css)
        if not isinstance(one, str) and one.getparent() is not None
    ]
    if not gone:
        return page
    for element in gone:
        if element.getparent() is not None:
            element.drop_tree()
    html = tostring(tree, encoding="unicode", method="html")
    cut = f"only the first {MAX_TAGS} tags were read" if page.is_huge else page.cut
    return replace(page, html=html, whole=html, cut=cut)


def fields_by_rule(article: Article, tree: HtmlElement, rule: Rule, base: str) -> Article:
    """Return an article with the fields that its rule finds, and what that does not find.

    The body is not among them: it is taken last.

    Args:
        article: what is known of the page without the rule.
        base: what relative URLs are resolved against.
    """
    fields: dict[str, Any] = {}
    misses: list[str] = []
    for key, read in _readers(tree, base).items():
        if key not in rule.asked:
            continue
        values = (read(css) for css in getattr(rule, key))
        value = next(filter(None, values), None)
        if value is None:
            misses.append(key)
        else:
            fields[FIELDS[key]] = value
    origins = dict(article.origins) | dict.fromkeys(fields, RULE)
    return replace(article, **fields, origins=origins, rule_misses=tuple(misses))


def chosen_elements(tree: HtmlElement, rule: Rule) -> list[HtmlElement]:
    """Return what a rule names as the body, in document order, none within another."""
    for css in rule.body:
        elements = [one for one in found(tree, css) if not isinstance(one, str)]
        chosen = set(elements)
        outer = [one for one in elements if chosen.isdisjoint(one.iterancestors())]
        if any(text.strip() for element in outer for text in element.itertext()):
            return outer
    return []


def _readers(tree: HtmlElement, base: str) -> dict[str, Callable[[str], Any]]:
    """Return what reads each field by one selector; nothing that is found is None or empty."""

    def title(css: str) -> str | None:
        texts = (field_text(value, MAX_TITLE) for value in _values(tree, css))
        return next(filter(None, texts), None)

    def author(css: str) -> tuple[str, ...]:
        names = [Candidate(value, HTML) for value in _values(tree, css)]
        return chosen_authors([names], ()).value

    def date(css: str) -> str | None:
        dates = (_date(value, tree) for value in _values(tree, css))
        return next(filter(None, dates), None)

    def image(css: str) -> tuple[Image, ...]:
        images = {one.url: one for one in _images(tree, css, base)}
        return tuple(islice(images.values(), MAX_IMAGES))

    return {"title": title, "author": author, "date": date, "image": image}


def _values(tree: HtmlElement, css: str) -> Iterator[str]:
    for one in islice(found(tree, css), _MOST_MATCHES):
        if isinstance(one, str):
            yield str(one)
        else:
            attribute = _VALUE_OF.get(str(one.tag))
            yield (attribute and one.get(attribute)) or element_text(one)


def _date(value: str, tree: HtmlElement) -> str | None:
    if exact := parse_date_time(value.strip()):
        return exact
    language = tree.get("lang") or "en"
    seen = visible_dates(" ".join(value.split()), day_first=not language.lower().startswith("en"))
    return parse_date_time(seen[0].value) if seen else None


def _images(tree: HtmlElement, css: str, base: str) -> Iterator[Image]:
    for one in islice(found(tree, css), _MOST_MATCHES):
        alt = None
        if isinstance(one, str):
            url: str | None = str(one)
        elif one.tag == "img":
            best = largest_candidate(one)
            url = None if best is None else best.url
            alt = field_text(one.get("alt") or "", _MAX_ALT)
        else:
            url = one.get("content") or one.get("href") or one.get("src")
        if url and (address := http_url(url, base)):
            yield Image(address, alt=alt)
