"""Good pages of all sizes in one worker, at the limits that a crawl has by default."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

from crawler.cli.process import project_settings
from crawler.crawl.pool import pool_from_settings
from crawler.extraction.job import ExtractionJob, extract_page

if TYPE_CHECKING:
    from crawler.extraction.article import Article

WORDS = "a the harbour of bridge council voted stone winter keeper boats lantern rope tide".split()  # noqa: SIM905 - it is prose


def page(number: int, size: int) -> str:
    """An article of 60 paragraphs, in a page that is so large by all that real ones have."""
    random = Random(number)
    text = "".join(f"<p>{' '.join(random.choices(WORDS, k=40))}.</p>" for _ in range(60))
    state = "".join(f'{{"id": {n}, "name": "entry {n}"}},' for n in range(size // 90))
    menu = "".join(
        f"<li class='item-{n}'><a href='/section/{n}'>Section <b>{n}</b></a></li>"
        for n in range(size // 130)
    )
    return (
        f"<html lang=en><head><title>Story {number}</title><script>var s = [{state}]</script>"
        f"<body><nav><ul>{menu}</ul></nav><article><h1>Story {number}</h1>{text}</article></body>"
    )


def test_no_good_page_is_lost_whatever_came_before_it() -> None:
    sizes = [2_000_000, 20_000, 1_500_000, 2_500_000, 100_000, 1_200_000, 1_800_000, 5_000] * 2
    settings = project_settings({"CRAWLER_EXTRACTION_WORKERS": "1"})

    jobs = [
        ExtractionJob(page(number, size).encode(), f"http://news.example/{number}")
        for number, size in enumerate(sizes)
    ]

    async def scenario() -> list[Article]:
        pool = pool_from_settings(settings)
        try:
            return await asyncio.gather(*map(pool.extract, jobs))
        finally:
            await pool.close()

    assert asyncio.run(scenario()) == [extract_page(job) for job in jobs]
