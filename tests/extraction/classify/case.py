"""A page of the collection beside this module, and how the crawler reads it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scrapy.http import HtmlResponse, Request

from crawler.crawl.reading import Reading, read_page
from crawler.extraction.job import ExtractionJob, extract_page

if TYPE_CHECKING:
    from crawler.extraction.article import Article
    from crawler.extraction.pool.extraction_pool import ExtractionPool

PAGES = Path(__file__).parent / "pages"
_CASE = re.compile(r"<!--\n(.*?)\n-->\n(.*)", re.DOTALL)


class HerePool:
    """Extracts in this process."""

    async def extract(self, job: ExtractionJob) -> Article:
        return extract_page(job)


@dataclass(frozen=True, eq=False)
class Case:
    """A page, the answer that it came with, and the state that it should get.

    The folder of its file names the state. The file begins with a comment of `name: value`
    lines: `url`, `asked` where redirects led elsewhere, `status`, and further ones as headers.
    """

    name: str
    state: str
    facts: dict[str, str]
    html: str

    @cache  # noqa: B019 - there are a hundred and some, for the time of the tests
    def read(self, *, wants_body: bool = True) -> Reading:
        url = self.facts["url"]
        asked = self.facts.get("asked")
        meta = {} if asked is None else {"redirect_urls": [asked]}
        headers = {k: v for k, v in self.facts.items() if k not in {"url", "asked", "status"}}
        response = HtmlResponse(
            url,
            status=int(self.facts.get("status", 200)),
            headers={"Content-Type": "text/html; charset=utf-8"} | headers,
            body=self.html.encode(),
            request=Request(asked or url, meta=meta),
        )
        pool = cast("ExtractionPool[ExtractionJob, Article]", HerePool())
        return asyncio.run(read_page(response, pool, wants_body=wants_body))


@cache
def cases() -> list[Case]:
    return [_case(path) for path in sorted(PAGES.glob("*/*.html"))]


def _case(path: Path) -> Case:
    found = _CASE.match(path.read_text(encoding="utf-8"))
    assert found is not None, path
    facts = dict(line.split(": ", 1) for line in found[1].splitlines())
    return Case(path.stem, path.parent.name, facts, found[2])
