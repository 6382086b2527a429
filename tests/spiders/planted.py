"""An extension that makes one function of ours raise, for tests of what follows from that."""

from __future__ import annotations

from functools import reduce
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scrapy import Request

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Planted:
    """Has the function that PLANTED names ("module:name.name") raise the first PLANTED_TIMES."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Planted:
        module, _, path = crawler.settings["PLANTED"].partition(":")
        *owners, name = path.split(".")
        owner: Any = reduce(getattr, owners, import_module(module))
        original, left = getattr(owner, name), crawler.settings.getint("PLANTED_TIMES", 10**6)

        def faulty(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                return original(*args, **kwargs)
            raise RuntimeError("planted,\nin two lines")

        setattr(owner, name, faulty)
        return cls()


class Swallowing:
    """A spider middleware that lets no item pass."""

    async def process_spider_output(self, response: Any, result: Any) -> Any:  # noqa: ARG002
        async for output in result:
            if isinstance(output, Request):
                yield output
