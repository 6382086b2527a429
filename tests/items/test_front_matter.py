from __future__ import annotations

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import ItemError
from crawler.items.front_matter import ItemHandler, join_text, split_text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("---\na: 1\n---\nbody", ("---\n", "a: 1\n", "---\n", "body")),
        ("---\r\na: 1\r\n---\r\nb\r\n", ("---\r\n", "a: 1\r\n", "---\r\n", "b\r\n")),
        ("\ufeff--- \t\na: 1\n---\t", ("\ufeff--- \t\n", "a: 1\n", "---\t", "")),
        ("---\n---\n---\n", ("---\n", "", "---\n", "---\n")),
        (
            "---\na: 1\n----\n ---\n---x\n---\r\n",
            ("---\n", "a: 1\n----\n ---\n---x\n", "---\r\n", ""),
        ),
        ("---\na: 1\r---\r\n---\n", ("---\n", "a: 1\r---\r\n", "---\n", "")),
        ("---\na: 1\u2028---\n---\n", ("---\n", "a: 1\u2028---\n", "---\n", "")),
        ("---\na: 1\x85---\n---\n\r", ("---\n", "a: 1\x85---\n", "---\n", "\r")),
        ("---\n---\r---\n---", ("---\n", "---\r---\n", "---", "")),
    ],
)  # fmt: skip - a case a line
def test_a_text_falls_into_four_parts(text: str, parts: tuple[str, str, str, str]) -> None:
    post = split_text(text, file="a.md")
    assert (post.opening, post.yaml, post.closing, post.content) == parts
    assert join_text(post) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first line"),
        ("text\n---\na: 1\n---\n", "first line"),
        (" ---\na: 1\n---\n", "first line"),
        ("---", "first line"),
        ("---\ra: 1\r---\r", "first line"),
        ("----\na: 1\n---\n", "first line"),
        ("\ufeff\ufeff---\na: 1\n---\n", "first line"),
        ("---\n", "does not end"),
        ("---\na: 1\n", "does not end"),
        ("---\na: 1\n---\r", "does not end"),
        ("---\na: 1\n---\xa0\n", "does not end"),
    ],
)
def test_a_text_without_both_fences_is_refused(text: str, words: str) -> None:
    with pytest.raises(ItemError, match=words) as caught:
        split_text(text, file="a.md")
    assert caught.value.problem.line == 1


@pytest.mark.parametrize(("opening", "newline"), [("---\r\n", "\r\n"), ("--- \n", "\n")])
def test_the_first_line_decides_on_the_line_ending(opening: str, newline: str) -> None:
    assert split_text(f"{opening}a: 1\r\nb: 1\n---\n", file="a.md").newline == newline


_pieces = st.sampled_from(
    ["---", "\n", "\r\n", "\r", " ", "\t", "\ufeff", "\u2028", "\x85", "\x0b", "a: 1", "x", "-"]
)


@given(st.lists(_pieces, max_size=30).map("".join))
def test_whatever_can_be_split_is_joined_to_the_same_bytes(rest: str) -> None:
    text = f"---\n{rest}\n---\n"
    post = split_text(text, file="a.md")
    assert join_text(post).encode() == text.encode()
    assert post.yaml == "" or post.yaml.endswith("\n")


def test_the_library_writes_a_post_through_the_handler() -> None:
    text = "\ufeff---\r\nb: 'x'\na:   1 # kept\n---\n\n body \n\n"
    post = split_text(text, file="a.md")
    assert isinstance(post.handler, ItemHandler)
    post.metadata = post.handler.load(post.yaml)
    assert post.metadata == {"b": "x", "a": 1}
    assert frontmatter.dumps(post) == text


def test_the_handler_refuses_to_format_what_it_did_not_read() -> None:
    with pytest.raises(TypeError):
        frontmatter.dumps(frontmatter.Post("body", ItemHandler("a.md")))
    with pytest.raises(TypeError):
        frontmatter.dumps(split_text("---\na: 1\n---\n", file="a.md"), sort_keys=False)


def test_the_handler_checks_bounds_before_it_loads() -> None:
    with pytest.raises(ItemError, match="anchors"):
        ItemHandler("a.md").load("a: &x 1\n")
