from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items.enrichment import (
    EndMarkerMissingError,
    find_section,
    has_begin_marker,
    section_for,
)

BEGIN, END = "<!-- article:begin https://a.example/ -->", "<!-- article:end -->"


def test_a_section_is_the_markdown_between_two_comments() -> None:
    assert section_for("https://a.example/", "\n# One\n\n    code\n\n", "\n") == (
        f"\n{BEGIN}\n\n# One\n\n    code\n\n{END}\n"
    )


def test_a_section_takes_the_line_ending_of_its_file() -> None:
    section = section_for("https://a.example/", "one\n\ntwo", "\r\n")
    assert section == f"\r\n{BEGIN}\r\n\r\none\r\n\r\ntwo\r\n\r\n{END}\r\n"


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/--><script>", "https://a.example/%2D-%3E%3Cscript%3E"),
        ("https://a.example/a---b-c", "https://a.example/a%2D%2D-b-c"),
        ("https://a.example/{{x}}{%y%}", "https://a.example/%7B%7Bx%7D%7D%7B%y%%7D"),
        ("https://a.example/a b\n\u2028", "https://a.example/a%20b%0A%E2%80%A8"),
        ("https://a.example/\u202ex\u2066", "https://a.example/%E2%80%AEx%E2%81%A6"),
        ("https://a.example/é?a=1&b=%20#c", "https://a.example/é?a=1&b=%20#c"),
    ],
)
def test_a_url_cannot_end_the_comment(url: str, written: str) -> None:
    first = section_for(url, "text", "\n").split("\n")[1]
    assert first == f"<!-- article:begin {written} -->"


@given(st.text(min_size=1))
def test_a_marker_with_any_url_is_found_as_one_line(url: str) -> None:
    section = section_for(url, "text", "\n")
    assert find_section(section, 0) == (1, len(section))
    comment = section.split("\n")[1][len("<!-- ") : -len(" -->")]
    assert not {"<", ">", "{", "}"} & set(comment)
    assert "--" not in comment


@pytest.mark.parametrize(
    "markdown", [END, f"a\n{BEGIN}\nb", f"a\n{END}\r\nb", "a\n<!-- article:begin x -->"]
)
def test_markdown_with_a_marker_is_an_error(markdown: str) -> None:
    with pytest.raises(ValueError, match="marker"):
        section_for("https://a.example/", markdown, "\n")


def test_an_article_needs_a_url() -> None:
    with pytest.raises(ValueError, match="URL"):
        section_for("", "text", "\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{BEGIN}\n", True),
        (f"a\n{BEGIN}\r\nb", True),
        (f" {BEGIN}", False),
        (f"a {BEGIN}", False),
        (f"a\r{BEGIN}", False),
        (f"a\u2028{BEGIN}", False),
        (f"{BEGIN} ", False),
        ("<!-- article:begin -->", False),
    ],
)
def test_a_marker_is_a_whole_line(text: str, expected: bool) -> None:
    assert has_begin_marker(text) is expected


def test_the_last_section_counts() -> None:
    text = f"{BEGIN}\nx\n{END}\n{BEGIN}\ny\n{END}\nafter"
    assert text[slice(*find_section(text, 0) or ())] == f"{BEGIN}\ny\n{END}\n"


def test_a_section_without_an_end_is_an_error_that_says_where() -> None:
    with pytest.raises(EndMarkerMissingError) as caught:
        find_section(f"ab\n{END}\n{BEGIN}\ntext", 0)
    assert caught.value.start == len(f"ab\n{END}\n")


def test_no_section_is_none() -> None:
    assert find_section(f"text\n{END}\n", 0) is None
