"""Answers with a part of what was asked for (RFC 9110, section 15.3.7), though all of it was.

Broken caches give them out, and what they hold may stop in the middle of a sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.fetch.media_type import begins_html

if TYPE_CHECKING:
    from scrapy.http import Request, Response

_PARTIAL: Final = 206
_RANGE: Final = re.compile(rb"\s*bytes[\s=]+0\s*-\s*(\d{1,18})\s*/\s*(\d{1,18})\s*", re.IGNORECASE)
_END: Final = re.compile(rb"</html>\s*\Z", re.IGNORECASE)


def is_unasked(request: Request, response: Response) -> bool:
    """Whether an answer claims to be a part and nobody has asked for one."""
    return response.status == _PARTIAL and request.headers.get("Range") is None


def is_whole(response: Response) -> bool | None:
    """Whether such an answer, with its body as sent, is all there is; None: it does not say."""
    fields = response.headers.getlist("Content-Range")
    if not fields:
        return None
    found = _RANGE.fullmatch(fields[-1])
    if found is None or int(found[1]) + 1 != int(found[2]):
        return False
    return "download_stopped" in response.flags or len(response.body) == int(found[2])


def looks_whole(body: bytes) -> bool:
    """Whether a body, decoded, is a page from its beginning to its end."""
    return begins_html(body) and _END.search(body) is not None
