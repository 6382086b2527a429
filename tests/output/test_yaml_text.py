from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crawler.output.yaml_text import dump_mapping
from crawler.states import State

TRAPS = [
    *("", " ", "no", "Yes", "on", "y", "null", "~", "=", "<<", "-", "?", ":", "#", "|", ">", "&a"),
    *("*a", "!a", "%a", "@a", "`a", "a: b", "a #b", "- a", "? a", "---", "...", "[a]", "{a: b}"),
    *("1", "1e3", "0o17", "017", "0x1f", "1_000", "1:30", ".inf", ".nan", "+1", "2020-09-04"),
    *("2020-09-04T10:00:00Z", " a ", "a\n", "\na", "a\r\nb", "a\tb", "a\x85b", "a\u2028b\u2029c"),
    *("\ufeffa", "a\ufeff", "\x00\x01\x1b\x7f\x9f", "\ufffe\uffff\U0001ffff", "a\\nb", 'a"b', "'"),
    *(
        "{{ x }}",
        "{{{",
        "{% x %}",
        "{# x",
        "<!-- x",
        "<script>",
        "</b>",
        "<?x",
        "a < b",
        "👩\u200d👧",
    ),
    *(
        "日本語",
        "é\u0301",
        "\u202eabc\u2066",
        "\xa0a\xa0",
        "\u3000a",
        "a\\",
        "\\",
        '"',
        "x" * 10_000,
    ),
    *("word " * 2_000, '" \\' * 3_000),
]
_texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(TRAPS)
_scalars = _texts | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
_keys = st.sampled_from(["a", "b", "title", "webUrl", "x1", "yesNo"])
_values = st.recursive(
    _scalars | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=12,
)
_mappings = st.dictionaries(_keys, _values, max_size=4)


def load_libyaml(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)


def load_pyyaml(text: str) -> Any:
    return yaml.load(text, yaml.SafeLoader)


def load_ruamel(text: str) -> Any:
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 2)
    return parser.load(io.StringIO(text))


LOADERS = [load_libyaml, load_pyyaml, load_ruamel]


def without_nothing(value: Any) -> Any:
    """Return the structure as the file can say it: without None and empty containers."""
    if isinstance(value, Mapping):
        kept = {key: without_nothing(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})} or None
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [kept for item in value if (kept := without_nothing(item)) not in (None, [], {})]
    return value


def test_the_layout_is_block_style_with_two_spaces() -> None:
    text = dump_mapping(
        {
            "title": 'A "b"',
            "count": 3,
            "ratio": 0.5,
            "isFree": True,
            "nothing": None,
            "empty": [],
            "topics": ["a", 2],
            "images": [{"url": "u", "size": {"width": 1}}, {"url": "v", "tags": ["t"]}],
            "hollow": {"a": {"b": None}, "c": [[], {}]},
            "matrix": [["a", "b"], [1]],
        }
    )
    assert text == (
        'title: "A \\"b\\""\n'
        "count: 3\n"
        "ratio: 0.5\n"
        "isFree: true\n"
        "topics:\n"
        '  - "a"\n'
        "  - 2\n"
        "images:\n"
        '  - url: "u"\n'
        "    size:\n"
        "      width: 1\n"
        '  - url: "v"\n'
        "    tags:\n"
        '      - "t"\n'
        "matrix:\n"
        '  - - "a"\n'
        '    - "b"\n'
        "  - - 1\n"
    )


def test_an_indent_moves_every_line() -> None:
    assert dump_mapping({"a": {"b": 1}, "c": ["d"]}, indent=4) == (
        '    a:\n      b: 1\n    c:\n      - "d"\n'
    )


def test_a_mapping_of_nothing_is_no_text() -> None:
    assert dump_mapping({"a": None, "b": [None, {}]}) == ""


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("trap", TRAPS, ids=range(len(TRAPS)))
def test_a_trap_is_read_back_as_the_string_it_is(trap: str, load: Any) -> None:
    mapping = {"value": trap, "list": [trap, {"inner": trap}]}
    assert load(dump_mapping(mapping)) == mapping


@pytest.mark.parametrize("load", LOADERS)
@given(mapping=_mappings)
def test_every_parser_reads_the_same_structure(load: Any, mapping: dict[str, Any]) -> None:
    loaded = load(dump_mapping(mapping))
    assert repr(loaded) == repr(without_nothing(mapping))


@given(_mappings)
def test_only_top_level_keys_start_a_line_and_nothing_in_it_runs(mapping: dict[str, Any]) -> None:
    text = dump_mapping(mapping)
    for line in text.split("\n")[:-1]:
        assert re.match(r"[a-zA-Z0-9]+:|  ", line)
    assert text.endswith("\n") or not text
    assert not re.search(r"\{[{%#]|<[!/?A-Za-z]", text)
    assert len(text.splitlines()) == text.count("\n")


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("number", [1e16, 1e-05, -2.5e300, 5e-324, -0.0, 3.0, 10**30, -1])
def test_a_number_is_read_back_as_a_number(number: float, load: Any) -> None:
    assert repr(load(dump_mapping({"number": number}))["number"]) == repr(number)


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    assert dump_mapping({"a": "x\ud800y"}) == 'a: "x\ufffdy"\n'


def test_emoji_and_letters_stay_readable() -> None:
    assert dump_mapping({"a": "日本 é 👩\u200d👧"}) == 'a: "日本 é 👩\u200d👧"\n'


def test_a_string_enum_is_its_value() -> None:
    assert dump_mapping({"state": State.NOT_FOUND}) == 'state: "not-found"\n'


@pytest.mark.parametrize(
    "key", ["", "A", "a b", "a-b", "a:", "{{a", "é", "a\n", "1a", "no", "y", "null"]
)
def test_a_key_that_is_no_plain_identifier_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="camelCase"):
        dump_mapping({key: 1})


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_a_float_that_is_not_finite_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        dump_mapping({"a": number})


@pytest.mark.parametrize("value", [b"bytes", object(), {1, 2}, [b"x"]])
def test_other_types_are_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no place"):
        dump_mapping({"a": value})
