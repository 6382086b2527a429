"""What names and strangers' words look like on a terminal and in a log."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.cli.logs import VisibleLines
from crawler.cli.report import escape
from crawler.sanitize import visible, visible_json
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from pathlib import Path

ACTIVE = {
    "a\nb": r"a\nb",
    "a\r\nb": r"a\r\nb",
    "\x1b]0;title\x07": r"\x1b]0;title\x07",
    "\x1b[2J\x1b[31m": r"\x1b[2J\x1b[31m",
    "\x9b31m": r"\x9b31m",
    "\x00\x08\x7f": r"\x00\x08\x7f",
    "a\u2028b\u2029c\x85d\x0be\x0cf": r"a\u2028b\u2029c\x85d\x0be\x0cf",
    "evil\u202egpj.md": r"evil\u202egpj.md",
    "\u2066a\u2069": r"\u2066a\u2069",
    "zero\u200bwidth\ufeff": r"zero\u200bwidth\ufeff",
    "\U000e0041": r"\U000e0041",
    "caf\udce9.md": r"caf\xe9.md",
    "\ud800": r"\ud800",
}
INERT = ["", "a b", "Größe „x“", "日本語", "\u05d0\u200f", "👩\u200d🚀", r"C:\new", "[red]a[/]"]
NAMES = ["nl\n2026-01-01 00:00:00,000 INFO ok forged.md", "bad\x1b]0;X\x07.md", "c1\x9b31m.md"]


@pytest.mark.parametrize(("text", "shown"), ACTIVE.items())
def test_what_does_something_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(text).isprintable()


@pytest.mark.parametrize("text", INERT)
def test_all_other_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text
    assert visible_json(json.dumps(text, ensure_ascii=False)) == json.dumps(
        text, ensure_ascii=False
    )


@pytest.mark.parametrize("text", ACTIVE)
def test_json_says_the_same(text: str) -> None:
    shown = visible_json(json.dumps({"a": text}, ensure_ascii=False, indent=1))
    assert json.loads(shown) == {"a": text}
    assert shown.replace("\n", "").isprintable()


def test_rich_prints_a_text_as_it_is() -> None:
    assert escape("[red]\x1b") == r"\[red]\x1b"


@pytest.mark.parametrize("text", ACTIVE)
def test_a_record_is_one_line_and_a_traceback_is_set_in(text: str) -> None:
    formatter = VisibleLines("%(asctime)s %(levelname)s %(message)s")
    record = logging.makeLogRecord(
        {"name": "crawler.run", "msg": "bad %s", "args": (text,), "levelname": "INFO"}
    )
    assert formatter.format(record).endswith(f" INFO bad {visible(text)}")
    error = ValueError(f"{text}\n2026-01-01 00:00:00,000 INFO forged")
    record.exc_info = (ValueError, error, None)
    first, *more = formatter.format(record).split("\n")
    assert first.endswith(f" INFO bad {visible(text)}")
    assert all(line.startswith("  ") and line.isprintable() for line in more)


def test_the_lines_of_other_loggers_are_set_in() -> None:
    record = logging.makeLogRecord({"name": "scrapy.stats", "msg": "stats:\n{'a': 1,\n\x1b[0m}"})
    told = VisibleLines("%(levelname)s %(message)s").format(record)
    assert told == "Level None stats:\n  {'a': 1,\n  \\x1b[0m}"


def run(*words: object, **settings: object) -> str:
    """Run a command; return all that it printed."""
    command = arguments(*words, settings=settings)
    if words[0] == "scrapy":
        command = [sys.executable, "-m", *map(str, words)]
    env = environment() | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    done = subprocess.run(command, env=env, capture_output=True, check=False, timeout=100)
    return (done.stdout + done.stderr).decode(errors="surrogateescape")


@pytest.mark.timeout(400)
def test_no_name_of_a_file_forges_a_line_or_reaches_the_terminal(tmp_path: Path) -> None:
    items, output, log = tmp_path / "items", tmp_path / "out", tmp_path / "log"
    items.mkdir()
    for name in [*NAMES, os.fsdecode(b"caf\xe9.md")]:
        (items / name).write_text("---\ntitle: x\n---\n")
    (items / "bad\x1b[31m\n2026-01-01 url.md").write_text("---\noriginal_url: [\n---\n")
    told = {
        "run": run("run", items, "-o", output),
        "log file": run("run", items, "-o", output, LOG_FILE=log) + log.read_text(),
        "dry run": run("run", items, "-o", output, "--dry-run"),
        "status": run("status", items, "-o", output),
        "explain": run("explain", items / NAMES[1], "-o", output),
        "explain --json": run("explain", items / NAMES[2], "-o", output, "--json"),
        "no such file": run("explain", items / f"no {NAMES[0]}", "-o", output),
        "scrapy": run("scrapy", "crawl", "items", "-a", f"items={items}", "-a", f"output={output}"),
    }
    for command, text in told.items():
        assert text, command
        assert not any(line.startswith("2026-01-01") for line in text.split("\n")), command
        assert all(line.isprintable() for line in text.split("\n")), command
    assert r"bad\x1b]0;X\x07.md" in told["run"]
