"""Pages that are made to hurt end soon, in little memory, and with their text.

They go through the pool with the limits of a crawl.
"""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Self

import psutil
import pytest
from scrapy.settings import Settings

from crawler.crawl.pool import pool_from_settings
from crawler.extraction.extract import extract_article
from crawler.extraction.job import ExtractionJob
from tests.web.articles import article_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.extraction.article import Article

URL = "http://news.example/bridge"
SECONDS = 5
MEBIBYTES = 300  # of the pool and its workers, above its start
ARTICLE = article_html(authors=())
BEGINNING, END = "The council of the small town", "by the upper path"


def _head(markup: str) -> str:
    return ARTICLE.replace("</head>", f"{markup}</head>")


def _before(markup: str) -> str:
    return ARTICLE.replace("<article>", f"{markup}<article>", 1)


def _inside(markup: str) -> str:
    return ARTICLE.replace("</article>", f"{markup}</article>", 1)


def _after(markup: str) -> str:
    return ARTICLE.replace("</article>", f"</article>{markup}", 1)


def _authors(count: int) -> str:
    persons = [{"@type": "Person", "name": f"Ada Okafor the {n}."} for n in range(count)]
    node = {"@type": "NewsArticle", "headline": "The old footbridge stays open", "author": persons}
    return _head(f'<script type="application/ld+json">{json.dumps(node)}</script>')


def _wrapped(opening: str, closing: str, count: int) -> str:
    page = ARTICLE.replace("<article>", opening * count + "<article>")
    return page.replace("</article>", "</article>" + closing * count)


def _numbered(pattern: str, count: int) -> str:
    return "".join(pattern.format(number) for number in range(count))


PAGES: dict[str, Callable[[], str]] = {
    "1,000 authors": lambda: _authors(1_000),
    "2,000 authors": lambda: _authors(2_000),
    "an author of brackets": lambda: _head(f'<meta name=author content="{"(" * 200_000}">'),
    "spans in a paragraph": lambda: _inside(f"<p>{_numbered('<span>word {}</span> ', 40_000)}</p>"),
    "paragraphs": lambda: _inside(_numbered("<p>Sentence {} tells something.</p>", 300_000)),
    "attributes on a tag": lambda: ARTICLE.replace(
        "<article", f"<article {_numbered('a{}=x ', 100_000)}"
    ),
    "line breaks": lambda: _inside("<br>" * 1_000_000),
    "lines": lambda: _inside("word<br>" * 1_000_000),
    "a giant text": lambda: _inside(f"<p>{'many words and more words. ' * 400_000}</p>"),
    "a giant word": lambda: _inside(f"<p>{'a' * 11_000_000}</p>"),
    "comments never closed": lambda: _before("<!-- " * 100_000),
    "comments never closed at the end": lambda: _after("<!-- " * 100_000),
    "comments": lambda: _before("<!-- x -->" * 100_000),
    "255 boxes": lambda: _wrapped("<div>", "</div>", 255),
    "2,500 boxes": lambda: _wrapped("<div>", "</div>", 2_500),
    "50,000 boxes": lambda: _wrapped("<div>", "</div>", 50_000),
    "boxes never closed": lambda: _before("<div><b>" * 25_000),
    "nested div": lambda: _after("<div>" * 50_000),
    "nested tables": lambda: _inside("<table><tr><td>" * 50_000),
    "nested lists": lambda: _inside("<ul><li>x" * 50_000),
    "nested elements of their own": lambda: _before("<x-a>" * 50_000),
    "links never closed": lambda: _inside("<a href=x>y " * 29_000),
    "forms": lambda: _inside("<form>word</form>" * 29_000),
    "meta elements": lambda: _head('<meta property="og:image" content="/a.jpg">' * 29_000),
    "less-than signs": lambda: _inside("< " * 1_000_000),
}


@pytest.fixture(scope="module")
def extracted() -> Iterator[Callable[[str], tuple[Article, float, float]]]:
    """The article of a page, the processor seconds, and the peak of memory above the start, MiB."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.set("CRAWLER_EXTRACTION_WORKERS", 1)
    with asyncio.Runner() as runner:
        pool = pool_from_settings(settings)

        async def extract(html: str) -> tuple[Article, float, float]:
            await pool.extract(ExtractionJob(ARTICLE.encode(), URL))  # the worker is up
            job = ExtractionJob(html.encode(), URL, "text/html; charset=utf-8")
            with _PeakMemory() as memory:
                started = _worker_seconds()
                article = await pool.extract(job)
                seconds = _worker_seconds() - started
            return article, seconds, memory.growth / 2**20

        yield lambda html: runner.run(extract(html))
        runner.run(pool.close())


def _worker_seconds() -> float:
    """The processor time of the children: wall-clock time would be that of other work as well."""
    times = [process.cpu_times() for process in psutil.Process().children(recursive=True)]
    return sum(spent.user + spent.system for spent in times)


class _PeakMemory:
    """Watches the resident memory of this process and its children; `growth` is in bytes."""

    def __enter__(self) -> Self:
        self._ended = threading.Event()
        self.growth = 0
        self._start = self._now()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.01):
            self.growth = max(self.growth, self._now() - self._start)

    def _now(self) -> int:
        total = 0
        me = psutil.Process()
        for process in (me, *me.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_to_hurt_gives_its_text_soon(
    extracted: Callable[[str], tuple[Article, float, float]], name: str
) -> None:
    article, seconds, mebibytes = extracted(PAGES[name]())
    assert BEGINNING in article.markdown
    assert END in article.markdown
    assert article.title == "The old footbridge stays open"
    assert seconds < SECONDS
    assert mebibytes < MEBIBYTES


def test_lone_surrogates_are_dropped() -> None:
    article = extract_article(ARTICLE.replace("council", "cou\ud800ncil"), URL)
    assert article == extract_article(ARTICLE, URL)


@pytest.mark.parametrize("name", ["paragraphs", "lines", "a giant text"])
def test_a_text_that_is_not_whole_says_so(name: str) -> None:
    assert extract_article(PAGES[name](), URL).cut.startswith("only the first ")


def test_a_page_whose_text_is_not_reached_says_how_far_it_was_read() -> None:
    article = extract_article(_before("<" * 1_000_000), URL)
    assert article.markdown == ""
    assert article.cut.startswith("only the first ")


@pytest.mark.parametrize("name", ["line breaks", "spans in a paragraph", "50,000 boxes"])
def test_a_text_that_is_whole_says_nothing(name: str) -> None:
    assert extract_article(PAGES[name](), URL).cut == ""


def test_all_words_of_many_spans_are_kept() -> None:
    markdown = extract_article(PAGES["spans in a paragraph"](), URL).markdown
    assert all(f"word {number} " in markdown for number in (0, 20_000, 39_998))
