"""Page objects of web-poet: fields of the default article page, overridden site by site."""

from __future__ import annotations

import asyncio
import inspect
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from web_poet import HttpResponse, WebPage, consume_modules, default_registry
from web_poet.fields import get_fields_dict

from crawler.extraction.article import Article, Image, content_hash, count_words, reading_minutes
from crawler.extraction.extract import chosen_markdown
from crawler.extraction.job import ExtractionJob, extract_page, warm_up
from crawler.extraction.metadata.dates import parse_date_time
from crawler.extraction.metadata.field_text import field_text
from crawler.extraction.metadata.language import language_tag
from crawler.sanitize import http_url, markdown_text
from crawler.urls.registered_domain import keep_off_the_network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["ArticlePage"]  # what page objects of one's own are made from

PAGE_OBJECT: Final = "page-object"
_MOST: Final = 50  # values of a list
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")


class Rendered(str):
    """Markdown that `ArticlePage.markdown_of` made; any other text is shown as it stands."""

    __slots__ = ()


def clean_fields(own: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return the fields of an article for what a page object says of them.

    Args:
        own: values by the names of `FIELDS`.
        url: the page's, which relative URLs are resolved against.

    Raises:
        TypeError, ValueError: a value is of another kind than its field.
    """
    fields: dict[str, Any] = {}
    for name, value in own.items():
        try:
            fields[name] = FIELDS[name](value, url)
        except (TypeError, ValueError, AttributeError) as error:
            raise type(error)(f"{name}: {error}") from error
    if "markdown" in fields:
        text = fields["markdown"]
        fields["word_count"] = count_words(text)
        fields["reading_minutes"] = reading_minutes(text) if text else 0
        fields["content_hash"] = content_hash(text) if text else None
    return fields


def _text(value: Any, _url: str, *, limit: int) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError(f"{value!r} is neither a text nor None")
    return field_text(value, limit) if value else None


def _texts(value: Any, url: str) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError(f"{value!r} is not a list of texts")
    texts = (_text(one, url, limit=200) for one in value or ())
    return tuple(filter(None, texts))[:_MOST]


def _date(value: Any, url: str) -> str | None:
    text = _text(value, url, limit=100)
    if text is None:
        return None
    if (date := parse_date_time(text)) is None:
        raise ValueError(f"{text!r} is no date")
    return date


def _language(value: Any, url: str) -> str | None:
    text = _text(value, url, limit=100)
    if text is not None and (tag := language_tag(text)) is None:
        raise ValueError(f"{text!r} is no language tag")
    return None if text is None else tag


def _url(value: Any, url: str) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError(f"{value!r} is neither a URL nor None")
    return http_url(value, url) if value else None


def _flag(value: Any, _url: str) -> bool | None:
    if not isinstance(value, bool | None):
        raise TypeError(f"{value!r} is neither True nor False nor None")
    return value


def _images(value: Any, url: str) -> tuple[Image, ...]:
    if isinstance(value, str):
        raise TypeError(f"{value!r} is not a list of images")
    images = []
    for one in value or ():
        image = one if isinstance(one, Image) else Image(one)
        if (address := _url(image.url, url)) is not None:
            alt = _text(image.alt, url, limit=500)
            images.append(Image(address, _side(image.width), _side(image.height), alt))
    return tuple(images)[:_MOST]


def _side(value: Any) -> int | None:
    if not isinstance(value, int | None):
        raise TypeError(f"{value!r} is no number of pixels")
    return value


def _markdown(value: Any, _url: str) -> str:
    if isinstance(value, Rendered):
        return str(value)
    if not isinstance(value, str | None):
        raise TypeError(f"{value!r} is neither a text nor None")
    paragraphs = (markdown_text(part.strip()) for part in _PARAGRAPHS.split(value or ""))
    return "\n\n".join(filter(None, paragraphs))


# The fields of `Article` that page objects may override.
FIELDS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "markdown": _markdown,
    "title": partial(_text, limit=500),
    "authors": _texts,
    "published": _date,
    "modified": _date,
    "description": partial(_text, limit=2_000),
    "site_name": partial(_text, limit=200),
    "language": _language,
    "section": partial(_text, limit=200),
    "keywords": _texts,
    "images": _images,
    "canonical_url": _url,
    "amp_url": _url,
    "free_to_read": _flag,
}


keep_off_the_network()  # web-poet finds the page object of a URL by way of tldextract


class ArticlePage(WebPage[Article]):
    """A page whose article is extracted as ever; subclasses override fields of `Article`.

    A subclass is given to a site by `@web_poet.handle_urls("example.com")`; each method with
    `@web_poet.field` that is named like one of `crawler.page_objects.FIELDS` gives the value
    of that field, None or empty for none. Besides `response` it may need nothing to be made from.
    """

    _job: ExtractionJob | None = None
    _default: Article | None = None

    @classmethod
    def of(cls, job: ExtractionJob, article: Article) -> ArticlePage:
        """Make the page of a job, and of what was extracted from it already."""
        headers = {"Content-Type": job.content_type} if job.content_type else {}
        page = cls(HttpResponse(job.url, job.html, status=200, headers=headers))
        page._job, page._default = job, article
        return page

    @property
    def job(self) -> ExtractionJob:
        """The page as the extraction takes it."""
        if self._job is None:
            told = self.response.headers.get("Content-Type", "")
            self._job = ExtractionJob(bytes(self.response.body), str(self.response.url), told)
        return self._job

    @property
    def default(self) -> Article:
        """The article as it is without this page object."""
        if self._default is None:
            self._default = extract_page(self.job)
        return self._default

    def markdown_of(self, *css: str) -> Rendered:
        """Return all that the first selector with a text finds, as Markdown; "" for nothing.

        Raises:
            BadSelectorError: one is no CSS selector.
        """
        return Rendered(chosen_markdown(self.job, css))

    async def to_item(self) -> Article:
        """Return the article, its own fields from here and all others as they are by default.

        Raises:
            TypeError, ValueError: a field has a value that its kind cannot have.
        """
        own: dict[str, Any] = {}
        for name in get_fields_dict(self):
            value = getattr(self, name)
            own[name] = await value if inspect.isawaitable(value) else value
        fields = clean_fields(own, str(self.response.url))
        origins = dict(self.default.origins)
        for name in own:
            origins.pop(name, None)
            if fields[name] not in (None, (), ""):
                origins[name] = PAGE_OBJECT
        return replace(self.default, **fields, origins=origins)


class PageObjectError(ValueError):
    """A module of page objects cannot be used; the message says why."""


def load_page_objects(modules: Sequence[str]) -> None:
    """Import modules and packages, whose page objects register themselves.

    Raises:
        PageObjectError: one cannot be imported, or a page object in it could not work.
    """
    for module in modules:
        try:
            consume_modules(module)
        except Exception as error:
            raise PageObjectError(f"{module}: {type(error).__name__}: {error}") from error
    for rule in default_registry.get_rules():
        if rule.to_return is Article and (defect := _defect(rule.use)) is not None:
            raise PageObjectError(f"{rule.use.__module__}.{rule.use.__qualname__}: {defect}")


def _defect(page: type) -> str | None:
    if not issubclass(page, ArticlePage):
        return "is no ArticlePage"
    if unknown := get_fields_dict(page).keys() - FIELDS.keys():
        return f"{', '.join(sorted(unknown))}: not among {', '.join(FIELDS)}"
    _, *more = inspect.signature(page).parameters.values()
    if needed := [one.name for one in more if one.default is inspect.Parameter.empty]:
        return f"needs {', '.join(needed)}; a worker has only the response"
    return None


def page_object_for(url: str) -> type[ArticlePage] | None:
    """Return the page object of a page, of those that were loaded; None: there is none."""
    page: type[ArticlePage] | None = default_registry.page_cls_for_item(url, Article)
    return page


def extract_by_page_objects(job: ExtractionJob) -> Article:
    """Extract the article of a page, by its page object where it has one.

    Raises:
        Exception: whatever the page object raises.
    """
    article = extract_page(job)
    page = page_object_for(job.url)
    return article if page is None else asyncio.run(page.of(job, article).to_item())


def warm_up_with(modules: Sequence[str]) -> None:
    """Load all that the first page would otherwise wait for, page objects with it."""
    load_page_objects(modules)
    warm_up()
