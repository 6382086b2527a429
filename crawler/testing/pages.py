"""Pages that a test gives, as a WARC file that answers in the place of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from html import escape
from mimetypes import guess_type
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from crawler.warc.records import Exchange
from crawler.warc.writer import WarcWriter

_HTML: Final = "text/html; charset=utf-8"
_XML: Final = "application/xml; charset=utf-8"
_JSON: Final = "application/json"
_PARAGRAPHS: Final = 6
_PROSE: Final = (
    "the council has met on the matter three times since spring and each time the members asked "
    "for more figures before they would decide while engineers measured the load at both ends and "
    "a report of forty pages was handed round before the session began on Tuesday evening"
)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer.

    Attributes:
        body: text is sent as UTF-8.
        content_type: the Content-Type; None: HTML, XML or JSON, by how the body begins.
        headers: further header fields, such as the Location of a redirect.
    """

    body: str | bytes = ""
    content_type: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Pages: TypeAlias = Mapping[str, str | bytes | Path | Page]
"""Answers by URL: the text of a page, the file that it is in, or a `Page`."""


def article_page(title: str, *, text: str | None = None, published: str = "2024-05-14") -> str:
    """Return the HTML of a page with an article that is long enough to be taken for one.

    Args:
        text: its paragraphs, between empty lines; None: words that hang on the title, so that two
            articles are no copies of each other.
        published: ISO 8601.
    """
    head = f"<title>{escape(title)}</title>"
    head += f'<meta property="article:published_time" content="{escape(published)}">'
    paragraphs = _words(title) if text is None else text.split("\n\n")
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}</head>'
        f"<body><article><h1>{escape(title)}</h1>{body}</article></body></html>"
    )


def _words(title: str) -> list[str]:
    def place(part: int, word: str) -> bytes:
        return sha256(f"{title} {part} {word}".encode()).digest()

    words = _PROSE.split()
    parts = [sorted(words, key=partial(place, part)) for part in range(_PARAGRAPHS)]
    return [" ".join(part).capitalize() + "." for part in parts]


def write_pages(pages: Pages, file: Path) -> None:
    """Write pages into a WARC file, whose name ends in .warc.gz.

    Raises:
        OSError: a page's file cannot be read, or the WARC file cannot be written.
    """
    writer = WarcWriter.open(file, {"software": "crawler.testing"}, should_stop=lambda: False)
    try:
        for url, page in pages.items():
            writer.write(_exchange(url, _page(page)))
    finally:
        writer.close()


def _page(page: str | bytes | Path | Page) -> Page:
    if isinstance(page, Page):
        return page
    if isinstance(page, Path):
        kind = guess_type(page.name)[0]
        return Page(page.read_bytes(), None if kind == "text/html" else kind)
    return Page(page)


def _exchange(url: str, page: Page) -> Exchange:
    body = page.body.encode() if isinstance(page.body, str) else page.body
    parts = urlsplit(url)
    fields = {"Content-Type": page.content_type or _kind_of(body), **page.headers}
    return Exchange(
        url=url,
        method="GET",
        target=parts._replace(scheme="", netloc="").geturl() or "/",
        request_headers=((b"Host", parts.netloc.encode()),),
        request_body=b"",
        status=page.status,
        headers=tuple((name.encode(), value.encode("latin-1")) for name, value in fields.items()),
        body=body,
    )


def _kind_of(body: bytes) -> str:
    start = body.lstrip()[:100].lower()
    if start.startswith((b"{", b"[")):
        return _JSON
    is_xml = start.startswith((b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex"))
    return _XML if is_xml and b"<!doctype html" not in start else _HTML
