from __future__ import annotations

from pathlib import Path

import pytest

from crawler.items.item import item_facts_hash, parse_item, text_digest

BASE = """\
title: One
originalUrl: https://a.example/
heat: 1
provider: {name: A, quality: 1}
topics: [x, y]
related:
- webUrl: https://b.example/
  quality: 3
- odd
"""


def facts(yaml_text: str, body: str = "") -> str:
    return item_facts_hash(parse_item(f"---\n{yaml_text}---\n{body}".encode(), Path("a.md")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("heat: 1", "heat: 2"),
        ("heat: 1\n", ""),
        ("heat: 1", "secured: 'abc'\nquality: 5"),
        ("  quality: 3", "  quality: 4\n  heat: 1\n  secured: x"),
        (
            "title: One\noriginalUrl: https://a.example/",
            "originalUrl: https://a.example/\ntitle: One",
        ),
        ("{name: A, quality: 1}", "{quality: 1, name: 'A'}"),
        ("[x, y]", "\n- x # first\n- y"),
    ],
)
def test_what_does_not_matter_leaves_the_hash(old: str, new: str) -> None:
    assert old in BASE
    assert facts(BASE.replace(old, new)) == facts(BASE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: One", "title: Two"),
        ("title: One\n", ""),
        ("{name: A, quality: 1}", "{name: A, quality: 2}"),
        ("[x, y]", "[y, x]"),
        ("[x, y]", "['x, y']"),
        ("https://b.example/", "https://c.example/"),
        ("- odd", "- {odd: }"),
        ("- odd", ""),
        ("title: One", "title: One\nnew: "),
    ],
)
def test_what_matters_changes_the_hash(old: str, new: str) -> None:
    assert old in BASE
    assert facts(BASE.replace(old, new)) != facts(BASE)


def test_values_of_different_types_are_different() -> None:
    values = ["1", "'1'", "1.0", "true", "'true'", "~", "''", "2020-01-01", "'2020-01-01'"]
    values += ["2020-01-01T00:00:00", "2020-01-01T00:00:00Z", "[]", "{}", "[1]", ".nan", "{1: 2}"]
    assert len({facts(f"{BASE}value: {value}\n") for value in values}) == len(values)


def test_the_body_does_not_count() -> None:
    assert facts(BASE, "text") == facts(BASE)


def test_the_hash_is_the_same_in_every_run() -> None:
    assert facts("webUrl: https://a.example/\n") == text_digest('{"webUrl":"https://a.example/"}')


def test_a_digest_is_sha_256_of_utf_8() -> None:
    expected = "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
    assert text_digest("é") == expected
