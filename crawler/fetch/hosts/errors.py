"""A host that is left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from crawler.moments import utc_text

if TYPE_CHECKING:
    from crawler.fetch.hosts.rest import Rest


class DeferredError(IgnoreRequest):
    """The host is left alone for longer than this run waits; nothing was asked.

    Attributes:
        until: the end of its rest, in seconds since 1970.
        retry_at: the same as ISO 8601 in UTC.
    """

    def __init__(self, rest: Rest) -> None:
        self.until = rest.until
        self.retry_at = utc_text(datetime.fromtimestamp(rest.until, UTC))
        super().__init__(f"left alone until {self.retry_at}: {rest.reason}")
