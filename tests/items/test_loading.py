from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from crawler.items.loading import load_mapping
from crawler.problem import ItemError


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
        ("a: 1\nb: 2020-13-45\n", 3, "'2020-13-45' is not a possible date"),
        ("a: 2020-01-01T00:00:00+99:00\n", 2, "not a possible date"),
        ("a: 0b_\n", 2, "'0b_' is not a possible integer"),
        (f"a: {'1:' * 400}1.5\n", 2, "not a possible number"),
        (f"a: {'9' * 5000}\n", 2, "not a possible integer"),
        ("a: 1\nb: =\n", 3, "not valid YAML"),
        ("a: 1\nb:\n  yes: 1\n  true: 2\n", 4, "mean the same"),
        ("1: a\n0x1: b\n", 2, "mean the same"),
        ("a: 1\n? [b]\n: 1\n", 3, "unhashable"),
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


def test_a_number_in_base_60_of_any_length_is_refused_at_once() -> None:
    start = time.perf_counter()
    assert "not a possible integer" in refusal(f"a: 1{':1' * 130_000}\n")[1]
    assert time.perf_counter() - start < 1
