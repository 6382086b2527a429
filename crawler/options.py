"""What a run is asked to do: one table of its options.

The command line, `scrapy crawl -a`, the command line of a run that another process starts, and the
log of runs are made from the fields of `CrawlOptions`; `crawler.api.run` has them once more, for
type checkers.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from crawler.states import State
from crawler.timestamps import moment, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["CrawlOptions"]  # what the API reference shows of it

T = TypeVar("T")

_PATHS_LOGGED: Final = 10
_KIND: Final = "kind"
YES_OR_NO: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class OptionError(ValueError):
    """An option makes no sense; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What kind of value an option has.

    Attributes:
        parse: makes it of what a caller has, which from `-a name=value` is always text; raises
            OptionError.
        words: gives it to a command line, as the option of this name.
        logged: tells it in the log of runs, by keys.
        given_as: the type that a command line gives it in.
        choices: what a shell completes it to.
    """

    parse: Callable[[str, Any], T]
    words: Callable[[str, T], list[str]]
    logged: Callable[[str, T], dict[str, Any]]
    given_as: Any
    choices: tuple[str, ...] = ()


def flag_of(name: str) -> str:
    """Return how the command line calls an option."""
    return f"--{name.replace('_', '-')}"


def camel_case(name: str) -> str:
    """Return a name of Python as it is called in JSON and in front matter."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _one(name: str, value: object) -> list[str]:
    return [f"{flag_of(name)}={value}"]


def _each(name: str, values: Iterable[object]) -> list[str]:
    return [f"{flag_of(name)}={value}" for value in values]


def _none(name: str, value: object) -> list[str]:  # noqa: ARG001 - has another way
    return []


def _split(value: Any, by: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part for part in value.split(by) if part)
    if isinstance(value, os.PathLike):
        return (os.fspath(value),)
    return tuple(os.fspath(part) for part in value)


def _paths(_: str, value: Any) -> tuple[Path, ...]:
    return tuple(map(Path, _split(value, os.pathsep)))


def _globs(_: str, value: Any) -> tuple[str, ...]:
    return _split(value, ",")


def _whole(name: str, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise OptionError(f"{name}: {value!r} is not a whole number above 0")
    return number


def _span(name: str, value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        return parse_duration(value)
    except ValueError as error:
        raise OptionError(f"{name}: {error}") from None


def _yes_or_no(name: str, value: Any) -> bool:
    word = str(value).lower()
    if word not in YES_OR_NO:
        raise OptionError(f"{name}: {value!r} is neither yes nor no")
    return YES_OR_NO[word]


def _states(name: str, value: Any) -> frozenset[State]:
    names = [part for word in _split(value, ",") for part in word.split(",")]
    try:
        return frozenset(map(State, names))
    except ValueError:
        unknown = next(one for one in names if one not in set(State))
        known = ", ".join(State)
        told = f"there is no state {unknown!r}; the states are {known}"
        raise OptionError(f"{name}: {told}") from None


def parse_since(value: str | datetime | None) -> datetime | None:
    """Return the moment that `--since` means: ISO 8601, or how long ago, such as "7d".

    Raises:
        OptionError: it is neither.
    """
    if value is None or isinstance(value, datetime):
        return value
    try:
        return moment(value)
    except ValueError:
        pass
    try:
        return datetime.now(UTC) - parse_duration(value)
    except (ValueError, OverflowError):
        reason = "is neither a date nor a span of time such as 7d"
        raise OptionError(f"since: {value!r} {reason}") from None


def _few(paths: tuple[Any, ...]) -> list[str]:
    return [str(path) for path in paths[:_PATHS_LOGGED]]


_ITEMS: Final = Kind(_paths, _none, lambda _, v: {"paths": _few(v), "pathCount": len(v)}, list[str])
_FILES: Final = Kind(
    _paths, lambda *_: ["--files-from=-"], lambda _, v: {"fileCount": len(v)}, str | None
)
_PATH_LIST: Final = Kind(_paths, _each, lambda name, v: {camel_case(name): _few(v)}, list[Path])
_PATH: Final = Kind(
    lambda _, v: Path(v), _one, lambda name, v: {camel_case(name): str(v)}, Path | None
)
_OUTPUT: Final = Kind(lambda _, v: Path(v), _one, lambda *_: {}, Path)  # the log lies in it
_GLOBS: Final = Kind(_globs, _each, lambda name, v: {camel_case(name): _few(v)}, list[str])
_NUMBER: Final = Kind(_whole, _one, lambda name, v: {camel_case(name): v}, int | None)
_FLAG: Final = Kind(
    _yes_or_no, lambda name, v: [flag_of(name)] * v, lambda name, v: {camel_case(name): v}, bool
)
_STATES: Final = Kind(
    _states,
    lambda name, v: _each(name, sorted(v)),
    lambda name, v: {camel_case(name): sorted(v)},
    list[str],
    tuple(State),
)
_AGE: Final = Kind(
    _span,
    lambda name, v: _one(name, f"{v.total_seconds():.3f}s"),
    lambda name, v: {f"{camel_case(name)}Seconds": v.total_seconds()},
    str | None,
)


def _option(kind: Kind[T], default: Any, help: str = "", *, metavar: str | None = None) -> Any:  # noqa: A002
    return field(default=default, metadata={_KIND: kind, "help": help, "metavar": metavar})


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """The options of one run.

    Attributes:
        items: item files, or folders to search for them.
        output: the output folder, with the ledger in it.
        only: globs on the items' relative paths or names; empty: all.
        files: only those of the items that are among these files; None: all.
        limit: at most so many items that have something due; None: all.
        force: fetch all sources again.
        retry: fetch again the sources whose last visit ended so.
        older_than: fetch again the sources whose last visit is longer ago.
        allow_empty: ITEMS may hold no item; else such a run cannot be done.
        in_place: write the enriched items over the item files.
        wait: wait for another run on the same output folder to end.
        overwrite_edited: write also those files anew that somebody edited.
        replay: WARC files that answer in the place of the network; empty: the network does.
        record: WARC file to which what the crawl sees is appended.
    """

    items: tuple[Path, ...] = _option(_ITEMS, ())
    output: Path = _option(_OUTPUT, Path("output"), "the output folder")  # noqa: RUF009
    only: tuple[str, ...] = _option(_GLOBS, (), "only items like this", metavar="GLOB")
    files: tuple[Path, ...] | None = _option(_FILES, None)
    limit: int | None = _option(_NUMBER, None, "at most so many items with work")
    force: bool = _option(_FLAG, False, "fetch all sources again")
    retry: frozenset[State] = _option(
        _STATES,
        frozenset(),
        f"fetch those again whose last visit ended so: {', '.join(State)}",
        metavar="STATE",
    )
    older_than: timedelta | None = _option(  # noqa: RUF009
        _AGE, None, "fetch again what was not seen for so long", metavar="AGE"
    )
    allow_empty: bool = _option(_FLAG, False, "ITEMS may hold no item yet")
    in_place: bool = _option(_FLAG, False, "write into ITEMS itself")
    wait: bool = _option(_FLAG, False, "wait for another run to end")
    overwrite_edited: bool = _option(_FLAG, False, "write edited files anew, too")
    replay: tuple[Path, ...] = _option(
        _PATH_LIST, (), "answer from this file, not from the network", metavar="WARC"
    )
    record: Path | None = _option(  # noqa: RUF009
        _PATH, None, "append what the crawl sees to this file", metavar="WARC"
    )

    @classmethod
    def parse(cls, **given: Any) -> CrawlOptions:
        """Make options of what a caller has, which from `-a name=value` is always text.

        In text, `items`, `files` and `replay` are separated by `os.pathsep`, `only` and `retry` by
        commas. None is the default of an option.

        Raises:
            OptionError: a value is not of its kind, or an option is unknown.
        """
        if unknown := given.keys() - KINDS.keys():
            raise OptionError(f"there is no option {', '.join(sorted(unknown))}")
        options = cls(
            **{
                name: KINDS[name].parse(name, value)
                for name, value in given.items()
                if value is not None
            }
        )
        if not options.items or "" in _split(given["items"], os.pathsep):
            raise OptionError("items: name at least one file or folder")
        if any(path.resolve() == options.output.resolve() for path in options.items):
            raise OptionError("output: cannot be the items' own folder; --in-place writes there")
        return options

    def given(self) -> dict[str, Any]:
        """Return those that are not as they are by default."""
        return {
            option.name: value
            for option in fields(self)
            if (value := getattr(self, option.name)) != option.default
        }

    def words(self) -> list[str]:
        """Return them as words of a command line, without the items."""
        return [
            word for name, value in self.given().items() for word in KINDS[name].words(name, value)
        ]

    def logged(self) -> dict[str, Any]:
        """Return what the log of runs says of those that were given."""
        told: dict[str, Any] = {}
        for name, value in self.given().items():
            told |= KINDS[name].logged(name, value)
        return told


KINDS: Final[dict[str, Kind[Any]]] = {
    option.name: option.metadata[_KIND] for option in fields(CrawlOptions)
}
