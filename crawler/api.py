"""A run from Python: `run(items)`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from crawler.options import CrawlOptions
from crawler.summary import RunSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

_USAGE_ERROR = 2


class RunError(RuntimeError):
    """The run could not be done; the message says why."""


def run(
    items: Paths,
    output: str | os.PathLike[str] = "output",
    *,
    only: Iterable[str] = (),
    files: Paths | None = None,
    limit: int | None = None,
    force: bool = False,
    retry: Iterable[str] = (),
    older_than: str | timedelta | None = None,
    allow_empty: bool = False,
    in_place: bool = False,
    wait: bool = False,
    overwrite_edited: bool = False,
    replay: Paths = (),
    record: str | os.PathLike[str] | None = None,
    settings: Mapping[str, object] | None = None,
) -> RunSummary:
    """Visit what is due for the items, write the enriched files, and return what was done.

    The crawl has a process of its own, so that this works in a notebook, in a thread, and as
    often as it is called. Its log goes to this process's standard error.

    Args:
        items: item files, or folders to search for them.
        output: the output folder.
        only, files, limit, force, retry, older_than, allow_empty, in_place, wait, overwrite_edited,
            replay, record: see `crawler.options.CrawlOptions`.
        settings: Scrapy settings, for example {"CRAWLER_CONTACT": "https://example.com/bot"}.

    Raises:
        OptionError: an option makes no sense.
        RunError: the run could not be done at all.
    """
    options = CrawlOptions.parse(
        items=items,
        output=output,
        only=only,
        files=files,
        limit=limit,
        force=force,
        retry=retry,
        older_than=older_than,
        allow_empty=allow_empty,
        in_place=in_place,
        wait=wait,
        overwrite_edited=overwrite_edited,
        replay=replay,
        record=record,
    )
    done = subprocess.run(  # noqa: S603 - this interpreter
        run_command(options, settings or {}),
        input=run_input(options),
        stdout=subprocess.PIPE,
        check=False,
    )
    summary = summary_of(done.returncode, done.stdout)
    if summary is None:
        raise RunError(f"exit code {done.returncode}; the reason is on standard error")
    return summary


def summary_of(code: int, printed: bytes) -> RunSummary | None:
    """Return what such a run did, by its exit code and what it printed; None: it was not done."""
    if code == _USAGE_ERROR or not printed:
        return None
    return RunSummary.from_json(json.loads(printed))


def run_command(
    options: CrawlOptions, settings: Mapping[str, object], *more: str
) -> tuple[str, ...]:
    """Return the command line for such a run, which prints its summary as JSON."""
    command = [sys.executable, "-m", "crawler", "run", "--json", *options.words(), *more]
    command += [f"--set={name}={value}" for name, value in settings.items()]
    return (*command, "--", *map(str, options.items))


def run_input(options: CrawlOptions) -> bytes:
    """Return what that command reads from its standard input."""
    return b"".join(os.fsencode(file) + b"\0" for file in options.files or ())
