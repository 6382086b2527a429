"""One line of JSON for each run on an output folder: `.crawler/runs.jsonl`."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from crawler.moments import utc_text

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from crawler.options import CrawlOptions
    from crawler.summary import RunSummary

_MOST_BYTES: Final = 1024 * 1024  # of one file; there are two, the current one and the one before
_PATHS_SHOWN: Final = 10


def run_record(
    options: CrawlOptions, summary: RunSummary, *, started: datetime, exit_code: int
) -> dict[str, Any]:
    """Return what is remembered of a run that has ended; keys are those of the `--json` summary."""
    document = summary.as_json()
    counts = {name: document[name] for name in ("items", "sources", "files", "problemCount")}
    return {
        "startedDateTime": utc_text(started),
        "endedDateTime": utc_text(started + timedelta(seconds=summary.seconds)),
        "seconds": document["seconds"],
        "ended": document["ended"],
        "exitCode": exit_code,
        "options": _options_json(options),
        **counts,
    }


def append_run(path: Path, record: dict[str, Any]) -> None:
    """Append a record as one line, whole or not at all; only the holder of the lock may.

    A file that would grow above 1 MiB becomes `runs.jsonl.1` first, in place of an earlier one.

    Raises:
        OSError: it cannot be written; the lines before it are as they were.
    """
    line = json.dumps(record, separators=(",", ":")).encode("ascii") + b"\n"
    with suppress(FileNotFoundError):
        if path.lstat().st_size + len(line) > _MOST_BYTES:
            path.replace(earlier_log(path))
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    file = os.open(path, flags, 0o666)
    try:
        _append(file, line)
    finally:
        os.close(file)


def earlier_log(path: Path) -> Path:
    """Return where the lines before those of this file are."""
    return path.with_name(f"{path.name}.1")


def _append(file: int, line: bytes) -> None:
    """Write by one call, which a kill comes before or after; a full disk's part is taken back."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":  # a power cut's half line
        line = b"\n" + line
    try:
        written = os.write(file, line)
        if written < len(line):
            written += os.write(file, line[written:])  # says why it does not fit
    except OSError:
        os.ftruncate(file, size)
        raise


def _options_json(options: CrawlOptions) -> dict[str, Any]:
    """Return the options that were given; of many paths the first ones and their number."""
    older_than = options.older_than
    given = {
        "paths": [str(path) for path in options.items[:_PATHS_SHOWN]],
        "pathCount": len(options.items),
        "only": list(options.only[:_PATHS_SHOWN]),
        "fileCount": None if options.files is None else len(options.files),
        "limit": options.limit,
        "force": options.force,
        "retry": sorted(options.retry),
        "olderThanSeconds": None if older_than is None else older_than.total_seconds(),
        "inPlace": options.in_place,
        "wait": options.wait,
        "overwriteEdited": options.overwrite_edited,
    }
    return {name: value for name, value in given.items() if value not in (None, False, [])}
