"""Components that make functions of ours raise, for tests of what follows from that."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scrapy import Request

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Planted:
    """An extension: each function of PLANTED ("module:name.name word times;…") raises.

    It does so the first `times` that the word is in what it is called with.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Planted:
        for planted in filter(None, crawler.settings.get("PLANTED", "").split(";")):
            target, word, times = planted.split()
            _plant(target, re.compile(rf"\b{word}\b"), int(times))
        return cls()


def _plant(target: str, word: re.Pattern[str], left: int) -> None:
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner: Any = reduce(getattr, owners, import_module(module))
    original = getattr(owner, name)

    def faulty(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        urls = [getattr(getattr(arg, "request", None), "url", "") for arg in args]
        if left and word.search(f"{args} {kwargs} {urls}"):
            left -= 1
            raise RuntimeError("planted,\nin two lines")
        return original(*args, **kwargs)

    setattr(owner, name, faulty)


class Swallowing:
    """A spider middleware that lets no item pass."""

    async def process_spider_output(self, response: Any, result: Any) -> Any:  # noqa: ARG002
        async for output in result:
            if isinstance(output, Request):
                yield output
