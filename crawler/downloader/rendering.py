"""What goes between a crawl and its browser, and what a page in it is given; needs no browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """An answer for the browser: what of an HTTP response scripts are given.

    Attributes:
        url: where it came from in the end, after redirects.
        allowed_origin: Access-Control-Allow-Origin: whose scripts may read it.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    allowed_origin: str | None = None


Answerer: TypeAlias = "Callable[[str, str | None], Awaitable[PageAnswer | None]]"
"""Asks for a URL by GET, with an Origin where scripts of another one want to read it; None: there
is no answer."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page once its scripts have run.

    Attributes:
        html: what it is then.
        led_to: where its scripts would have gone, which they may not.
    """

    html: str
    led_to: str | None = None


class RenderError(RuntimeError):
    """A page's scripts could not be run; the message says why.

    Attributes:
        is_ours: whether that says nothing of the page.
    """

    def __init__(self, message: str, *, is_ours: bool = False) -> None:
        super().__init__(message)
        self.is_ours = is_ours
