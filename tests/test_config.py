"""Settings of ours: each is read as its kind, and what makes no sense or is unknown is told."""

from __future__ import annotations

import ast
import inspect
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

import crawler.settings
from crawler import config
from crawler.api import run
from crawler.cli.settings import options_table, settings_table
from crawler.crawl.checks import check_names
from crawler.options import KINDS, CrawlOptions, OptionError

DOCUMENT = Path(__file__).parents[1] / "docs/settings.md"
CODE = Path(__file__).parents[1] / "crawler"


@pytest.mark.parametrize(
    ("setting", "value", "read"),
    [
        (config.DUPLICATES, "no", False),
        (config.DUPLICATES, 1, True),
        (config.EXTRACTION_SECONDS, "2.5", 2.5),
        (config.EXTRACTION_WORKERS, "3", 3),
        (config.PAGE_OBJECTS, "a, b.c,", ("a", "b.c")),
        (config.PAGE_OBJECTS, ["a", "b"], ("a", "b")),
        (config.REVISIT_FRESH, "3d 2h", (timedelta(hours=2), timedelta(days=3))),
        (config.REVISIT_OLD, "never", None),
        (config.ALLOWED_NETWORKS, "127.0.0.1, ::1", (ip_network("127.0.0.1"), ip_network("::1"))),
        (config.ITEM_FIELDS, '{"title": "name"}', {"title": "name"}),
        (config.JAVASCRIPT, "off", "off"),
    ],
)
def test_a_setting_is_read_as_its_kind(
    setting: config.Setting[Any], value: object, read: object
) -> None:
    assert setting.of({setting.name: value}) == read


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        (config.DUPLICATES, "maybe", "'maybe' is neither yes nor no"),
        (config.EXTRACTION_SECONDS, 0, "0 is not a number above 0"),
        (config.EXTRACTION_WORKERS, "1.5", "'1.5' is not a whole number from 0 on"),
        (config.ARTICLE_PAGES, 100, "100 is not a whole number from 1 to 99"),
        (config.BROWSER_SECONDS, 601, "601 is not a number above 0 to 600"),
        (config.WATCH_GAP, "nan", "'nan' is not a number of seconds from 0 on"),
        (config.WATCH_GAP, "inf", "'inf' is not a number of seconds from 0 on"),
        (config.REVISIT_FRESH, 3, "3 is not a list of spans of time"),
        (config.REVISIT_LOST, "soon", "'soon'"),
        (config.ALLOWED_NETWORKS, "10.0.0.1/8", "10.0.0.1/8 has host bits set"),
        (config.ITEM_FIELDS, "[1]", "'[1]' is not a mapping, nor one as JSON"),
        (config.JAVASCRIPT, "on", "'on' is not one of 'rules', 'empty', 'off'"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_with_its_name(
    setting: config.Setting[Any], value: object, told: str
) -> None:
    with pytest.raises(OptionError) as failure:
        setting.of({setting.name: value})
    assert str(failure.value).startswith(f"{setting.name}: ")
    assert told in str(failure.value)


def test_what_is_not_set_or_none_is_the_default() -> None:
    assert config.WAYBACK.of({}) == "wayback"
    assert config.WAYBACK.of(Settings({"CRAWLER_WAYBACK": None})) == "wayback"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("CRAWLER_REVIST_OLD", "did you mean CRAWLER_REVISIT_OLD?"),
        ("CRAWLER_ARCHIVE_DELAY", "did you mean CRAWLER_WAYBACK_DELAY?"),
        ("CRAWLER_XYZZY", "docs/settings.md has all that there are"),
    ],
)
def test_an_unknown_setting_is_refused_with_the_nearest_one(name: str, told: str) -> None:
    with pytest.raises(OptionError, match="there is no such setting") as failure:
        check_names(["DOWNLOAD_DELAY", name], {})
    assert str(failure.value).startswith(f"{name}: ")
    assert told in str(failure.value)


def test_a_variable_is_refused_only_where_it_is_almost_one_that_is_read() -> None:
    check_names(
        [],
        {"CRAWLER_HOME": "/", "CRAWLER_SHARED": "/x", "CRAWLER_TOKEN": "x", "CRAWLER_CONTACT": "x"},
    )
    with pytest.raises(OptionError, match="did you mean CRAWLER_CONTACT"):
        check_names([], {"CRAWLER_CONTCT": "x"})


def test_the_defaults_of_scrapy_settings_are_those_of_the_table() -> None:
    set_there = {name for name in vars(crawler.settings) if name.startswith(config.PREFIX)}
    assert set_there == set(config.SETTINGS)
    assert config.defaults({"CRAWLER_CONTACT": "me"})["CRAWLER_CONTACT"] == "me"
    assert config.defaults({"CRAWLER_OUTPUT": "x"})["CRAWLER_OUTPUT"] == "output"


def test_settings_are_named_in_the_table_alone() -> None:
    """Elsewhere they are attributes of `config`, so that a name is misspelled nowhere."""
    quoted = {
        f"{path.relative_to(CODE)}: {node.value}"
        for path in CODE.rglob("*.py")
        if path.name != "config.py"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant) and node.value in config.SETTINGS
    }
    assert quoted == set()


@pytest.mark.parametrize(
    ("part", "table"), [("settings", settings_table), ("options", options_table)]
)
def test_the_documentation_has_the_tables_of_today(part: str, table: Any) -> None:
    document = DOCUMENT.read_text("utf-8")
    between = document.split(f"<!-- {part}:begin", 1)[1].split(f"<!-- {part}:end", 1)[0]
    assert between.partition("-->\n")[2] == table(), "run `crawler settings --markdown`"


def test_python_has_the_options_of_the_table() -> None:
    parameters = inspect.signature(run).parameters
    assert [name for name in parameters if name != "settings"] == list(KINDS)
    made = CrawlOptions.parse(
        items=["x"],
        **{n: p.default for n, p in parameters.items() if p.default is not p.empty if n in KINDS},
    )
    assert made == CrawlOptions.parse(items=["x"])


def test_a_command_line_of_all_options_makes_them_again() -> None:
    options = CrawlOptions.parse(
        items=["a"], output="o", only=["*.md"], limit=3, force=True, retry=["ok", "gone"],
        older_than="2d", in_place=True, wait=True, overwrite_edited=True, replay=["x.warc.gz"],
        record="y.warc.gz",
    )  # fmt: skip
    words = [word.removeprefix("--").partition("=") for word in options.words()]
    given: dict[str, Any] = {"retry": []}
    for name, equals, value in words:
        key = name.replace("-", "_")
        if key == "retry":
            given[key].append(value)
        else:
            given[key] = value if equals else True
    assert CrawlOptions.parse(items=["a"], **given) == options
