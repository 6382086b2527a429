from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import ItemError
from crawler.items.enrichment import insert_added_parts, remove_added_parts

BLOCK = "enrichment:\n  schema: 1\n  source:\n    state: ok\n"
OTHER_BLOCK = "enrichment:\n  schema: 1\n  related: []\n"
ARTICLE = ("https://a.example/", "# One\n\ntwo")
BEGIN, END = "<!-- article:begin https://a.example/ -->", "<!-- article:end -->"
SECTION = f"{BEGIN}\n\n# One\n\ntwo\n\n{END}\n"


@pytest.mark.parametrize(
    ("text", "article", "enriched"),
    [
        ("---\na: 1\n---\n", None, f"---\na: 1\n{BLOCK}---\n"),
        ("---\na: 1\n---\nbody\n", ARTICLE, f"---\na: 1\n{BLOCK}---\nbody\n\n{SECTION}"),
        ("---\na: 1\n---\nbody", ARTICLE, f"---\na: 1\n{BLOCK}---\nbody\n{SECTION}"),
        ("---\na: 1\n---\n", ARTICLE, f"---\na: 1\n{BLOCK}---\n\n{SECTION}"),
        ("---\na: 1\n---", ARTICLE, f"---\na: 1\n{BLOCK}---\n{SECTION}"),
        ("---\na: 1\r\n---  \n\r\n", ARTICLE, f"---\na: 1\r\n{BLOCK}---  \n\r\n\n{SECTION}"),
        ("---\na: 1\n---\n\r", ARTICLE, f"---\na: 1\n{BLOCK}---\n\r\n{SECTION}"),
    ],
)
def test_parts_go_before_the_fence_and_after_the_body(
    text: str, article: tuple[str, str] | None, enriched: str
) -> None:
    assert insert_added_parts(text, BLOCK, article) == enriched
    assert remove_added_parts(enriched) == text


def test_a_crlf_item_gets_crlf_parts() -> None:
    text = "\ufeff---\r\na: 1\r\n---\r\nbody\r\n"
    enriched = insert_added_parts(text, BLOCK, ARTICLE)
    assert "\n" not in enriched.replace("\r\n", "")
    assert remove_added_parts(enriched) == text


def test_a_body_that_looks_enriched_is_the_authors_without_our_block() -> None:
    text = f"---\na: 1\n---\nbody\n\n{SECTION}"
    assert remove_added_parts(text) == text


@pytest.mark.parametrize("body", [SECTION, f"{BEGIN}\n", f"x\n{SECTION}{SECTION}y", f"{END}\n"])
@pytest.mark.parametrize("article", [None, ARTICLE])
def test_an_authors_markers_survive_enrichment(body: str, article: tuple[str, str] | None) -> None:
    text = f"---\na: 1\n---\n{body}"
    assert remove_added_parts(insert_added_parts(text, BLOCK, article)) == text


@pytest.mark.parametrize("closing", ["---", "---\n", "---\nbody", "---\nbody\n"])
def test_text_typed_after_the_article_is_kept_as_body(closing: str) -> None:
    text = f"---\na: 1\n{closing}"
    typed = remove_added_parts(insert_added_parts(text, BLOCK, ARTICLE) + "typed\n")
    assert typed == f"{text}\ntyped\n"
    again = insert_added_parts(typed, BLOCK, ARTICLE)
    assert again.endswith(f"typed\n\n{SECTION}")


def test_keys_typed_after_the_block_are_kept() -> None:
    enriched = f"---\na: 1\n{BLOCK}b: 2\n---\nbody\n"
    assert remove_added_parts(enriched) == "---\na: 1\nb: 2\n---\nbody\n"


def test_an_editor_may_drop_the_last_line_ending() -> None:
    text = "---\na: 1\n---\nbody\n"
    enriched = insert_added_parts(text, BLOCK, ARTICLE).removesuffix("\n")
    assert remove_added_parts(enriched) == text


def test_an_editor_may_change_every_line_ending() -> None:
    text = "---\na: 1\n---\nbody\n"
    enriched = insert_added_parts(text, BLOCK, ARTICLE)
    assert remove_added_parts(enriched.replace("\n", "\r\n")) == text.replace("\n", "\r\n")


def test_an_editor_may_mix_the_line_endings_of_the_body() -> None:
    enriched = insert_added_parts("---\r\na: 1\r\n---\r\nbody", BLOCK, ARTICLE)
    mixed = enriched.replace(f"body\r\n{BEGIN}", f"body\n{BEGIN}")
    assert remove_added_parts(mixed) == "---\r\na: 1\r\n---\r\nbody"


def test_an_article_without_its_end_is_refused_with_its_line() -> None:
    text = insert_added_parts("---\na: 1\n---\nbody\n", BLOCK, ARTICLE)
    with pytest.raises(ItemError, match="article:end") as caught:
        remove_added_parts(text.replace(END, ""), file="a.md")
    assert (caught.value.problem.file, caught.value.problem.line) == ("a.md", 10)


def test_a_key_of_somebody_else_is_refused_in_both_directions() -> None:
    text = "---\na: 1\nenrichment: mine\n---\n"
    for change in (
        lambda: remove_added_parts(text),
        lambda: insert_added_parts(text, BLOCK, None),
    ):
        with pytest.raises(ItemError, match="not this crawler's"):
            change()


@pytest.mark.parametrize(
    ("block", "article"),
    [("enrichment: {}\n", None), (BLOCK, ("https://a.example/", f"a\n{END}\n")), (BLOCK, ("", ""))],
)
def test_parts_that_would_not_be_found_again_are_an_error(
    block: str, article: tuple[str, str] | None
) -> None:
    with pytest.raises(ValueError, match=r"schema|marker|URL"):
        insert_added_parts("---\na: 1\n---\n", block, article)


_newlines = st.sampled_from(["\n", "\r\n"])
_fence_ends = st.sampled_from(["", " ", "\t", " \t "])
_yaml_lines = st.sampled_from(
    ["a: 1", "b: |+", "  text  ", "", "c: 'x", "  schema: 1", "# enrichment:", "d: \u2028", "e:\r"]
)
_body_pieces = st.sampled_from(
    (
        *(BEGIN, END, "---", "text", "enrichment:", "  schema: 1"),
        *("\n", "\r\n", "\r", " ", "\u2028", "\x85", "\x0c", "\x00", "\U0001f600"),
    )
)


@st.composite
def originals(draw: st.DrawFn) -> str:
    opening = f"---{draw(_fence_ends)}{draw(_newlines)}"
    yaml = "".join(line + draw(_newlines) for line in draw(st.lists(_yaml_lines, max_size=6)))
    closing = f"---{draw(_fence_ends)}"
    body = "".join(draw(st.lists(_body_pieces, max_size=12)))
    if draw(st.booleans()):
        closing += draw(_newlines) + body
    return draw(st.sampled_from(["", "\ufeff"])) + opening + yaml + closing


_markdown = st.lists(st.sampled_from(["text", "\n", "# h", " ", "---", "\u2028", "- a"])).map(
    "".join
)
_articles = st.none() | st.tuples(st.text("ab<>-{} \n\u2028/:", min_size=1), _markdown)


@given(originals(), _articles)
def test_removal_is_the_exact_inverse_of_insertion(
    text: str, article: tuple[str, str] | None
) -> None:
    enriched = insert_added_parts(text, BLOCK, article)
    assert remove_added_parts(enriched).encode() == text.encode()
    assert remove_added_parts(text) == text


@given(originals(), _articles, _articles)
def test_a_second_enrichment_replaces_the_first(
    text: str, first: tuple[str, str] | None, second: tuple[str, str] | None
) -> None:
    enriched = insert_added_parts(text, BLOCK, first)
    expected = insert_added_parts(text, OTHER_BLOCK, second)
    assert insert_added_parts(remove_added_parts(enriched), OTHER_BLOCK, second) == expected
    assert insert_added_parts(enriched, OTHER_BLOCK, second) == expected
