"""One page in, one article out: decode, parse once, metadata, body, Markdown."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from w3lib.encoding import http_content_type_encoding

from crawler.extraction.article import Article
from crawler.extraction.body.article_body import extract_body
from crawler.extraction.decode import decode_page, only_text
from crawler.extraction.markdown.pictures import keep_captions
from crawler.extraction.markdown.render import to_markdown
from crawler.extraction.measure import content_hash, count_words, reading_minutes
from crawler.extraction.metadata.markup import read_markup
from crawler.extraction.metadata.next_page import next_page_url
from crawler.extraction.metadata.opt_outs import markup_opt_outs, with_opt_outs
from crawler.extraction.metadata.read import Metadata, read_metadata
from crawler.extraction.metadata.text_language import settled_language
from crawler.extraction.page_bounds import (
    bound_page,
    drop_giant_values,
    first_bytes,
    flattened,
    is_too_deep,
)
from crawler.extraction.page_kind.judge import look_at
from crawler.extraction.page_kind.page import Page
from crawler.extraction.parse import parse_page

# Fewer words than this are a caption or a notice, not an article.
MIN_WORDS: Final = 10


@dataclass(frozen=True, slots=True)
class ExtractionJob:
    """A page to extract.

    Attributes:
        html: the response body, uncompressed.
        url: where it came from, after redirects.
        content_type: the Content-Type header, "" without one.
        wants_body: False where only the metadata is asked for.
        agent: our product token, by which a page may speak to us alone.
        asked: the URL before redirects; "" without any.
        first: the URL of the article's first page, if this is a further one; else "".
    """

    html: bytes
    url: str
    content_type: str = ""
    wants_body: bool = True
    agent: str = ""
    asked: str = ""
    first: str = ""


def extract_page(job: ExtractionJob) -> Article:
    """Extract the article of a page; without a body its `markdown` is ""."""
    charset = http_content_type_encoding(job.content_type) if job.content_type else None
    return extract_article(
        job.html,
        job.url,
        charset=charset,
        wants_body=job.wants_body,
        agent=job.agent,
        asked=job.asked,
        first=job.first,
    )


def extract_article(
    html: bytes | str,
    url: str,
    *,
    charset: str | None = None,
    wants_body: bool = True,
    agent: str = "",
    asked: str = "",
    first: str = "",
) -> Article:
    """Extract the article of a page.

    Args:
        html: the page; bytes are decoded as browsers do.
        url: the page's absolute URL, which relative links are resolved against.
        charset: the charset that HTTP declared.
        wants_body: False to read only the metadata, which is faster.
        agent: a product token; opt-outs for it are read as well as those for every crawler.
        asked: the URL that was requested, where redirects led to another one.
        first: the URL of the article's first page, where this is a further one.

    Of a page that is larger than any article (`crawler.extraction.page_bounds`) the beginning is
    read, and `Article.cut` says so.
    """
    page = bound_page(
        only_text(html) if isinstance(html, str) else decode_page(first_bytes(html), charset)
    )
    tree = parse_page(page.html)
    if tree is not None and is_too_deep(tree):
        page = flattened(page)
        tree = parse_page(page.html)
    if tree is None:
        return Article(cut=page.cut)
    drop_giant_values(tree)
    markup = read_markup(tree, url)
    metadata = read_metadata(tree, url, markup)
    known = Article(**_as_fields(metadata), cut=page.cut)
    known = with_opt_outs(known, markup_opt_outs(markup, agent))
    look = look_at(Page(tree, page.html, markup, known, url, asked or url))
    known = look.on(known)
    next_page = (
        next_page_url(tree, markup, known.canonical_url, first=first) if wants_body else None
    )
    keep_captions(tree)
    body = extract_body(tree, page) if wants_body else None  # consumes the tree
    markdown = "" if body is None else to_markdown(body.element, markup.base)
    words = count_words(markdown)
    has_text = words >= MIN_WORDS
    about = f"{known.title or ''}. {known.description or ''}"
    known = _with_language(known, metadata, markdown if has_text else about)
    known = replace(known, cut=known.cut or ("" if body is None else body.cut))
    if not has_text:
        return known
    return replace(
        known,
        markdown=markdown,
        word_count=words,
        reading_minutes=reading_minutes(markdown),
        content_hash=content_hash(markdown),
        next_page=next_page,
        kind=look.kind_with(words, markdown),
    )


def warm_up() -> None:
    """Load all that the first page would otherwise wait for."""
    extract_article(
        "<html><body><article><p>Warm.</p></article></body></html>", "http://a.example/"
    )


def _with_language(article: Article, metadata: Metadata, text: str) -> Article:
    language = settled_language(metadata.languages, text)
    if language.origin is None:
        return article
    origins = dict(article.origins) | {"language": language.origin}
    return replace(article, language=language.value, origins=origins)


def _as_fields(metadata: Metadata) -> dict[str, Any]:
    names = (field.name for field in fields(metadata) if field.name != "languages")
    values = {name: getattr(metadata, name) for name in names}
    return values | {"origins": dict(metadata.origins)}  # a plain one can cross to our process
