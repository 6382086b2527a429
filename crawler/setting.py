"""A setting of ours, and the kinds of values that settings have.

A kind makes a value of what a settings file, an environment variable or `-s` has; it raises
ValueError, which says what was given and what is allowed.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from crawler.options import YES_OR_NO, OptionError
from crawler.timestamps import NEVER, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A setting of ours.

    Attributes:
        name: begins with CRAWLER_.
        default: as a settings file would have it.
        parse: makes the value of what is set; raises ValueError, which says what is wrong.
        help: what it is for, as Markdown on one line; links are relative to docs/.
        is_variable: whether the environment variable of its name is the default.
    """

    name: str
    default: Any
    parse: Callable[[Any], T]
    help: str
    is_variable: bool = False

    def of(self, settings: Mapping[str, Any]) -> T:
        """Return the value that is set, or the default.

        Raises:
            OptionError: what is set makes no sense.
        """
        value = settings.get(self.name)
        try:
            return self.parse(self.default if value is None else value)
        except ValueError as error:
            raise OptionError(f"{self.name}: {error}") from None


def flag(value: Any) -> bool:
    """Yes or no, in any of the words for it; nothing is no."""
    word = str(value).strip().lower()
    if word not in {*YES_OR_NO, ""}:
        raise ValueError(f"{value!r} is neither yes nor no")
    return YES_OR_NO.get(word, False)


def number(
    least: float, most: float = math.inf, *, above: bool = False, unit: str = ""
) -> Callable[[Any], float]:
    """A number from `least`, or above it, to `most`."""
    bounds = f"{'above' if above else 'from'} {least:g}"
    bounds += f" to {most:g}" if most < math.inf else "" if above else " on"
    allowed = f"a number {f'of {unit} ' if unit else ''}{bounds}"

    def parse(value: Any) -> float:
        try:
            found = float(value)
        except (TypeError, ValueError):
            found = math.nan
        if not (least <= found <= most and found < math.inf) or (above and found == least):
            raise ValueError(f"{value!r} is not {allowed}")
        return found

    return parse


def whole(least: int, most: int | None = None) -> Callable[[Any], int]:
    """A whole number from `least` to `most`."""
    allowed = f"a whole number from {least} {'on' if most is None else f'to {most}'}"

    def parse(value: Any) -> int:
        try:
            found = int(value)
        except (TypeError, ValueError):
            found = least - 1
        if found < least or (most is not None and found > most):
            raise ValueError(f"{value!r} is not {allowed}")
        return found

    return parse


def text(value: Any) -> str:
    """Text, without white space around it."""
    return str(value).strip()


def names(value: Any) -> tuple[str, ...]:
    """A list, or text that is separated by commas."""
    parts = value.split(",") if isinstance(value, str) else list(value or ())
    return tuple(name for part in parts if (name := str(part).strip()))


def one_of(*words: str) -> Callable[[Any], str]:
    """One of these words."""

    def parse(value: Any) -> str:
        if value not in words:
            known = ", ".join(repr(word) for word in words)
            raise ValueError(f"{value!r} is not one of {known}")
        return str(value)

    return parse


def names_of(*words: str) -> Callable[[Any], tuple[str, ...]]:
    """Some of these words."""

    def parse(value: Any) -> tuple[str, ...]:
        found = names(value)
        if unknown := [name for name in found if name not in words]:
            known = ", ".join(repr(word) for word in words)
            raise ValueError(f"{unknown[0]!r} is not one of {known}")
        return found

    return parse


def span(value: Any) -> timedelta:
    """A span of time, see `crawler.timestamps.parse_duration`."""
    return parse_duration(str(value))


def span_or_never(value: Any) -> timedelta | None:
    """A span of time; None: never."""
    return None if str(value).strip().lower() == NEVER else span(value)


def spans(value: Any) -> tuple[timedelta, ...]:
    """Spans of time, the shortest first."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        raise ValueError(f"{value!r} is not a list of spans of time")  # noqa: TRY004 - as all others
    return tuple(sorted(map(span, words)))


def networks(value: Any) -> tuple[IPv4Network | IPv6Network, ...]:
    """CIDR networks and addresses."""
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    return tuple(ip_network(part) for part in parts if part)


def mapping(value: Any) -> dict[str, str]:
    """A mapping, or one as JSON."""
    try:
        found = json.loads(value) if isinstance(value, str) else dict(value)
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"{value!r} is not a mapping, nor one as JSON")  # noqa: TRY004 - likewise
    return {str(name): str(field) for name, field in found.items()}
