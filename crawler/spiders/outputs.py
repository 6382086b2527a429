"""What a callback gives, whichever of Scrapy's forms it has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Any


async def outputs_of(result: Any) -> AsyncIterator[Any]:
    """Yield one by one what a callback returned: of a generator, a coroutine, a list, or itself."""
    if isinstance(result, Awaitable):
        result = await result
    if isinstance(result, AsyncIterator):
        async for output in result:
            yield output
    elif isinstance(result, Iterable) and not isinstance(result, (str, bytes, dict)):
        for output in result:
            yield output
    elif result is not None:
        yield result
