"""A page to extract, and the work on it: what a crawl hands to workers, without loading theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from w3lib.encoding import http_content_type_encoding

if TYPE_CHECKING:
    from crawler.extraction.article import Article
    from crawler.rules import Rule


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
        rule: the rule of its site, where there is one.
    """

    html: bytes
    url: str
    content_type: str = ""
    wants_body: bool = True
    agent: str = ""
    asked: str = ""
    first: str = ""
    rule: Rule | None = None


def extract_page(job: ExtractionJob) -> Article:
    """Extract the article of a page; without a body its `markdown` is ""."""
    from crawler.extraction.extract import extract_article  # noqa: PLC0415 - a third of a second

    charset = http_content_type_encoding(job.content_type) if job.content_type else None
    return extract_article(
        job.html,
        job.url,
        charset=charset,
        wants_body=job.wants_body,
        agent=job.agent,
        asked=job.asked,
        first=job.first,
        rule=job.rule,
    )


def warm_up() -> None:
    """Load all that the first page would otherwise wait for."""
    html = b"<html><body><article><p>Warm.</p></article></body></html>"
    extract_page(ExtractionJob(html, "http://a.example/"))
