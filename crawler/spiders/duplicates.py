"""The setting by which copies of articles are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.options import OptionError

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


def wants_duplicates(settings: BaseSettings) -> bool:
    """Read CRAWLER_DUPLICATES.

    Raises:
        OptionError: it is neither true nor false.
    """
    try:
        return settings.getbool("CRAWLER_DUPLICATES")
    except ValueError as error:
        raise OptionError(f"CRAWLER_DUPLICATES: {error}") from None
