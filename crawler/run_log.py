"""The log of runs, `runs.jsonl`: a line for each run that has ended, the latest at the end."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from datetime import timedelta
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from crawler import __version__
from crawler.summary import ExitCode, host_json
from crawler.timestamps import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from crawler.options import CrawlOptions
    from crawler.summary import RunSummary

_PROBLEMS_LOGGED: Final = 20  # the log is bounded, and the problems are told each time
_MOST_BYTES: Final = 1024 * 1024  # of one file; there are two, the current one and the one before


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
        "options": options.logged(),
        **counts,
        "problems": document["problems"][:_PROBLEMS_LOGGED],
        **{name: document[name] for name in ("failedMonitors", "outcomes", "fields", "happened")},
        "events": [event.as_json() for event in summary.events],
        "hosts": [host_json(*host) for host in summary.busiest_hosts()],
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return the versions of what decides how a run goes."""
    libraries = {name: version(name) for name in ("scrapy", "trafilatura")}
    return {"crawler": __version__, **libraries, "python": platform.python_version()}


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


def read_runs(log: Path) -> Iterator[dict[str, Any]]:
    """Yield what is remembered of runs, the earliest first; lines that are no record are passed."""
    for path in (earlier_log(log), log):
        yield from filter(None, map(_record, _lines(path)))


def latest_done(log: Path, count: int) -> list[dict[str, Any]]:
    """Return the last so many runs that could be done, the earliest first; no others are parsed."""
    lines = (line for path in (log, earlier_log(log)) for line in reversed(_lines(path)))
    runs = (record for line in lines if (record := _record(line)) is not None)
    done = (run for run in runs if run.get("exitCode") != ExitCode.NOT_DONE)
    return list(islice(done, count))[::-1]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):  # a power cut's half line; or somebody's own
        return None
    is_one = isinstance(record, dict) and isinstance(record.get("startedDateTime"), str)
    return _well_formed(record) if is_one else None


_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "seconds": (int, float),
    "ended": str,
    "exitCode": int,
    "items": dict,
    "sources": dict,
    "outcomes": dict,
    "fields": dict,
    "happened": dict,
    "versions": dict,
    "failedMonitors": list,
    "problems": list,
    "events": list,
    "hosts": list,
}
_OF_A_HOST: Final = ("tries", "failures", "seconds")


def _well_formed(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without what is of another kind than a run writes."""
    kept = {
        name: value
        for name, value in record.items()
        if name not in _KINDS or (isinstance(value, _KINDS[name]) and not isinstance(value, bool))
    }
    sources = kept.get("sources", {})
    if sources:
        counts = {name: _counts(sources.get(name)) for name in ("visited", "held")}
        kept["sources"] = sources | counts
    if "happened" in kept:
        kept["happened"] = _counts(kept["happened"])
    kept["hosts"] = [host for host in kept.get("hosts", ()) if _is_host(host)]
    monitors = kept.get("failedMonitors", ())
    kept["failedMonitors"] = [
        one
        for one in monitors
        if isinstance(one, dict) and all(isinstance(one.get(n), str) for n in ("name", "message"))
    ]
    return kept


def _counts(value: object) -> dict[str, int]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {name: count for name, count in pairs if isinstance(count, int)}


def _is_host(host: object) -> bool:
    if not isinstance(host, dict) or not isinstance(host.get("host"), str):
        return False
    return all(isinstance(host.get(name), int | float) for name in _OF_A_HOST)
