"""Items from WARC files: `scrapy crawl warc -a replay=FILE -a hosts=HOST -a items=ITEMS`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

from crawler.discovery.found import FoundArticle
from crawler.discovery.options import HostFilter
from crawler.downloader.exceptions import OwnFailureError
from crawler.downloader.media_type import content_type_of, may_be_html
from crawler.downloader.warc import Replay
from crawler.items.link import url_defect
from crawler.options import OptionError
from crawler.spiders.discovery import DiscoverSpider
from crawler.states import State
from crawler.warc.records import WarcError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response

    from crawler.warc.index import CaptureIndex
    from crawler.warc.records import Capture

_PAGE: Final = 500
_OK: Final = 200


class WarcSpider(DiscoverSpider):
    """Creates an item for each page that WARC files have of some hosts, and enriches all items.

    The files answer in the place of the network. Without hosts no item is created, and those that
    there are get what the files have of them.
    """

    name = "warc"
    arguments: ClassVar[frozenset[str]] = frozenset({"hosts", "since", "match", "max_new"})
    hosts: HostFilter

    def read_arguments(self, *, hosts: Any = (), **own: Any) -> None:
        """Read the spider's own arguments.

        Raises:
            OptionError: one makes no sense, or there is no file.
        """
        super().read_arguments(**own)
        self.hosts = HostFilter.parse(hosts)
        if not self.options.replay:
            raise OptionError("replay: name at least one WARC file")

    async def discover(self) -> None:
        """Look through the index of the files."""
        replay = self.crawler.get_extension(Replay)
        assert replay is not None
        try:
            position, page = await replay.run(partial(_page, 0, self.hosts))
            while page:
                for capture in filter(None, page):
                    await self._take(capture)
                position, page = await replay.run(partial(_page, position, self.hosts))
        except (WarcError, OSError) as error:
            raise OwnFailureError(str(error)) from error
        for file in self.options.replay:
            await self.told(str(file), State.OK)

    async def parse(self, response: Response) -> AsyncIterator[FoundArticle]:
        """Yield the article of a page, for `scrapy parse`; the network has it, no file."""
        if may_be_html(content_type_of(response.headers)):
            yield FoundArticle(response.url)

    async def _take(self, capture: Capture) -> None:
        if self.search.wants(capture.url, capture.taken_at or None):
            seen = capture.taken_at or None
            await self.found(FoundArticle(capture.url, seen=seen, found_in=capture.file.name))


def _page(
    position: int, hosts: HostFilter, index: CaptureIndex
) -> tuple[int, list[Capture | None]]:
    """Return a part of the index, with None for what is no page of these hosts; runs elsewhere."""
    rows = index.after(position, _PAGE)
    last = rows[-1][0] if rows else position
    return last, [capture if _is_page(capture, hosts) else None for _, capture in rows]


def _is_page(capture: Capture, hosts: HostFilter) -> bool:
    """Whether an answer may be an article: it is HTML, and not of a home page."""
    return (
        capture.status == _OK
        and may_be_html(capture.content_type)
        and not url_defect(capture.url)
        and hosts.has(capture.url)
        and urlsplit(capture.url).path.strip("/") != ""
    )
