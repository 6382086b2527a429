from __future__ import annotations

from typing import Any

import pytest

from crawler.extraction.article import Article, Image
from crawler.page_objects import FIELDS, Rendered, clean_fields

URL = "https://news.example/a"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("title", " A <b>b</b>\n c ", "A b c"),
        ("title", None, None),
        ("authors", ["Ada  Okafor", "", None], ("Ada Okafor",)),
        ("published", "3 June 2025", "2025-06-03"),
        ("language", "pt_br", "pt-BR"),
        ("canonical_url", "/b", "https://news.example/b"),
        ("canonical_url", "javascript:x", None),
        ("free_to_read", False, False),
        (
            "images",
            ["/a.jpg", Image("//i.example/b", 3, 2, "<i>alt</i>")],
            (Image("https://news.example/a.jpg"), Image("https://i.example/b", 3, 2, "alt")),
        ),
        ("images", ["data:x"], ()),
        ("markdown", "one *two*\n\n three\nfour", "one \\*two\\*\n\nthree four"),
        ("markdown", Rendered("**bold**"), "**bold**"),
    ],
)
def test_what_is_returned_comes_out_inert(name: str, value: Any, kept: Any) -> None:
    assert clean_fields({name: value}, URL)[name] == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", 3),
        ("authors", "Ada"),
        ("authors", [3]),
        ("published", "soon"),
        ("language", "?"),
        ("canonical_url", 3),
        ("free_to_read", "yes"),
        ("images", "/a.jpg"),
        ("images", [Image("/a", "wide")]),  # type: ignore[arg-type]
        ("markdown", ["p"]),
    ],
)
def test_a_value_of_another_kind_is_an_error_that_names_its_field(name: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{name}: "):
        clean_fields({name: value}, URL)


def test_what_is_measured_of_a_text_follows_the_text() -> None:
    fields = clean_fields({"markdown": Rendered("three short words")}, URL)
    assert (fields["word_count"], fields["reading_minutes"]) == (3, 1)
    assert fields["content_hash"]
    none = clean_fields({"markdown": None}, URL)
    assert (none["markdown"], none["word_count"], none["reading_minutes"]) == ("", 0, 0)
    assert none["content_hash"] is None


def test_all_fields_are_those_of_an_article() -> None:
    assert FIELDS.keys() <= Article.__dataclass_fields__.keys()
