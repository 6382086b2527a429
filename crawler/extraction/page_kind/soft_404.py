"""Pages that say that there is no such page, with a status that says there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml.etree import XPath

from crawler.extraction.page_kind.page import path_of
from crawler.extraction.page_kind.phrases import PHRASES

if TYPE_CHECKING:
    from crawler.extraction.page_kind.page import Page

_NAMES: Final = re.compile(
    r"^(?:error-?404|page-?404|p404|is-404|http-404|404|page-404-?\w*|not-?found|page-not-?found"
    r"|page--?error|error-?page|page-?error|page__404|template-404|error404-page"
    r"|path-(?:error|not-found|404)|is-error-page|page--?not-found|not-found-page|system-404)$"
)
_PATHS: Final = re.compile(
    r"/(?:404|error-?404|not-?found|page-?not-?found|404-?(?:error|page|not-?found)|error/404"
    r"|errors?/not-?found|page_not_found|pagenotfound|seite-nicht-gefunden|page-introuvable)"
    r"(?:\.[a-z]{3,5})?/?$"
)
# What frameworks put into their own error page.
_FRAMEWORK: Final = re.compile(
    r"next-error-h1|\"page\"\s*:\s*\"/(?:404|_error)\"|\"statusCode\"\s*:\s*404"
    r"|statusCode:404|id=[\"']__nuxt_error|\bNEXT_NOT_FOUND\b|NEXT_HTTP_ERROR_FALLBACK;404"
)
_NUMBERS: Final = frozenset({"404", "error 404", "404 error", "http 404"})
_BOXES: Final = XPath(
    "boolean(//*[contains(@class, 'page-404') or contains(@class, 'error-404')"
    " or contains(@class, 'page404') or contains(@class, 'error404') or contains(@id, '404')])"
)
_LITTLE: Final = 700  # characters to read, outside of links
_NEXT_TO_NOTHING: Final = 200
_ENOUGH: Final = 2


def evidence_of_soft_404(page: Page) -> str | None:
    """What shows that a page says it is not there; two signs at least, of different kinds."""
    titles = PHRASES["not_found_title"]
    title, heading = titles.equal_to(page.title_parts), titles.equal_to(page.headings)
    built = _built_as_error(page)
    if not (title or heading or built) and (page.is_declared_article or not page.is_thin):
        return None
    prose = page.screen.prose_characters
    says = PHRASES["not_found_says"].first_in(page.screen.text) if prose < _LITTLE else None
    named = [f'title "{title}"'] * bool(title) + [f'heading "{heading}"'] * bool(heading)
    if not named and not says:
        return None
    if _FRAMEWORK.search(page.start):
        built.append("the framework's own error page")
    said = [f'"{says}"'] * bool(says) + ["noindex"] * page.is_noindex
    if not built and not _is_plainly_said(page, named, said, title or heading):
        return None
    signs = [*named, *built, *said]
    if not named and not built:
        signs.append("in an error box")
    return f"it says that it does not exist: {', '.join(signs)}" if len(signs) >= _ENOUGH else None


def _built_as_error(page: Page) -> list[str]:
    """What of a page's making is an error's."""
    name = next((name for name in sorted(page.names) if _NAMES.match(name)), None)
    led = page.is_redirected and _PATHS.search(page.path) and not _PATHS.search(path_of(page.asked))
    return [f'class "{name}"'] * bool(name) + [f"redirected to {page.path}"] * bool(led)


def _is_plainly_said(page: Page, named: list[str], said: list[str], title: str | None) -> bool:
    """Whether the words alone are enough: there are articles that are called "Not found"."""
    prose = page.screen.prose_characters
    if page.is_declared_article or prose >= _LITTLE:
        return False
    if not named:
        return bool(_BOXES(page.tree)) and page.og_type != "article"
    if said:
        return True
    return title not in _NUMBERS and prose < _NEXT_TO_NOTHING and page.og_type != "article"
