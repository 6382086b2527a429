"""A page as the detectors ask about it: each fact is read when it is first asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from lxml.etree import XPath

from crawler.extraction.classify.phrases import bare, folded
from crawler.extraction.classify.screen import Screen, read_screen
from crawler.extraction.metadata.field_text import element_text
from crawler.urls.canonical import without_tracking

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from crawler.extraction.article import Article
    from crawler.extraction.metadata.markup import Markup

# Less text than this in paragraphs: what stands there may be a wall's, or an error's.
THIN_CHARACTERS: Final = 2_000
_HEADING_CHARACTERS: Final = 300
_START_CHARACTERS: Final = 200_000
_PASSWORD: Final = XPath("boolean(//input[@type='password'])")
_TITLE_BREAK: Final = re.compile(
    r"\s+[|\-\u2013\u2014\u00b7\u2022:\u00ab\u00bb/]+\s+|\s*[|\u00bb\u00ab]\s*|::"
)
_DATE_SOURCES: Final = frozenset({"json-ld", "open-graph", "meta", "microdata"})


@dataclass(frozen=True)
class Page:
    """A parsed page and where it came from.

    Attributes:
        html: the page's text.
        known: the metadata that was read off it.
        url: the URL that answered, after redirects.
        asked: the URL that was requested.
    """

    tree: HtmlElement
    html: str
    markup: Markup
    known: Article
    url: str
    asked: str

    @property
    def start(self) -> str:
        """So much of the page's text as is searched for what vendors and frameworks leave."""
        return self.html[:_START_CHARACTERS]

    @property
    def is_redirected(self) -> bool:
        """Whether another URL answered than was requested."""
        return self.asked != self.url

    @cached_property
    def title(self) -> str:
        """The `<title>`, folded."""
        return folded(self.markup.title or "")

    @cached_property
    def title_parts(self) -> tuple[str, ...]:
        """The title as a whole, and what stands between its separators, bare."""
        parts = (bare(part) for part in (self.title, *_TITLE_BREAK.split(self.title)))
        return tuple(dict.fromkeys(part for part in parts if part))

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The first headings, bare: h1, or without one h2."""
        texts = self.markup.headings or [
            element_text(element) for element in islice(self.tree.iter("h2"), 2)
        ]
        return tuple(bare(folded(text[:_HEADING_CHARACTERS])) for text in texts)

    @cached_property
    def names(self) -> frozenset[str]:
        """The classes and ids of html, body and main, in lower case."""
        body = self.tree.find("body")
        main = None if body is None else body.find("main")
        values = (
            element.get(name) or ""
            for element in (self.tree, body, main)
            if element is not None
            for name in ("class", "id")
        )
        return frozenset(name for value in values for name in value.lower().split())

    @cached_property
    def called(self) -> tuple[str, ...]:
        """All that it calls itself: parts of the title, then headings."""
        return (*self.title_parts, *self.headings)

    @cached_property
    def og_type(self) -> str:
        """The page's og:type in lower case, "" without one."""
        return next(iter(self.markup.contents("og:type")), "").strip().lower()

    @cached_property
    def is_noindex(self) -> bool:
        """Whether search engines are told to leave the page out."""
        return any("noindex" in value.lower() for value in self.markup.contents("robots"))

    @cached_property
    def types(self) -> frozenset[str]:
        """What it declares itself to be: schema.org types, in lower case, and og:type."""
        return frozenset(self.known.page_types)

    @property
    def has_publication(self) -> bool:
        """Whether the markup dates the page."""
        return self.known.origins.get("published") in _DATE_SOURCES

    @cached_property
    def is_declared_article(self) -> bool:
        """Whether the markup says that it is an article, and of what day."""
        if not self.has_publication:
            return False
        return any(name.endswith(("article", "posting")) for name in self.types)

    def has_less_than(self, characters: int) -> bool:
        """Whether the texts of its paragraphs come to less than this; looks at no more."""
        count = 0
        for paragraph in self.tree.iter("p"):
            count += sum(len(text) for text in paragraph.itertext())
            if count >= characters:
                return False
        return True

    @cached_property
    def is_thin(self) -> bool:
        """Whether it has so little text that it is worth looking at closely."""
        return self.has_less_than(THIN_CHARACTERS)

    @cached_property
    def screen(self) -> Screen:
        """What a reader sees; not for pages with much text, since it takes a walk."""
        return read_screen(self.tree)

    @cached_property
    def has_password(self) -> bool:
        """Whether it asks for a password."""
        return bool(_PASSWORD(self.tree))

    @cached_property
    def host(self) -> str:
        """The host that answered."""
        return host_of(self.url)

    @cached_property
    def path(self) -> str:
        """The path of the URL that answered, in lower case."""
        return path_of(self.url)


def host_of(url: str) -> str:
    """The host of a URL; "" for what is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def path_of(url: str) -> str:
    """The path of a URL in lower case, at least "/"."""
    try:
        return urlsplit(url).path.lower() or "/"
    except ValueError:
        return "/"


def parameters_of(url: str) -> dict[str, str]:
    """The parameters of a URL's query, without those that only say where a reader came from."""
    try:
        return dict(parse_qsl(without_tracking(urlsplit(url).query), max_num_fields=200))
    except ValueError:
        return {}


def carries(url: str, asked: str) -> bool:
    """Whether a URL has the one that was asked for among its parameters: it will lead back."""
    goal = path_of(asked)
    return len(goal) > 1 and any(goal in value.lower() for value in parameters_of(url).values())
