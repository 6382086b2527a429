"""Download handlers that guard less than they should."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from crawler.downloader.exceptions import BlockedAddressError

if TYPE_CHECKING:
    from scrapy.http import Request, Response


class OnlyLiterals(HTTP11DownloadHandler):
    """Refuses URLs with an address in them, whatever it is."""

    async def download_request(self, request: Request) -> Response:
        try:
            ip_address(urlsplit(request.url).hostname or "")
        except ValueError:
            return await super().download_request(request)
        raise BlockedAddressError(request.url)


class ConnectsFirst(HTTP11DownloadHandler):
    """Refuses everything, too late."""

    async def download_request(self, request: Request) -> Response:
        port = urlsplit(request.url).port
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        raise BlockedAddressError(request.url)
