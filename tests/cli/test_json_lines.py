from __future__ import annotations

import json
import logging
import sys

from crawler.cli.logs import JsonLines


def line(message: str, *args: object, **facts: object) -> dict[str, object]:
    record = logging.makeLogRecord(
        {"name": "crawler.run", "levelname": "INFO", "msg": message, "args": args} | facts
    )
    record.created = 1_700_000_000.125
    text = JsonLines().format(record)
    assert len(text.splitlines()) == 1
    parsed: dict[str, object] = json.loads(text)
    return parsed


def test_a_record_is_one_object_with_its_facts() -> None:
    assert line("%s %s", "ok", "u", event="visited", state="ok", status=200, spider=object()) == {
        "dateTime": "2023-11-14T22:13:20.125Z",
        "level": "info",
        "logger": "crawler.run",
        "message": "ok u",
        "event": "visited",
        "state": "ok",
        "status": 200,
    }


def test_line_ends_of_strangers_make_no_second_line() -> None:
    assert line("a\nb\r\x0b\x0c\x1c\x85\u2028c")["message"] == "a\nb\r\x0b\x0c\x1c\x85\u2028c"


def test_a_fact_cannot_take_the_place_of_the_message() -> None:
    assert line("true", level="false")["level"] == "info"


def test_a_traceback_is_a_text_of_the_line() -> None:
    nothing: dict[str, str] = {}
    try:
        nothing["gone"]
    except KeyError:
        failed = line("it failed", exc_info=sys.exc_info())
    assert "KeyError: 'gone'" in str(failed["traceback"])
