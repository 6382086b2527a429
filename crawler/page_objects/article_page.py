"""The default article page, as web-poet has page objects; needs the extra `poet`."""

from __future__ import annotations

from dataclasses import replace
from inspect import isawaitable
from typing import Any

from web_poet import HttpResponse, WebPage
from web_poet.fields import get_fields_dict

from crawler.extraction.article import Article
from crawler.extraction.extract import ExtractionJob, chosen_markdown, extract_page
from crawler.page_objects.clean import PAGE_OBJECT, Rendered, clean_fields
from crawler.urls.registered_domain import keep_off_the_network

keep_off_the_network()  # web-poet finds the page object of a URL by way of tldextract


class ArticlePage(WebPage[Article]):
    """A page whose article is extracted as ever; subclasses override fields of `Article`.

    A subclass is given to a site by `@web_poet.handle_urls("example.com")`; each method with
    `@web_poet.field` that is named like one of `crawler.page_objects.clean.FIELDS` gives the value
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
            own[name] = await value if isawaitable(value) else value
        fields = clean_fields(own, str(self.response.url))
        origins = dict(self.default.origins)
        for name in own:
            origins.pop(name, None)
            if fields[name] not in (None, (), ""):
                origins[name] = PAGE_OBJECT
        return replace(self.default, **fields, origins=origins)
