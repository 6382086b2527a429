"""The line of a spider that something came from."""

from __future__ import annotations

import asyncio
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.crawl.faults import place_of_error, place_of_output

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

HERE = Path(__file__)
LINES = HERE.read_text("utf-8").splitlines()


def line_of(text: str) -> str:
    """Return the place of the first line that ends so."""
    number = next(number for number, line in enumerate(LINES, 1) if line.endswith(text))
    return f"{HERE.name}:{number}"


def plain() -> Iterator[int]:
    yield 1
    yield 2  # the second


def delegating() -> Iterator[int]:
    yield from inner()


def inner() -> Iterator[int]:
    yield 3  # of the inner one


async def asynchronous() -> AsyncIterator[int]:
    yield 4  # asynchronously


def listing() -> list[int]:  # that returns a list
    return [5]


def failing() -> Any:
    return int("x")  # fails


@wraps(listing)
def decorated() -> list[int]:
    return listing()


def test_a_generator_says_in_which_line_it_is() -> None:
    result = plain()
    next(result)
    next(result)
    assert place_of_output(plain, result).endswith(line_of("# the second"))
    nested = delegating()
    next(nested)
    assert place_of_output(delegating, nested).endswith(line_of("# of the inner one"))

    async def first() -> str:
        result = asynchronous()
        await anext(result)
        return place_of_output(asynchronous, result)

    assert asyncio.run(first()).endswith(line_of("# asynchronously"))


@pytest.mark.parametrize("callback", [listing, decorated])
def test_what_was_returned_at_once_is_of_the_whole_callback(callback: Callable[..., Any]) -> None:
    assert place_of_output(callback, callback()).endswith(line_of("# that returns a list"))


def test_a_callback_without_lines_of_its_own_is_named() -> None:
    assert place_of_output(partial(print), None) == "partial"
    assert place_of_output(print, None) == "print"


def test_an_error_is_of_the_last_line_of_the_callbacks_file() -> None:
    with pytest.raises(ValueError, match="invalid literal") as caught:
        failing()
    assert place_of_error(failing, caught.value).endswith(line_of("# fails"))
    assert place_of_error(failing, KeyError()).startswith(str(place_of_output(failing, None)))
