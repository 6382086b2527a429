from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import pytest

from crawler.exceptions import ItemError
from crawler.items.bounds import MAX_BYTES, MAX_DEPTH, MAX_NODES, check_bounds


def refusal(yaml_text: str) -> tuple[int, str]:
    with pytest.raises(ItemError) as caught:
        check_bounds(yaml_text, file="a.md")
    assert caught.value.problem.file == "a.md"
    return caught.value.problem.line, caught.value.problem.reason


@pytest.mark.parametrize(
    ("yaml_text", "line", "words"),
    [
        ("a: 1\nb: &x 2\n", 3, "anchors"),
        ("a: 1\nb: &x\n  c: 2\n", 3, "anchors"),
        ("a: 1\nb: *x\n", 3, "aliases"),
        ("a: 1\nb:\n  <<: *x\n", 4, "aliases"),
        ("title: 1\nb: 2\ntitle: 3\n", 4, "the key 'title' is given twice"),
        ("webUrl: 1\n'webUrl': 3\n", 3, "the key 'webUrl' is given twice"),
        ("? [a, b]\n: 1\ntype: 1\n!!str type: 1\n", 5, "the key 'type' is given twice"),
        ("related:\n- webUrl: 1\n- type: 1\n  type: 3\n", 5, "the key 'type' is given twice"),
        ("related: [{webUrl: 1, webUrl: 3}]\n", 2, "the key 'webUrl' is given twice"),
        ("a\u2028\x1b: 1\n", 2, "control character U+001B"),
        ("a: 1\n...\n", 3, "document markers"),
        ("--- {a: 1}\n", 2, "document markers"),
        ("%YAML 1.1\n--- {a: 1}\n", 2, "document markers"),
        ("a: 1\n--- # more\nb: 1\n", 3, "document markers"),
        ("a: 1\r---\rb: 1\n", 2, "document markers"),
        ("a: 1\nb: [1\n", 3, "not valid YAML"),
        ('a: 1\nb: "x\n\nc: 1\n', 3, "not valid YAML"),
        ("a: 1\n\tb: 1\n", 3, "not valid YAML"),
        ("a: 1\nb: \x00\n", 3, "control character U+0000"),
        ("a: 1\nb: '\x85\x80'\n", 3, "control character U+0080"),
        ("a: 1\nb: '\ufffe'\n", 3, "control character U+FFFE"),
    ],
)
def test_what_items_do_not_need_is_refused_with_its_line(
    yaml_text: str, line: int, words: str
) -> None:
    found_line, reason = refusal(yaml_text)
    assert words in reason
    assert "\n" not in reason
    assert found_line == line


@pytest.mark.parametrize(
    "yaml_text",
    [
        "",
        "# nothing\n",
        "a: {b: 1}\nc: {b: 1}\n",
        "- {b: 1}\n- {b: 1}\n",
        "'<<': 1\n",
        "a: !!str 2\nb: !!python/object:os.system {}\nc: ! 2\nd: !own [1]\n",
        "<<: {c: 1}\nb:\n  <<: [{c: 1}, {d: 1}]\n",
        "a: 1\nb: 2\na: 3\n'a': 4\n",
        "b:\n- {c: 1}\n- {c: 1, d: 2, c: 3}\n",
        "b:\n  ? [c, c]\n  : 1\n  d: 1\n  d: 1\n",
        "seo: {title: 1, title: 2}\nrelated: [{more: {type: 1, type: 2}}, [{type: 1, type: 2}]]\n",
        "related: {title: 1, title: 2}\n",
        "a: '&x *y !z'\n",
        "? [1, 1]\n: 1\n",
        "a: \U0001f600\ufeff\x85\n",
    ],
)
def test_what_is_harmless_passes(yaml_text: str) -> None:
    check_bounds(yaml_text, file="a.md")


def test_size_is_counted_in_bytes_of_utf_8() -> None:
    frame = len("a: ''\n")
    check_bounds(f"a: '{'é' * ((MAX_BYTES - frame) // 2)}'\n", file="a.md")
    _, reason = refusal(f"a: '{'é' * ((MAX_BYTES - frame) // 2 + 1)}'\n")
    assert "larger" in reason


def test_depth_counts_every_collection_that_is_open() -> None:
    inner = MAX_DEPTH - 1
    check_bounds(f"a: {'[' * inner}{']' * inner}\n", file="a.md")
    check_bounds(f"a: [{'[],' * 100}]\n", file="a.md")
    line, reason = refusal(f"b: 1\na: {'[' * (inner + 1)}{']' * (inner + 1)}\n")
    assert (line, "nested deeper" in reason) == (3, True)


def test_nodes_are_keys_values_and_collections() -> None:
    fitting = MAX_NODES - 3  # the mapping, the key and the sequence
    check_bounds("a:\n" + "- 1\n" * fitting, file="a.md")
    line, reason = refusal("a:\n" + "- 1\n" * (fitting + 1))
    assert (line, "nodes" in reason) == (MAX_NODES, True)


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "[\n", "{a: "])
def test_deep_nesting_does_not_end_the_process(opening: str) -> None:
    program = (
        "from crawler.items.bounds import check_bounds\n"
        "from crawler.exceptions import ItemError\n"
        "try:\n"
        f"    check_bounds({opening!r} * 25_000, file='a.md')\n"
        "except ItemError as error:\n"
        "    print(error.problem.reason)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    # libyaml of 2026 has a limit of its own, which brackets reach while it looks ahead for a key.
    assert "nested deeper" in done.stdout or "maximum nesting depth" in done.stdout


def test_an_alias_bomb_costs_nothing() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    start = time.perf_counter()
    assert "anchors" in refusal("\n".join(lines) + "\n")[1]
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "piece", ["[", "a: ", "- ", "# ", '"', "\n", "\r", "\t", " ", "b ", "b\n  ", "1,", "k:\n "]
)
def test_no_repeated_piece_takes_long(piece: str) -> None:
    text = "a: " + piece * (MAX_BYTES // len(piece) - 10)
    start = time.perf_counter()
    with contextlib.suppress(ItemError):
        check_bounds(text, file="a.md")
    assert time.perf_counter() - start < 2
