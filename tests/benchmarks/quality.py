"""How good the text and the fields are, and at what cost, against other extractors.

    python tests/benchmarks/quality.py PATH_TO_CORPUS [--peers] [--write docs/quality.md]

The corpus is a folder with `pages.warc.gz` and `ground-truth.json` (bodies), and a folder
`metadata` with `pages.warc.gz` and `gold.jsonl` (all fields). The definitions are those of the
corpus' own scorer (`--scorer`, by default ../tools/score_articles.py from the corpus).

Each extractor is at its defaults and in a process of its own, which is ended and started again
after a page that takes longer than `--page-seconds`. It gets one page after the other, and
trafilatura the same page, in turns before and after it: the cost is the ratio of their processor
times.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import queue
import re
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml.html import fromstring
from markdown_it import MarkdownIt
from warcio.archiveiterator import ArchiveIterator

from crawler.extraction.job import ExtractionJob, extract_page
from crawler.extraction.parse import decode_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

    from crawler.extraction.article import Article

SETS = ("corpus", "metadata")
PEERS = ("newspaper4k", "readability-lxml", "goose3", "news-please")
# What a column shows: its heading, the set, and where the scorer puts the number.
COLUMNS = {
    "body": ("body F1, 181 pages", "corpus", ("body", "f1_aeb_native")),
    "body_of_set": ("body F1, `metadata/`", "metadata", ("body", "f1")),
    "title": ("title", "metadata", ("title", "accept")),
    "authors": ("authors F1", "metadata", ("authors", "f1")),
    "published_day": ("day", "metadata", ("published", "day")),
    "published_hour": ("within the hour", "metadata", ("published", "hour")),
    "image": ("lead image", "metadata", ("image", "loose")),
    "topics": ("topics F1", "metadata", ("topics", "f1")),
    "language": ("language", "metadata", ("language", "acc")),
}
TABLE = re.compile(r"(<!-- table:begin -->\n).*(<!-- table:end -->)", re.DOTALL)

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_IMAGE = re.compile(r'!\[[^\]]*\]\([^)\s]*(?: "(?:\\.|[^"\\])*")?\)')
_TARGET = re.compile(r"\]\([^)\s]*\)")
_ESCAPE = re.compile(r"\\([^\w\s])")


class Page:
    """A page of the corpus with its truth, in the scorer's terms."""

    def __init__(self, gold: dict[str, Any], body: bytes, content_type: str) -> None:
        self.gold = gold
        self.url: str = gold["url"]
        self.body = body
        self.content_type = content_type

    @property
    def html(self) -> str:
        """The page decoded, for extractors that take text."""
        charset = re.search(r"charset=([\w-]+)", self.content_type)
        return decode_page(self.body, charset and charset[1])


def read_pages(corpus: Path) -> dict[str, list[Page]]:
    """The pages of both sets."""
    truth = json.loads((corpus / "ground-truth.json").read_bytes())
    lines = (corpus / "metadata" / "gold.jsonl").read_text("utf-8").splitlines()
    gold = {
        "corpus": [
            {"id": key, "url": page["url"], "body": page["articleBody"]}
            for key, page in truth.items()
        ],
        "metadata": [json.loads(line) for line in lines if line],
    }
    folders = {"corpus": corpus, "metadata": corpus / "metadata"}
    pages = {}
    for name, rows in gold.items():
        answers = dict(_answers(folders[name] / "pages.warc.gz"))
        pages[name] = [Page(row, *answers[row["url"]]) for row in rows]
    return pages


def _answers(path: Path) -> Iterator[tuple[str, tuple[bytes, str]]]:
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                url = record.rec_headers.get_header("WARC-Target-URI")
                kind = record.http_headers.get_header("Content-Type") or ""
                yield url, (record.content_stream().read(), kind)


def load_scorer(path: Path) -> ModuleType:
    """The scorer that comes with the corpus."""
    spec = importlib.util.spec_from_file_location("score_articles", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scores(
    scorer: ModuleType, pages: dict[str, list[Page]], predictions: dict[str, list[dict[str, Any]]]
) -> dict[str, float | None]:
    """The number of each column; None where an extractor gives nothing of the kind."""
    results = {
        name: scorer.score([page.gold for page in pages[name]], predictions[name], boot=0)[0]
        for name in SETS
    }
    columns = {}
    for column, (_, name, (field, number)) in COLUMNS.items():
        result = results[name][field]
        columns[column] = None if result.get("missing") == 1 else result[number]
    return columns


# The extractors: from a page to a row as the scorer reads it.


def plain_text(markdown: str) -> str:
    """The words that a reader of rendered Markdown sees."""
    if not markdown:
        return ""
    html = _MARKDOWN.render(markdown)
    return " ".join(fromstring(f"<div>{html}</div>").itertext())


def stripped(markdown: str) -> str:
    """Markdown as it stands, without images, link targets and escapes."""
    return _ESCAPE.sub(r"\1", _TARGET.sub("]", _IMAGE.sub("", markdown)))


def of_article(article: Article) -> dict[str, Any]:
    """Our article as the scorer reads one."""
    return {
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published,
        "body": plain_text(article.markdown),
        "image": article.images[0].url if article.images else None,
        "language": article.language,
        "topics": list(article.keywords),
    }


def our_article(page: Page) -> Article:
    return extract_page(ExtractionJob(page.body, page.url, page.content_type))


def by_trafilatura(page: Page) -> Any:
    from trafilatura import bare_extraction  # noqa: PLC0415 - each process loads only its own

    return bare_extraction(page.body, url=page.url, with_metadata=True)


def of_trafilatura(document: Any) -> dict[str, Any]:
    if document is None:
        return {}
    return {
        "title": document.title,
        "authors": document.author,
        "published": document.date,
        "body": document.text,
        "image": document.image,
        "language": document.language,
        "topics": [*(document.tags or ()), *(document.categories or ())],
    }


def by_newspaper(page: Page) -> Any:
    import newspaper  # noqa: PLC0415

    article = newspaper.Article(page.url, fetch_images=False)
    article.download(input_html=page.html)
    article.parse()
    return article


def of_newspaper(article: Any) -> dict[str, Any]:
    return {
        "title": article.title,
        "authors": article.authors,
        "published": _iso(article.publish_date),
        "body": article.text,
        "image": article.top_image,
        "language": article.meta_lang,
        "topics": sorted(article.tags or ()) or article.meta_keywords,
    }


def by_readability(page: Page) -> Any:
    from readability import Document  # noqa: PLC0415

    document = Document(page.html)
    return document.short_title(), document.summary(html_partial=True)


def of_readability(result: Any) -> dict[str, Any]:
    title, html = result
    return {"title": title, "body": " ".join(fromstring(html).itertext())}


def by_goose(page: Page) -> Any:
    from goose3 import Goose  # noqa: PLC0415

    with Goose({"enable_image_fetching": False}) as goose:
        return goose.extract(url=page.url, raw_html=page.html)


def of_goose(article: Any) -> dict[str, Any]:
    return {
        "title": article.title,
        "authors": article.authors,
        "published": _iso(article.publish_date),
        "body": article.cleaned_text,
        "image": (article.opengraph or {}).get("image"),
        "language": article.meta_lang,
        "topics": list(article.tags or ()) or article.meta_keywords,
    }


def by_news_please(page: Page) -> Any:
    from newsplease import NewsPlease  # noqa: PLC0415

    return NewsPlease.from_html(page.html, url=page.url, fetch_images=False)


def of_news_please(article: Any) -> dict[str, Any]:
    return {
        "title": article.title,
        "authors": article.authors,
        "published": _iso(article.date_publish),
        "body": article.maintext,
        "image": article.image_url,
        "language": article.language,
    }


def _iso(value: Any) -> str | None:
    return value.isoformat() if hasattr(value, "isoformat") else value or None


EXTRACTORS: dict[str, tuple[Callable[[Page], Any], Callable[[Any], dict[str, Any]]]] = {
    "frontmatter-crawler": (our_article, of_article),
    "trafilatura": (by_trafilatura, of_trafilatura),
    "newspaper4k": (by_newspaper, of_newspaper),
    "readability-lxml": (by_readability, of_readability),
    "goose3": (by_goose, of_goose),
    "news-please": (by_news_please, of_news_please),
}


# The process of one extractor.


def serve(name: str, corpus: Path, skip: int) -> None:
    """Extract the pages of both sets from number `skip` on; a JSON line each to standard output."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the extractors print is not for us
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    extract, describe = EXTRACTORS[name]
    pages = [page for rows in read_pages(corpus).values() for page in rows]
    by_trafilatura(pages[0])  # loads it
    for number, page in enumerate(pages[skip:]):
        before = 0.0
        if number % 2:  # who comes second finds the page in the cache
            before = _seconds(lambda page=page: by_trafilatura(page))[0]
        seconds, result = _seconds(lambda page=page: extract(page))
        if not number % 2:
            before = _seconds(lambda page=page: by_trafilatura(page))[0]
        row = result
        if not isinstance(result, Exception):
            row = _seconds(lambda result=result: describe(result))[1]
        if isinstance(row, Exception):
            row = {"error": f"{type(row).__name__}: {row}"}
        if name == "frontmatter-crawler" and "error" not in row:
            row["stripped"] = stripped(result.markdown)
        row |= {"id": page.gold["id"], "cost": [seconds, before]}
        print(json.dumps(row), file=out, flush=True)


def _seconds(extract: Callable[[], Any]) -> tuple[float, Any]:
    """The processor time of an extraction, and its result or the exception that it raised."""
    start = time.process_time()
    try:
        result = extract()
    except Exception as error:  # noqa: BLE001 - it counts as nothing found
        result = error
    return time.process_time() - start, result


def predictions(name: str, args: argparse.Namespace, ids: list[str]) -> list[dict[str, Any]]:
    """What an extractor makes of each page, in order; an error where it hangs."""
    rows: list[dict[str, Any]] = []
    while len(rows) < len(ids):
        command = [sys.executable, __file__, str(args.corpus), "--serve", name]
        process = subprocess.Popen(
            [*command, "--skip", str(len(rows))],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_pass_on, args=(process.stdout, lines), daemon=True).start()
        seconds = args.page_seconds + 60  # the first answer waits for the imports
        try:
            while line := lines.get(timeout=seconds):
                rows.append(json.loads(line))
                seconds = args.page_seconds
        except queue.Empty:
            process.kill()
        process.wait()
        if len(rows) < len(ids):
            rows.append({"id": ids[len(rows)], "error": "ended or hung"})
    return rows


def _pass_on(lines: Iterable[str], out: queue.Queue[str | None]) -> None:
    for line in lines:
        out.put(line)
    out.put(None)


def cost(rows: Iterable[dict[str, Any]]) -> float:
    """The processor time over that of trafilatura on the same pages."""
    own, other = zip(*(row["cost"] for row in rows if "cost" in row), strict=True)
    return sum(own) / sum(other)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--scorer", type=Path, help="default: CORPUS/../tools/score_articles.py")
    parser.add_argument("--peers", action="store_true", help="all others; needs the extra 'peers'")
    parser.add_argument("--page-seconds", type=float, default=60.0)
    parser.add_argument("--write", type=Path, help="a file whose table is to be replaced")
    parser.add_argument("--serve", choices=EXTRACTORS, help=argparse.SUPPRESS)
    parser.add_argument("--skip", type=int, default=0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve, args.corpus, args.skip)
        return
    scorer = load_scorer(args.scorer or args.corpus.parent / "tools" / "score_articles.py")
    pages = read_pages(args.corpus)
    ids = [page.gold["id"] for rows in pages.values() for page in rows]
    lines = [
        _line(
            [
                "",
                *(heading for heading, _, _ in COLUMNS.values()),
                "processor time, trafilatura = 1",
            ]
        )
    ]
    lines.append(_line(["---"] * (len(COLUMNS) + 2)))
    for name in [*EXTRACTORS][: None if args.peers else 2]:
        rows = predictions(name, args, ids)
        ratio = f"{cost(rows):.2f}"
        lines.append(_row(name, scores(scorer, pages, _by_set(pages, rows)), ratio))
        if any("stripped" in row for row in rows):
            raw = [{"id": row["id"], "body": row.get("stripped")} for row in rows]
            lines.append(
                _row("… its Markdown, unrendered", scores(scorer, pages, _by_set(pages, raw)), "")
            )
        failed = [row["error"] for row in rows if "error" in row]
        print(f"{name}: {len(failed)} pages failed {failed[:3]}", file=sys.stderr)
    table = "\n".join(lines)
    print(table)
    if args.write:
        text = args.write.read_text("utf-8")
        args.write.write_text(TABLE.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text))


def _by_set(
    pages: dict[str, list[Page]], rows: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    count = len(pages["corpus"])
    return {"corpus": rows[:count], "metadata": rows[count:]}


def _row(name: str, columns: dict[str, float | None], ratio: str) -> str:
    cells = ["" if value is None else f"{value:.3f}" for value in columns.values()]
    return _line([name, *(cell.removeprefix("0") for cell in cells), ratio])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
