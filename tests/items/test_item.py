from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import ItemError
from crawler.items.enrichment import insert_added_parts
from crawler.items.item import MAX_FILE_BYTES, Item, item_facts_hash, parse_item, read_item

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "originalUrl: https://a.example/\n"
BLOCK = "enrichment:\n  schema: 1\n  source:\n    state: ok\n"

FULL = """\
title: "One"
excerpt: "two\\r\\n"
publishedDateTime: 2021-05-11T08:56:31Z
originalUrl: "https://a.example/original"
webUrl: "https://a.example/web"
ampWebUrl: "https://a.example/amp"
cdnAmpWebUrl: "https://cdn.example/amp"
type: video
published: false
7: seven

related:
  - title: "Two"
    webUrl: "https://b.example/"
    type: article
  - title: "Two again"
    webUrl: "https://b.example/"
"""


def parse(yaml_text: str, body: str = "") -> Item:
    return parse_item(f"---\n{yaml_text}---\n{body}".encode(), Path("a.md"))


def refusal(read: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ItemError) as caught:
        read()
    assert caught.value.problem.file == "a.md"
    assert "\n" not in caught.value.problem.reason
    return caught.value.problem.line, caught.value.problem.reason


def test_an_item_has_its_links_in_order() -> None:
    item = parse(FULL)
    assert item.source.urls == (
        "https://a.example/original",
        "https://a.example/web",
        "https://a.example/amp",
        "https://cdn.example/amp",
    )
    assert item.source.kind == "video"
    assert item.source.published == datetime(2021, 5, 11, 8, 56, 31, tzinfo=UTC)
    assert item.source.index is None
    assert [(link.index, link.title, link.web_url) for link in item.related] == [
        (0, "Two", "https://b.example/"),
        (1, "Two again", "https://b.example/"),
    ]
    assert item.data["excerpt"] == "two\r\n"
    assert item.data[7] == "seven"
    assert item.warnings == ()


def test_a_crlf_item_with_a_bom_keeps_its_bytes() -> None:
    data = f"\ufeff---\r\n{URL}---\r\nbody\r\n".encode()
    assert parse_item(data, Path("a.md")).text.encode() == data


def test_an_enriched_item_reads_as_its_original() -> None:
    original = parse(FULL, "body")
    text = insert_added_parts(original.text, BLOCK, ("https://a.example/", "text"))
    assert parse_item(text.encode(), Path("a.md")) == original


def test_an_added_block_may_make_the_front_matter_larger_than_its_bounds() -> None:
    block = BLOCK + "    x: 1\n" * 50_000
    assert parse_item(insert_added_parts(parse(URL).text, block, None).encode(), Path("a.md"))


def test_any_name_may_stand_for_the_path() -> None:
    with pytest.raises(ItemError) as caught:
        parse_item(b"", Path("/far/away/a.md"), name="away/a.md")
    assert caught.value.problem.file == "away/a.md"


@pytest.mark.parametrize(
    ("yaml_text", "line", "words"),
    [
        ("", 1, "empty"),
        ("- a\n", 2, "not a mapping"),
        ("title: 'x\n", 2, "not valid YAML"),
        ("title: [x\n" + URL, 3, "not valid YAML"),
        ("title: \x07\n" + URL, 2, "control character U+0007"),
        (URL + "title: &x 1\n", 3, "anchors"),
        ("title: x\n", 1, "no originalUrl, webUrl or AMP URL"),
        ("title: x\noriginalUrl:\n", 1, "no originalUrl, webUrl or AMP URL"),
        ("title: x\noriginalUrl: ''\n", 1, "no originalUrl, webUrl or AMP URL"),
        (URL + "webUrl: /news\n", 3, "webUrl is not an absolute http or https URL"),
        (URL + "ampWebUrl: ftp://a.example/\n", 3, "ampWebUrl is not an absolute"),
        (URL + "cdnAmpWebUrl: https://u:p@a.example/\n", 3, "cdnAmpWebUrl has a user name"),
        (URL + "webUrl: https:///x\n", 3, "webUrl has no host"),
        (URL + 'webUrl: "https://a.example/\\nb"\n', 3, "webUrl has white space"),
        (URL + "webUrl: [https://a.example/]\n", 3, "webUrl is not a text"),
        (URL + "webUrl: 12\n", 3, "webUrl is not a text"),
        (URL + f"webUrl: https://a.example/{'x' * 2083}\n", 3, "webUrl is longer"),
        (URL + "webUrl: !!binary aHR0cHM6Ly9hLmV4YW1wbGUv\n", 3, "webUrl is not an absolute"),
        (URL + "webUrl: !own [https://a.example/]\n", 3, "webUrl is not a text"),
        (URL + "webUrl: =\n", 3, "webUrl is not an absolute"),
        (URL + "webUrl: false\n", 3, "webUrl is not a text"),
        (URL + "<<: {webUrl: https://b.example/}\n", 3, "<< merges 'webUrl'"),
        (URL + "<<: [{x: 1}, {related: []}]\n", 3, "<< merges 'related'"),
        (URL + "related: {webUrl: x}\n", 3, "related is not a list"),
        (URL + "related: https://b.example/\n", 3, "related is not a list"),
        (URL + "? enrichment\n: 1\n", 3, "the key 'enrichment' is not this crawler's"),
        (URL + '"enric\\x68ment": 1\n', 3, "the key 'enrichment' is not this crawler's"),
        (URL + "enrichment:\n  mine: 1\n", 3, "the key 'enrichment' is not this crawler's"),
        (f"title: 'x\n{BLOCK}  y'\n{URL}", 2, "not valid YAML"),
        (f"{BLOCK}title: x\n{URL}webUrl: /x\n", 8, "webUrl is not an absolute"),
        (f"title: x\n{BLOCK}{URL}title: y\n", 8, "'title' is given twice"),
    ],
)
def test_a_bad_item_is_refused_with_its_line(yaml_text: str, line: int, words: str) -> None:
    found_line, reason = refusal(lambda: parse(yaml_text))
    assert words in reason
    assert found_line == line


def test_our_block_inside_a_quoted_value_is_not_taken_out() -> None:
    """The value would lose lines that its author wrote."""
    line, reason = refusal(lambda: parse(f"{URL}title: 'x\n{BLOCK}y: '\n"))
    assert (line, "quoted scalar" in reason) == (3, True)


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "first line"),
        (b"text", 1, "first line"),
        (b"---\na: 1\n", 1, "does not end"),
        (b"---\na: 1\nb: \xe9\n---\n", 3, "not UTF-8"),
        (b"---\na: 1\n---\n\xed\xa0\x80", 4, "not UTF-8"),
        (b"\xff\xfe-\x00-\x00-\x00\n\x00", 1, "not UTF-8"),
    ],
)
def test_bad_bytes_are_refused_with_their_line(data: bytes, line: int, words: str) -> None:
    found_line, reason = refusal(lambda: parse_item(data, Path("a.md")))
    assert words in reason
    assert found_line == line


def test_a_bad_related_entry_costs_only_itself() -> None:
    item = parse(
        URL + "related:\n"
        "- https://b.example/\n"
        "- title: no address\n"
        "- title: bad\n  webUrl: /b\n"
        "- webUrl: https://b.example/\n  ampWebUrl: amp\n  publishedDateTime: soon\n"
        "- webUrl: 3\n"
        "-\n"
        "- {webUrl: https://c.example/}\n"
    )
    assert [(link.index, link.urls) for link in item.related] == [
        (3, ("https://b.example/",)),
        (6, ("https://c.example/",)),
    ]
    assert [(warning.line, warning.reason) for warning in item.warnings] == [
        (4, "related[0] is not a mapping"),
        (5, "related[1].webUrl is missing"),
        (7, "related[2].webUrl is not an absolute http or https URL"),
        (9, "related[3].ampWebUrl is not an absolute http or https URL"),
        (10, "related[3].publishedDateTime is not a date or date-time"),
        (11, "related[4].webUrl is not a text"),
        (12, "related[5] is not a mapping"),
    ]
    assert {warning.file for warning in item.warnings} == {"a.md"}


def test_thousands_of_bad_related_entries_do_not_take_long() -> None:
    start = time.perf_counter()
    item = parse(URL + "related:\n" + "- webUrl: x\n" * 6_600)
    assert len(item.warnings) == 6_600
    assert time.perf_counter() - start < 5


ODD_FIELDS = (Path(__file__).parent / "odd_fields.txt").read_text().split("\n\n")


@pytest.mark.parametrize("field", ODD_FIELDS)
def test_an_odd_value_of_a_field_that_is_not_ours_costs_nothing(field: str) -> None:
    """Such as exports of databases and other content managers bring."""
    yaml_text = f"{URL}{field}\n"
    item = parse(yaml_text, "body\n")
    assert item.source.urls == ("https://a.example/",)
    assert item.warnings == ()
    enriched = insert_added_parts(item.text, BLOCK, None)
    assert parse_item(enriched.encode(), Path("a.md")) == item
    assert item_facts_hash(item) == item_facts_hash(parse(yaml_text))


@pytest.mark.parametrize(
    "value", ["yesterday", "2020-13-45", "0000-00-00", "=", "5", "[1]", "!!binary eA==", "!x y"]
)
def test_a_bad_date_loses_the_date_and_not_the_item(value: str) -> None:
    item = parse(f"title: x\npublishedDateTime: {value}\n{URL}")
    assert (item.source.published, item.source.urls) == (None, ("https://a.example/",))
    assert [(warning.line, warning.reason) for warning in item.warnings] == [
        (3, "publishedDateTime is not a date or date-time")
    ]


def test_a_good_web_url_stands_in_for_an_empty_original_one() -> None:
    item = parse('originalUrl: ""\nwebUrl: " https://a.example/ "\nampWebUrl: ~\n')
    assert item.source.urls == (item.source.web_url,) == ("https://a.example/",)
    item = parse("webUrl: >\n  https://a.example/\noriginalUrl: |+\n\n\n")
    assert item.source.urls == ("https://a.example/",)


def test_a_related_entry_that_merges_a_field_of_ours_is_told() -> None:
    item = parse(f"{URL}related:\n- <<: {{type: video}}\n  webUrl: https://b.example/\n")
    assert [link.kind for link in item.related] == ["article"]
    assert [warning.line for warning in item.warnings] == [4]


@pytest.mark.parametrize("value", ["", " []", " ~", ' ""', " {}", ' " "'])
def test_an_item_may_have_nothing_related(value: str) -> None:
    assert parse(f"{URL}related:{value}\n").related == ()


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(f"---\r\n{URL}---\r\n".encode())
    item = read_item(path)
    assert item.path == path
    assert item.text == f"---\r\n{URL}---\r\n"


def test_a_missing_file_a_folder_a_dangling_link_and_a_pipe_are_refused(tmp_path: Path) -> None:
    dangling, pipe = tmp_path / "link.md", tmp_path / "pipe.md"
    dangling.symlink_to(tmp_path / "nowhere")
    os.mkfifo(pipe)
    for path, words in (
        (tmp_path / "missing.md", "No such file"),
        (dangling, "No such file"),
        (tmp_path, "not a regular file"),
        (pipe, "not a regular file"),
    ):
        line, reason = refusal(lambda path=path: read_item(path, name="a.md"))
        assert (line, words in reason) == (1, True)


def test_a_file_may_have_16_mib(tmp_path: Path) -> None:
    start = f"---\n{URL}---\n".encode()
    path = tmp_path / "a.md"
    path.write_bytes(start.ljust(MAX_FILE_BYTES, b"x"))
    assert len(read_item(path).text) == MAX_FILE_BYTES
    path.write_bytes(start.ljust(MAX_FILE_BYTES + 1, b"x"))
    line, reason = refusal(lambda: read_item(path, name="a.md"))
    assert (line, "larger" in reason) == (1, True)


_ENDINGS = (
    "",
    "b: |+\n  x\n\n\n",
    "b: >-\n  x\n",
    "b: |\n \n",
    "b: |\n   \n",
    "b:\n",
    "b: plain\n  text\n",
    "# note\n",
    "\n \n",
    "b: 'x\ny'\n",
    "b: [1,\n2]\n",
    "b:\n- 1\n",
    "b:\n- c:\n",
    "? b\n",
    "b: x # y\u2028",
    "b: x\r",
)


@pytest.mark.parametrize("ending", _ENDINGS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("more", ["", "z: 1\n"])
def test_enrichment_leaves_every_value_as_it_was(ending: str, newline: str, more: str) -> None:
    """However the front matter ends, the added key is a key and no part of the last value."""
    text = f"---\n{URL}{ending}\n---\n".replace("\n", newline)
    original = parse_item(text.encode(), Path("a.md"))
    enriched = insert_added_parts(text, BLOCK, None).removesuffix(f"---{newline}")
    whole = yaml.safe_load(enriched.removeprefix(f"---{newline}"))
    assert whole.pop("enrichment") == {"schema": 1, "source": {"state": "ok"}}
    assert whole == original.data
    read = parse_item(f"{enriched}{more}---\n".encode(), Path("a.md"))
    assert read.data == (original.data | {"z": 1} if more else original.data)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_item_or_an_item_error(noise: bytes) -> None:
    for data in (noise, b"---\n" + noise + b"\n---\n", f"---\n{URL}".encode() + noise + b"\n---\n"):
        try:
            item = parse_item(data, Path("a.md"))
        except ItemError as error:
            assert 1 <= error.problem.line <= data.count(b"\n") + 1  # noqa: PT017 - both are right
        else:
            assert item.text.encode() == data


_YAML_PIECES = (
    *("a", ": ", ":", "- ", "\n", "  ", "'", '"', "[", "]", "{", "}", ",", "|", ">", "#", "?"),
    *(
        "=",
        "<<",
        "~",
        "!!binary ",
        "!x ",
        "!!int ",
        "!!set ",
        "? ",
        "0000-00-00",
        "9" * 5000,
        "yes",
        "\\x",
        "%",
        "@",
        "`",
        "\t",
        "\r",
        "\x85",
        "\ufeff",
        ".",
        "_",
    ),
    *("1", "2020-01-01", "0x", "e+1", "related", "webUrl", "publishedDateTime"),
    *("enrichment", "  schema: 1\n"),
)


@given(st.lists(st.sampled_from(_YAML_PIECES), max_size=25).map("".join))
def test_any_yaml_is_an_item_or_an_item_error(noise: str) -> None:
    data = f"---\n{URL}{noise}\n---\n".encode()
    try:
        parse_item(data, Path("a.md"))
    except ItemError as error:
        assert 1 <= error.problem.line <= data.count(b"\n") + 1  # noqa: PT017 - both are right
