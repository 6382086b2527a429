from __future__ import annotations

import re

from rich.console import Console

from crawler.cli.explain import image_files, print_image_files
from crawler.ledger.records import ImageRecord, SourceRecord

AT = "2024-05-14T10:00:00Z"
GOOD, BAD = "https://a.example/[good].png", "https://a.example/bad.png"
RECORD = SourceRecord(
    "a.example",
    ("https://a.example/",),
    1,
    images={
        GOOD: ImageRecord(AT, format="png", width=640, height=480, file="images/ab/ab.png"),
        BAD: ImageRecord(AT, "HTTP 404"),
    },
)


def test_each_image_that_was_asked_for_is_told_with_its_size_or_problem() -> None:
    good, bad = image_files(RECORD)
    assert (good["url"], good["width"], good["path"]) == (GOOD, 640, "images/ab/ab.png")
    assert (bad["problem"], bad["width"], bad["askedDateTime"]) == ("HTTP 404", None, AT)


def test_for_a_person_they_are_a_table() -> None:
    console = Console(width=150, record=True, quiet=False, file=None)
    with console.capture() as captured:
        print_image_files(RECORD, console)
    cells = [re.split(r" {2,}", line.strip()) for line in captured.get().split("\n")]
    assert [GOOD, "640 x 480", "images/ab/ab.png"] in cells
    assert [BAD, "HTTP 404"] in cells


def test_where_none_was_asked_for_nothing_is_printed() -> None:
    console = Console()
    with console.capture() as captured:
        print_image_files(SourceRecord("a.example", ("https://a.example/",), 1), console)
    assert captured.get() == ""
