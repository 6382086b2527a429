"""Faults of our own: whatever a callback raises, its source ends in a state and the run goes on."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from scrapy.exceptions import CloseSpider

from crawler.ledger.records import Hop, Visit
from crawler.sanitize import plain_text
from crawler.states import State
from crawler.timestamps import now_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure

_DETAIL_LENGTH: Final = 200

P = ParamSpec("P")


class Desk(Protocol):
    """What makes requests, and takes their answers."""

    def after_fault(self, request: Request, error: Exception) -> AsyncIterator[Any]:
        """Go on after a callback or an errback of this request has raised."""


DeskT = TypeVar("DeskT", bound=Desk)
AnswerT = TypeVar("AnswerT", bound="Response | Failure")


def settles_faults(
    callback: Callable[Concatenate[DeskT, AnswerT, P], AsyncIterator[Any]],
) -> Callable[Concatenate[DeskT, AnswerT, P], AsyncIterator[Any]]:
    """Have a callback or an errback hand what it raises to the `after_fault` of its desk.

    Scrapy would log it, and nobody would ever hear of the request again.
    """

    @wraps(callback)
    async def settling(
        desk: DeskT, answer: AnswerT, /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Any]:
        try:
            async for output in callback(desk, answer, *args, **kwargs):
                yield output
        except CloseSpider:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the source gets a state
            request: Request = answer.request  # type: ignore[union-attr,assignment]
            async for output in desk.after_fault(request, error):
                yield output

    return settling


def fault_detail(error: BaseException) -> str:
    """Return an exception in one line."""
    return plain_text(f"{type(error).__name__}: {error}", limit=_DETAIL_LENGTH)


def bare_visit(url: str, state: State, detail: str) -> Visit:
    """Return the visit of a source of which nothing else can be said."""
    return Visit(state, now_text(), (Hop(url, state, detail=detail),))


def fault_hop(url: str, detail: str) -> Hop:
    """Return the try at a URL that came to nothing by a fault of our own."""
    return Hop(url, State.INTERNAL_ERROR, detail=detail)


def fault_visit(url: str, detail: str) -> Visit:
    """Return the visit of a source that came to nothing by a fault of our own."""
    return bare_visit(url, State.INTERNAL_ERROR, detail)
