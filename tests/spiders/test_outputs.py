"""What callbacks give, in each of Scrapy's forms, and what spiders of one's own are made of."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from crawler import spiders
from crawler.crawl.faults import outputs_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


def plain() -> Iterator[int]:
    yield from (1, 2)


async def of_async() -> AsyncIterator[int]:
    yield 1
    yield 2


async def awaited() -> list[int]:
    return [1, 2]


async def single() -> dict[str, int]:
    return {"a": 1}


async def nothing() -> None:
    return None


@pytest.mark.parametrize(
    ("result", "outputs"),
    [
        (plain, [1, 2]),
        (of_async, [1, 2]),
        (awaited, [1, 2]),
        (single, [{"a": 1}]),
        (nothing, []),
        (lambda: None, []),
        (lambda: "text", ["text"]),
    ],
)
def test_outputs_come_one_by_one(result: Any, outputs: list[object]) -> None:
    async def listed() -> list[object]:
        return [output async for output in outputs_of(result())]

    assert asyncio.run(listed()) == outputs


@pytest.mark.parametrize("name", spiders.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(spiders, name)
    assert value.__name__ == name
    assert inspect.getdoc(value)


def test_a_name_that_is_not_public_is_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        spiders.nothing  # noqa: B018  # the look-up is what is tested
