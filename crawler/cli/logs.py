"""Log lines of a run: ours always, Scrapy's own only where it matters; as text or as JSON."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from rich.logging import RichHandler

from crawler.options import OptionError
from crawler.sanitize import visible

if TYPE_CHECKING:
    from rich.console import Console
    from scrapy.settings import BaseSettings


_USUAL: Final = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Formats a record with its `extra` facts, such as `event`, `url` and `state`.

    `dateTime` is ISO 8601 in UTC with milliseconds. A traceback is a text like any other, so
    that a line is a record, whatever strangers' names and messages have in them.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "dateTime": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name, value in vars(record).items():
            if name not in _USUAL and isinstance(value, str | int | float | None):
                line.setdefault(name, value)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


_PLAIN = "%(asctime)s %(levelname)s %(message)s"


class VisibleLines(logging.Formatter):
    """Formats a record as one line, whatever names and strangers' words are in its message.

    Lines of a traceback, and those that other loggers mean (Scrapy's stats), follow it, set in.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line."""
        is_ours = record.name.partition(".")[0] == "crawler"
        lines = [record.message] if is_ours else record.message.split("\n")
        record.message = "\n  ".join(map(visible, lines))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return the lines of a traceback."""
        lines = super().formatException(ei).split("\n")
        return "\n".join(f"  {visible(line)}" for line in lines)


class LogFormat(StrEnum):
    """How log lines look: as text for people, or as one JSON object a line for machines."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Telling:
    """How much a command tells while it works, and in which form.

    Attributes:
        quiet: errors alone.
        verbose: also what Scrapy itself logs.
        log_format: how log lines look; those for machines leave no place for a live display.
    """

    quiet: bool = False
    verbose: bool = False
    log_format: LogFormat = LogFormat.TEXT

    def is_live(self, console: Console) -> bool:
        """Whether a live display shows how a crawl goes."""
        plain = not self.quiet and not self.verbose and self.log_format is LogFormat.TEXT
        return console.is_terminal and plain

    def words(self) -> tuple[str, ...]:
        """Return it as words of a command line."""
        given = {"--quiet": self.quiet, "--verbose": self.verbose}
        return (f"--log-format={self.log_format}", *(word for word, on in given.items() if on))

    def level(self, console: Console) -> str:
        """Return the LOG_LEVEL, where nobody has set one."""
        if self.quiet:
            return "ERROR"
        return "WARNING" if self.is_live(console) else "INFO"


def log_to(console: Console, settings: BaseSettings, telling: Telling) -> None:
    """Send the log to LOG_FILE where that is set, to the console otherwise.

    A terminal gets lines that do not disturb a live display, unless they are for machines.
    """
    handler: logging.Handler
    log_format = telling.log_format
    is_json = log_format is LogFormat.JSON
    if settings["LOG_FILE"]:
        handler = logging.FileHandler(settings["LOG_FILE"], encoding="utf-8")
        handler.setFormatter(_formatter(log_format))
    elif console.is_terminal and not is_json:
        handler = RichHandler(console=console, show_path=False, show_time=False)
        handler.setFormatter(VisibleLines("%(message)s"))
    else:
        handler = logging.StreamHandler(console.file)
        handler.setFormatter(_formatter(log_format))
    try:
        handler.setLevel(settings["LOG_LEVEL"])
    except (ValueError, TypeError) as error:
        raise OptionError(f"LOG_LEVEL: {error}") from error
    logging.getLogger().addHandler(handler)
    logging.getLogger("crawler.failure").disabled = not settings["LOG_FILE"]  # printed at the end
    if not telling.verbose:
        quiet_others()
        logging.getLogger("crawler").setLevel(min(handler.level, logging.INFO))


def _formatter(log_format: LogFormat) -> logging.Formatter:
    return JsonLines() if log_format is LogFormat.JSON else VisibleLines(_PLAIN)


def quiet_others() -> None:
    """Keep the libraries' loggers from making lines that nobody reads, which costs time."""
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger("crawler").setLevel(logging.INFO)
    for name in ("scrapy", "twisted"):  # have levels of their own
        logging.getLogger(name).setLevel(logging.WARNING)
