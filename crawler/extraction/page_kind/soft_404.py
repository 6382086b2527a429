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
_NUMBER: Final = frozenset({"404", "error 404", "404 error", "http 404"})
_BOXES: Final = XPath(
    "boolean(//*[contains(@class, 'page-404') or contains(@class, 'error-404')"
    " or contains(@class, 'page404') or contains(@class, 'error404') or contains(@id, '404')])"
)
_LITTLE: Final = 700  # characters to read, outside of links
_NEXT_TO_NOTHING: Final = 200
_ENOUGH: Final = 2


def evidence_of_soft_404(page: Page) -> str | None:
    """What shows that a page says it is not there; two signs at least, of different kinds."""
    phrases = PHRASES["not_found_title"]
    title, heading = phrases.equal_to(page.title_parts), phrases.equal_to(page.headings)
    named = next((name for name in sorted(page.names) if _NAMES.match(name)), None)
    led = page.is_redirected and _PATHS.search(page.path) and not _PATHS.search(path_of(page.asked))
    is_plain = not page.is_declared_article and page.is_thin
    if not (title or heading or named or led or is_plain):
        return None
    framework = _FRAMEWORK.search(page.start)
    hard = [
        f'class "{named}"' if named else None,
        f"redirected to {page.path}" if led else None,
        "the framework's own error page" if framework else None,
    ]
    if page.is_declared_article and not any(hard):
        return None
    said = [f'title "{title}"' if title else None, f'heading "{heading}"' if heading else None]
    signs = [sign for sign in (*said, *hard) if sign]
    prose = page.screen.prose_characters
    is_short = prose < _LITTLE
    is_article = page.og_type == "article"
    says = PHRASES["not_found_says"].first_in(page.screen.text) if is_short else None
    soft = [f'"{says}"' if says else None, "noindex" if page.is_noindex else None]
    if not any(hard) and not is_short:
        return None
    if not any(hard) and not any(said):
        boxed = says and _BOXES(page.tree)
        return f'it says that it does not exist: "{says}", in an error box' if boxed else None
    if not any(said) and not says:
        return None
    signs += [sign for sign in soft if sign]
    if len(signs) < _ENOUGH:
        return None
    only_named = not any(hard) and not any(soft)  # there are articles that are called "Not found"
    if only_named and ((title or heading) in _NUMBER or prose >= _NEXT_TO_NOTHING or is_article):
        return None
    return "it says that it does not exist: " + ", ".join(signs)
