"""One value of a front matter is written anew, in many styles of YAML; every other byte stays."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crawler.exceptions import ItemError
from crawler.items.enrichment import insert_added_parts, remove_added_parts
from crawler.items.front_matter import load_mapping, split_text
from crawler.items.scalar import field_name, with_value

STYLES: Any = tomllib.loads(Path(__file__).with_name("url_styles.toml").read_text("utf-8"))
OLD, NEW = "http://old.example/a?b=1", "https://new.example/2024/a-b?c=d&e=%C3%A9"
BLOCK = 'enrichment:\n  schema: 1\n  state: "ok"\n  requestedUrl: "http://old.example/a?b=1"\n'
# What may stand in an address that is written into an item; plain scalars do not take all of it.
URLS = st.text("abzAZ09-._~:/?#@!$&*+,;=%", min_size=1, max_size=30).map(
    "https://n.example/{}".format
)


def style(case: dict[str, Any]) -> str:
    return str(case["name"])


def item(case: dict[str, Any], url: str, *, crlf: bool = False, mark: str = "") -> str:
    text = f"---\n{case['yaml'].replace('<URL>', url)}---\nBody: http://old.example/a?b=1 \n"
    return mark + (text.replace("\n", "\r\n") if crlf else text)


def enriched(text: str) -> str:
    return insert_added_parts(text, BLOCK, None)


def value_at(data: Any, path: list[str | int]) -> Any:
    for step in path:
        data = data[step]
    return data


def with_value_at(data: Any, path: list[str | int], value: str) -> Any:
    value_at(data, path[:-1])[path[-1]] = value
    return data


def loaded(text: str) -> Any:
    original = remove_added_parts(text, file="x.md")
    return load_mapping(split_text(original, file="x.md").yaml, file="x.md")


@pytest.mark.parametrize("case", STYLES["edited"], ids=style)
@pytest.mark.parametrize("crlf", [False, True], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "BOM"])
@pytest.mark.parametrize("is_enriched", [False, True], ids=["plain", "enriched"])
def test_exactly_one_value_is_another_and_all_around_it_is_as_it_was(
    case: dict[str, Any], crlf: bool, mark: str, is_enriched: bool
) -> None:
    path = case["path"]
    plain = item(case, OLD, crlf=crlf, mark=mark)
    text = enriched(plain) if is_enriched else plain
    expected = item(case, NEW, crlf=crlf, mark=mark)
    edited = with_value(text, path, NEW, file="x.md")
    assert edited == (enriched(expected) if is_enriched else expected)
    assert repr(loaded(edited)) == repr(with_value_at(loaded(text), path, NEW))


@given(case=st.sampled_from(STYLES["edited"]), url=URLS, crlf=st.booleans(), below=st.booleans())
@example(STYLES["edited"][0], "https://n.example/a:", False, False)
@example(STYLES["edited"][0], "https://n.example/#a", True, True)
@example(STYLES["edited"][10], "https://n.example/a,b", False, False)
@example(STYLES["edited"][10], "https://n.example/?", True, False)
def test_whatever_the_address_parsers_of_both_versions_of_yaml_read_it(
    case: dict[str, Any], url: str, crlf: bool, below: bool
) -> None:
    plain = item(case, OLD, crlf=crlf)
    text = enriched(plain) if below else plain
    edited = with_value(text, case["path"], url, file="x.md")
    before, after = item(case, "\0", crlf=crlf).split("\0")
    assert edited.startswith(before)
    rest = edited[len(before) :]
    assert rest.removeprefix('"').startswith(url)
    tail = enriched(plain)[len(before) + len(OLD) :] if below else after
    assert rest.removeprefix('"').removeprefix(url).removeprefix('"') == tail.removeprefix('"')
    assert repr(loaded(edited)) == repr(with_value_at(loaded(text), case["path"], url))
    if style(case) != "dates, numbers, nulls and merge keys that nobody reads":
        newer = YAML(typ="safe", pure=True).load(split_text(edited, file="x.md").yaml)
        assert value_at(newer, case["path"]) == url


@pytest.mark.parametrize("case", STYLES["refused"], ids=style)
def test_what_cannot_be_edited_safely_is_refused_with_its_line(case: dict[str, Any]) -> None:
    for crlf in (False, True):
        with pytest.raises(ItemError) as refused:
            with_value(item(case, OLD, crlf=crlf), case["path"], NEW, file="x.md")
        problem = refused.value.problem
        assert (problem.line, problem.reason) == (case["line"], case["reason"])


def test_a_field_is_called_as_people_write_it() -> None:
    assert field_name(("related", 2, "webUrl")) == "related[2].webUrl"
    assert field_name(("originalUrl",)) == "originalUrl"
