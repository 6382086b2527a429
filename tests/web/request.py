"""The record of a request that a local web has had."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from email.message import Message


@dataclass(slots=True)
class Request:
    """One request as it came; times are seconds of the monotonic clock.

    `path` has the query with it; `ended` is None while the answer is under way.
    """

    method: str
    url: str
    headers: Message
    started: float
    body: bytes = b""
    status: int | None = None
    ended: float | None = None
    scheme: str = field(init=False)
    host: str = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        self.scheme, self.host = parts.scheme, parts.netloc
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
