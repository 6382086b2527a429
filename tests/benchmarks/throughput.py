"""How fast the whole crawl is, against its parts and against extraction on the event loop.

    python tests/benchmarks/throughput.py PATH_TO_CORPUS [--copies 6] [--runs 1]

The corpus is a folder with `pages.warc.gz`. Its pages are served, several times over, by a local
server in a process of its own, and crawled by the real spider four ways in one run:

  crawl       as it is
  inline      the same spider with extraction on the event loop
  no-extract  the same spider with an extraction that costs nothing
  extract     extraction alone, on every core

Rates are pages a second from the first visit that is settled to the last, so that the start of
Python and of the workers is not in them. Memory is the peak RSS of the process and its workers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
from warcio.archiveiterator import ArchiveIterator

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES_A_SITE = 20
WAYS = ("crawl", "inline", "no-extract", "extract")
LAG_STEP = 0.005  # seconds between two looks at the event loop


def corpus_pages(corpus: Path) -> list[tuple[str, bytes, str]]:
    """Return (URL, body, Content-Type) of each response in the corpus."""
    pages = []
    with (corpus / "pages.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                url = record.rec_headers.get_header("WARC-Target-URI")
                kind = record.http_headers.get_header("Content-Type") or "text/html"
                pages.append((url, record.content_stream().read(), kind))
    return pages


def page_url(number: int) -> str:
    """Return the URL under which page `number` is served."""
    return f"http://site{number // PAGES_A_SITE}.example/story-{number}"


def serve(corpus: str, port_out: Any) -> None:
    """Answer as a forward proxy for all hosts, from memory, until terminated."""
    pages = corpus_pages(Path(corpus))
    head = "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n"
    answers = [head.format(kind, len(body)).encode() + body for _, body, kind in pages]
    robots = head.format("text/plain", 0).encode()

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                path = urlsplit(line.split()[1].decode()).path
                number = path.rpartition("-")[2]
                writer.write(answers[int(number) % len(answers)] if number.isdigit() else robots)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(client, "127.0.0.1", 0)
        port_out.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def write_items(folder: Path, pages: int) -> None:
    """Write items that name each page once: one as its own source, two as related."""
    folder.mkdir()
    for first in range(0, pages, 3):
        own, *related = (page_url(number) for number in range(first, min(first + 3, pages)))
        lines = ["---", f'title: "Item {first}"', f'originalUrl: "{own}"']
        lines += ["related:"] * bool(related)
        lines += [f'  - webUrl: "{url}"' for url in related]
        (folder / f"item-{first}.md").write_text("\n".join([*lines, 'secured: "AA=="', "---", ""]))


def run_way(way: str, corpus: Path, items: Path, output: Path, report: Path) -> None:
    """Do one way in this process and write what it measured as JSON."""
    measured = extract_alone(corpus, items) if way == "extract" else crawl(way, items, output)
    report.write_text(json.dumps(measured))


def extract_alone(corpus: Path, items: Path) -> dict[str, float]:
    """Put all pages through the pool, with nothing else going on."""
    from scrapy.settings import Settings  # noqa: PLC0415 - each way loads only what it uses

    from crawler.crawl.pool import pool_from_settings  # noqa: PLC0415
    from crawler.extraction.job import ExtractionJob  # noqa: PLC0415

    settings = Settings()
    settings.setmodule("crawler.settings")
    count = int((items / "count").read_text())
    pages = corpus_pages(corpus)

    async def main() -> float:
        pool = pool_from_settings(settings)
        jobs = [ExtractionJob(body, url, kind) for url, body, kind in pages]
        await asyncio.gather(*(pool.extract(jobs[0]) for _ in range(8)))  # workers are up
        started = time.perf_counter()
        await asyncio.gather(*(pool.extract(jobs[n % len(jobs)]) for n in range(count)))
        seconds = time.perf_counter() - started
        await pool.close()
        return seconds

    seconds = asyncio.run(main())
    return {"pages": count, "seconds": seconds}


def crawl(way: str, items: Path, output: Path) -> dict[str, float]:  # noqa: C901 - one story
    """Crawl with the real spider, its pool replaced where the way asks for it."""
    from scrapy import signals  # noqa: PLC0415
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415
    from scrapy.settings import Settings  # noqa: PLC0415

    from crawler.cli.logs import quiet_others  # noqa: PLC0415
    from crawler.extraction.article import Article  # noqa: PLC0415
    from crawler.extraction.job import extract_page  # noqa: PLC0415
    from crawler.signals import source_visited  # noqa: PLC0415
    from crawler.spiders.items import ItemsSpider  # noqa: PLC0415

    canned = Article(markdown="word " * 300, title="A title", word_count=300)

    class Inline:
        async def extract(self, job: Any) -> Article:
            return extract_page(job) if way == "inline" else canned

        def start(self) -> None:
            pass

        async def close(self) -> None:
            pass

        def kill(self) -> None:
            pass

    lags: list[float] = []
    times: list[float] = []

    async def watch_lag() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(LAG_STEP)
            lags.append(time.perf_counter() - before - LAG_STEP)

    def settled() -> None:
        times.append(time.perf_counter())
        if len(times) == 1:
            tasks.append(asyncio.ensure_future(watch_lag()))

    tasks: list[Any] = []
    settings = Settings()
    settings.setmodule("crawler.settings")
    quiet = {"LOG_LEVEL": "ERROR", "DOWNLOAD_DELAY": 0, "STATS_DUMP": False}
    settings.setdict(quiet, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    quiet_others()  # as the command line does
    crawler = process.create_crawler(ItemsSpider)
    crawler.signals.connect(settled, source_visited, weak=False)
    process.crawl(crawler, items=[items], output=output)
    if way != "crawl":
        crawler.signals.connect(
            lambda spider: setattr(spider, "pool", Inline()), signals.spider_opened, weak=False
        )
    process.start()
    for task in tasks:
        task.cancel()
    summary = crawler.spider.summary
    lags.sort()
    return {
        "pages": len(times) - 1,
        "ok": summary.visited.get("ok", 0),
        "seconds": times[-1] - times[0],
        "lag_p99": lags[int(len(lags) * 0.99)],
        "lag_max": lags[-1],
    }


def measured(way: str, args: argparse.Namespace, folder: Path, port: int) -> dict[str, float]:
    """Run one way in a process of its own, and add the peak memory of its tree in MiB."""
    report = folder / "report.json"
    output = folder / f"output-{way}-{time.monotonic_ns()}"
    command = [sys.executable, __file__, str(args.corpus), "--way", way]
    command += ["--folder", str(folder), "--output", str(output)]
    env = os.environ | {"http_proxy": f"http://127.0.0.1:{port}", "no_proxy": ""}
    process = subprocess.Popen(command, env=env)
    peak = max(memory_samples(process), default=0)
    if process.returncode:
        raise SystemExit(f"{way} failed with exit code {process.returncode}")
    return json.loads(report.read_text()) | {"peak_mib": peak / 2**20}


def memory_samples(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """Yield the RSS of a process and its children, in bytes, until it ends."""
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        try:
            tree = [watched, *watched.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for member in tree:
            try:
                total += member.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        yield total
        time.sleep(0.1)


def main() -> None:
    """Measure, and print rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--copies", type=int, default=6, help="how often the corpus is crawled")
    parser.add_argument("--runs", type=int, default=1, help="medians of so many runs")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.way:
        report = args.folder / "report.json"
        run_way(args.way, args.corpus, args.folder / "items", args.output, report)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        count = len(corpus_pages(args.corpus)) * args.copies
        write_items(folder / "items", count)
        (folder / "items" / "count").write_text(str(count))
        receive, send = multiprocessing.Pipe()
        server = multiprocessing.Process(target=serve, args=(str(args.corpus), send), daemon=True)
        server.start()
        port = receive.recv()
        results: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(args.runs):
            for way in WAYS:
                results[way].append(measured(way, args, folder, port))
        server.terminate()
        server.join()
    print_results(results)


def print_results(results: dict[str, list[dict[str, float]]]) -> None:
    """Print a line a way, then the ratios."""
    rates = {}
    for way, runs in results.items():
        rates[way] = statistics.median(run["pages"] / run["seconds"] for run in runs)
        memory = statistics.median(run["peak_mib"] for run in runs)
        line = f"{way:<11}{rates[way]:8.1f} pages/s{memory:8.0f} MiB peak"
        if "lag_p99" in runs[0]:
            p99, worst = (max(run[name] for run in runs) for name in ("lag_p99", "lag_max"))
            line += f"   event-loop lag p99 {p99 * 1e3:.1f} ms, max {worst * 1e3:.0f} ms"
        print(line)
    slower = min(rates["no-extract"], rates["extract"])
    print(f"crawl / slower part   {rates['crawl'] / slower:.2f}   (target: at least 0.85)")
    print(f"crawl / inline        {rates['crawl'] / rates['inline']:.2f}")


if __name__ == "__main__":
    main()
