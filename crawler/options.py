"""What a run is asked to do, from the command line, from `scrapy crawl -a` or from Python."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.states import State
from crawler.timestamps import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable


class OptionError(ValueError):
    """An option makes no sense; the message says which and why."""


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
        in_place: write the enriched items over the item files.
        wait: wait for another run on the same output folder to end.
        overwrite_edited: write also those files anew that somebody edited.
        archive: WARC files that answer in the place of the network; empty: the network does.
        record: WARC file to which what the crawl sees is appended.
    """

    items: tuple[Path, ...]
    output: Path = Path("output")
    only: tuple[str, ...] = ()
    files: tuple[Path, ...] | None = None
    limit: int | None = None
    force: bool = False
    retry: frozenset[State] = frozenset()
    older_than: timedelta | None = None
    in_place: bool = False
    wait: bool = False
    overwrite_edited: bool = False
    archive: tuple[Path, ...] = ()
    record: Path | None = None

    @classmethod
    def parse(
        cls,
        *,
        items: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        output: str | os.PathLike[str] = "output",
        only: str | Iterable[str] = (),
        files: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
        limit: str | int | None = None,
        force: str | bool = False,
        retry: str | Iterable[str] = (),
        older_than: str | timedelta | None = None,
        in_place: str | bool = False,
        wait: str | bool = False,
        overwrite_edited: str | bool = False,
        archive: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        record: str | os.PathLike[str] | None = None,
        **unknown: object,
    ) -> CrawlOptions:
        """Make options of what a caller has, which from `-a name=value` is always text.

        In text, `items`, `files` and `archive` are separated by `os.pathsep`, `only` and `retry` by
        commas.

        Raises:
            OptionError: a value is not of its kind, or an option is unknown.
        """
        if unknown:
            raise OptionError(f"there is no option {', '.join(sorted(unknown))}")
        paths = _split(items, os.pathsep)
        if not paths or "" in paths:
            raise OptionError("items: name at least one file or folder")
        if any(Path(path).resolve() == Path(output).resolve() for path in paths):
            raise OptionError("output: cannot be the items' own folder; --in-place writes there")
        return cls(
            items=tuple(map(Path, paths)),
            output=Path(output),
            only=_split(only, ","),
            files=None if files is None else tuple(map(Path, _split(files, os.pathsep))),
            limit=None if limit is None else _positive("limit", limit),
            force=_flag("force", force),
            retry=frozenset(
                _state(name) for part in _split(retry, ",") for name in part.split(",")
            ),
            older_than=None if older_than is None else _span("older_than", older_than),
            in_place=_flag("in_place", in_place),
            wait=_flag("wait", wait),
            overwrite_edited=_flag("overwrite_edited", overwrite_edited),
            archive=tuple(map(Path, _split(archive, os.pathsep))),
            record=None if record is None else Path(record),
        )


def _split(
    value: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], by: str
) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part for part in value.split(by) if part)
    if isinstance(value, os.PathLike):
        return (os.fspath(value),)
    return tuple(os.fspath(part) for part in value)


def _positive(name: str, value: str | int) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise OptionError(f"{name}: {value!r} is not a whole number above 0")
    return number


def _span(name: str, value: str | timedelta) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        return parse_duration(value)
    except ValueError as error:
        raise OptionError(f"{name}: {error}") from None


def _flag(name: str, value: str | bool) -> bool:
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if value.lower() not in known:
        raise OptionError(f"{name}: {value!r} is neither yes nor no")
    return known[value.lower()]


def _state(name: str) -> State:
    try:
        return State(name)
    except ValueError:
        known = ", ".join(State)
        raise OptionError(f"retry: there is no state {name!r}; the states are {known}") from None
