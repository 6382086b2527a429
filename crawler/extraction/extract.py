"""One page in, one article out: decode, parse once, metadata, body, Markdown."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from w3lib.encoding import http_content_type_encoding

from crawler.extraction.article import Article
from crawler.extraction.body.article_body import extract_body
from crawler.extraction.decode import decode_page
from crawler.extraction.markdown.pictures import keep_captions
from crawler.extraction.markdown.render import to_markdown
from crawler.extraction.measure import content_hash, count_words, reading_minutes
from crawler.extraction.metadata.markup import read_markup
from crawler.extraction.metadata.opt_outs import markup_opt_outs, with_opt_outs
from crawler.extraction.metadata.read import Metadata, read_metadata
from crawler.extraction.page_bounds import check_markup, drop_giant_values
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
    """

    html: bytes
    url: str
    content_type: str = ""
    wants_body: bool = True
    agent: str = ""


def extract_page(job: ExtractionJob) -> Article:
    """Extract the article of a page; without a body its `markdown` is "".

    Raises:
        PageTooLargeError: as `extract_article`.
    """
    charset = http_content_type_encoding(job.content_type) if job.content_type else None
    return extract_article(
        job.html, job.url, charset=charset, wants_body=job.wants_body, agent=job.agent
    )


def extract_article(
    html: bytes | str,
    url: str,
    *,
    charset: str | None = None,
    wants_body: bool = True,
    agent: str = "",
) -> Article:
    """Extract the article of a page.

    Args:
        html: the page; bytes are decoded as browsers do.
        url: the page's absolute URL, which relative links are resolved against.
        charset: the charset that HTTP declared.
        wants_body: False to read only the metadata, which is faster.
        agent: a product token; opt-outs for it are read as well as those for every crawler.

    Raises:
        PageTooLargeError: the page has more markup than is worth reading.
    """
    text = decode_page(html, charset) if isinstance(html, bytes) else html
    check_markup(text)
    tree = parse_page(text)
    if tree is None:
        return Article()
    drop_giant_values(tree)
    markup = read_markup(tree, url)
    metadata = read_metadata(tree, url, markup)
    known = with_opt_outs(Article(**_as_fields(metadata)), markup_opt_outs(markup, agent))
    keep_captions(tree)
    body = extract_body(tree) if wants_body else None  # consumes the tree
    markdown = "" if body is None else to_markdown(body, markup.base)
    words = count_words(markdown)
    if words < MIN_WORDS:
        return known
    return replace(
        known,
        markdown=markdown,
        word_count=words,
        reading_minutes=reading_minutes(markdown),
        content_hash=content_hash(markdown),
    )


def warm_up() -> None:
    """Load all that the first page would otherwise wait for."""
    extract_article(
        "<html><body><article><p>Warm.</p></article></body></html>", "http://a.example/"
    )


def _as_fields(metadata: Metadata) -> dict[str, Any]:
    values = {field.name: getattr(metadata, field.name) for field in fields(metadata)}
    return values | {"origins": dict(metadata.origins)}  # a plain one can cross to our process
