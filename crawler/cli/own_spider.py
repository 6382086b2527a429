"""A spider of somebody's own, by its name, and its arguments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.spiderloader import get_spider_loader

from crawler.options import OptionError
from crawler.spiders.discover import DiscoverSpider

if TYPE_CHECKING:
    from scrapy.settings import Settings


def find_spider(name: str, settings: Settings) -> type[DiscoverSpider]:
    """Return the spider of this name, of SPIDER_MODULES or of an installed package.

    Modules are looked for in the working folder, too.

    Raises:
        OptionError: there is none, it cannot be loaded, or it finds no articles.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        loader = get_spider_loader(settings)
        spider = loader.load(name)
    except KeyError:
        known = ", ".join(sorted(loader.list()))
        raise OptionError(f"there is no spider {name!r}; there are {known}") from None
    except (ImportError, SyntaxError) as error:
        raise OptionError(f"spiders cannot be loaded: {error}") from error
    if not issubclass(spider, DiscoverSpider):
        raise OptionError(f"{name!r} finds no articles: it is no DiscoverSpider")
    return spider


def spider_arguments(spider: type[DiscoverSpider], pairs: list[str]) -> dict[str, str]:
    """Return what `-a NAME=VALUE` says.

    Raises:
        OptionError: one has another form, or the spider does not know it.
    """
    arguments = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in spider.arguments:
            known = ", ".join(sorted(spider.arguments))
            raise OptionError(f"-a: {pair!r} is not NAME=VALUE with a name of {known}")
        arguments[name] = value
    return arguments
