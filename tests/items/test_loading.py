from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from crawler.exceptions import ItemError
from crawler.items.front_matter import load_mapping


def refusal(yaml_text: str) -> tuple[int, str]:
    with pytest.raises(ItemError) as caught:
        load_mapping(yaml_text, file="a.md")
    return caught.value.problem.line, caught.value.problem.reason


@pytest.mark.parametrize(
    ("yaml_text", "line", "words"),
    [
        ("", 1, "empty"),
        ("# only a comment\n\n", 1, "empty"),
        ("\n- a\n", 3, "not a mapping"),
        ("text\n", 2, "not a mapping"),
        ("~\n", 2, "not a mapping"),
        ("\n{a: 1}\n", 3, "first column"),
        ("\n  a: 1\n", 3, "first column"),
        ("\n\ufeffa: 1\n", 3, "first column"),
        ("a: &b 1\n", 2, "anchors"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_its_line(
    yaml_text: str, line: int, words: str
) -> None:
    found_line, reason = refusal(yaml_text)
    assert words in reason
    assert "\n" not in reason
    assert found_line == line


def test_values_have_the_types_of_yaml() -> None:
    text = "a: 2021-05-11T08:56:31Z\nb: 2021-05-11\n3: [1, 2.5, yes, ~]\n~: 1:30\n"
    assert load_mapping(text, file="a.md") == {
        "a": datetime(2021, 5, 11, 8, 56, 31, tzinfo=UTC),
        "b": date(2021, 5, 11),
        3: [1, 2.5, True, None],
        None: 90,
    }


@pytest.mark.parametrize(
    ("value", "loaded"),
    [
        ("2020-13-45", "2020-13-45"),
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00"),
        ("2020-01-01T00:00:00+99:00", "2020-01-01T00:00:00+99:00"),
        ("0b_", "0b_"),
        ("9" * 5000, "9" * 5000),
        (f"{'1:' * 400}1.5", f"{'1:' * 400}1.5"),
        ("=", "="),
        ("[=, <<]", ["=", "<<"]),
        ("!!binary aGVsbG8=", "aGVsbG8="),
        ("!!binary '***'", "***"),
        ("!!set {b: , a: }", {"b": None, "a": None}),
        ("!!omap [a: 1, b: 2]", [{"a": 1}, {"b": 2}]),
        ("!!int ten", "ten"),
        ("!!float ''", ""),
        ("!!bool perhaps", "perhaps"),
        ("!!timestamp soon", "soon"),
        ("!!int [1]", [1]),
        ("!!map text", "text"),
        ("!!str 5", "5"),
        ("!own {x: !theirs [1]}", {"x": [1]}),
        ("!!python/object/apply:os.system ['true']", ["true"]),
        ("! x", "x"),
        ("{<<: {x: 1}, y: 2}", {"<<": {"x": 1}, "y": 2}),
        ("{yes: 1, true: 2, x: 1, x: 3}", {True: 2, "x": 3}),
        ("{? [b] : 1, ? {c: 1} : 2}", {"['b']": 1, "{'c': 1}": 2}),
        (".inf", float("inf")),
        ("1:30:00", 5400),
    ],
)
def test_what_is_no_value_is_what_is_written(value: str, loaded: object) -> None:
    assert load_mapping(f"a: {value}\n", file="a.md") == {"a": loaded}


def test_of_equal_keys_the_last_counts() -> None:
    assert load_mapping("1: a\n0x1: b\nx: 1\nx: 2\n", file="a.md") == {1: "b", "x": 2}


def test_a_number_in_base_60_of_any_length_takes_no_time() -> None:
    start = time.perf_counter()
    value = f"1{':1' * 130_000}"
    assert load_mapping(f"a: {value}\n", file="a.md") == {"a": value}
    assert time.perf_counter() - start < 2
