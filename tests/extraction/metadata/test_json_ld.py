from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.metadata.json_ld import MAX_SCRIPT_CHARACTERS, MAX_SCRIPTS, json_ld_values


@pytest.mark.parametrize(
    "script",
    [
        '{"headline": "A"}',
        '\ufeff {"headline": "A"};',
        '<!-- {"headline": "A"} -->',
        '//<![CDATA[\n{"headline": "A"}\n//]]>',
        '/*<![CDATA[*/ {"headline": "A"} /*]]>*/',
        '{"headline": "A",}',
        '{"headline": "A", , }',
        '{"headline": "A" // the title\n}',
        '{/* the title */ "headline": "A"}',
        '{"headline": "\\A"}',
        "{&quot;headline&quot;: &quot;A&quot;}",
    ],
)
def test_a_broken_script_is_read(script: str) -> None:
    assert json_ld_values([script]) == [{"headline": "A"}]


def test_literal_newlines_and_tabs_in_strings_are_read() -> None:
    assert json_ld_values(['{"a": "one\n\ttwo"}']) == [{"a": "one\n\ttwo"}]


def test_a_repair_leaves_strings_alone() -> None:
    script = r'{"a": "x, } // y /* z", "b": "it\'s \"so\"",}'
    assert json_ld_values([script]) == [{"a": "x, } // y /* z", "b": 'it\'s "so"'}]


def test_several_objects_in_one_script_are_all_read() -> None:
    assert json_ld_values(['{"a": 1} {"b": 2}, [3];', '{"c": 4}']) == [
        {"a": 1},
        {"b": 2},
        [3],
        {"c": 4},
    ]


def test_what_stands_before_a_defect_is_kept() -> None:
    assert json_ld_values(['{"a": 1} {"b": ', "garbage", "", '{"c": 2}']) == [{"a": 1}, {"c": 2}]


def test_numbers_that_json_does_not_have_become_none() -> None:
    script = '{"a": NaN, "b": -Infinity, "c": ' + "9" * 5000 + "}"
    assert json_ld_values([script]) == [{"a": None, "b": None, "c": None}]


def test_too_many_and_too_long_scripts_are_not_read() -> None:
    assert len(json_ld_values(['{"a": 1}'] * (MAX_SCRIPTS + 9))) == MAX_SCRIPTS
    long = '{"a": "' + "x" * MAX_SCRIPT_CHARACTERS + '"}'
    assert json_ld_values([long, '{"b": 2}']) == [{"b": 2}]


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        '{"a":',
        '"',
        '\\"',
        "/*",
        "//",
        ",",
        ", ",
        "{",
        "<!--",
        ";",
        '{"a": "\\',
        "]]>",
        "&quot;",
    ],
)
def test_a_mebibyte_of_one_piece_costs_little(piece: str) -> None:
    script = '{"x": ' + piece * ((MAX_SCRIPT_CHARACTERS - 10) // len(piece))
    start = time.process_time()
    assert json_ld_values([script]) == []
    assert time.process_time() - start < 3


@settings(deadline=None)  # a busy machine is no defect
@given(st.text(alphabet='{}[]",:\\/*<!->;&ua01 \n') | st.text())
def test_any_text_is_survived(script: str) -> None:
    assert isinstance(json_ld_values([script]), list)


@settings(deadline=None)  # a busy machine is no defect
@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.text(max_size=9) | st.integers(-9, 9),
            st.lists,
            max_leaves=5,
        ),
    )
)
def test_sound_json_is_read_as_json_is(value: dict[str, object]) -> None:
    assert json_ld_values([json.dumps(value, ensure_ascii=False)]) == [value]
