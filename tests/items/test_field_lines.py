from __future__ import annotations

from crawler.items.front_matter import FieldLines

LINES = FieldLines("a: 1\r\nb:\n  c: [x,\n   y]\n3: z\nrelated:\n- d: 1\n  e:\n    2\n-\n  f: 1\n")


def test_a_key_is_on_its_line() -> None:
    assert LINES.line("a") == 2
    assert LINES.line("b", "c") == 4
    assert LINES.line("related", 0, "e") == 9


def test_a_list_entry_is_where_it_begins() -> None:
    assert LINES.line("b", "c", 1) == 5
    assert LINES.line("related", 0) == 8
    assert LINES.line("related", 1) == 12


def test_what_is_missing_is_where_it_would_be() -> None:
    assert LINES.line("z") == 2
    assert LINES.line("related", 1, "webUrl") == 12
    assert LINES.line("a", "deeper", 3) == 2


def test_only_lf_ends_a_line() -> None:
    assert FieldLines("a: 1 # \x85\u2028b: 1\rc: 1\nd: 1\n").line("d") == 3
