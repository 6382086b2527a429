"""Which page objects there are, and the work of an extraction worker that has some."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING

from web_poet import consume_modules, default_registry
from web_poet.fields import get_fields_dict

from crawler.extraction.article import Article
from crawler.extraction.extract import extract_page, warm_up
from crawler.page_objects.article_page import ArticlePage
from crawler.page_objects.clean import FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.extraction.extract import ExtractionJob


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
