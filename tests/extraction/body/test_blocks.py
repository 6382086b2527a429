from __future__ import annotations

import pytest

from crawler.extraction.body.trim import block_text, linked_share, plain_words, remove_block
from tests.extraction.body.bodies import body_of


@pytest.mark.parametrize(
    "text", ["The “old” bridge", "the old_bridge!", " THE\n- old \u2013bridge"]
)
def test_texts_that_read_the_same_have_the_same_words(text: str) -> None:
    assert plain_words(text) == "the old bridge"


def test_white_space_in_a_block_is_one_space() -> None:
    assert block_text(body_of("<p> a\n<hi>b</hi>  c </p>")[0]) == "a b c"


@pytest.mark.parametrize(
    ("markup", "share"),
    [
        ("<p>words</p>", 0.0),
        ("<p/>", 0.0),
        ("<p><ref>words</ref></p>", 1.0),
        ("<p>half <ref>half</ref></p>", 0.5),
        ("<p> <ref>ha lf</ref> ha\nlf </p>", 0.5),
    ],
)
def test_the_share_of_links_is_that_of_their_characters(markup: str, share: float) -> None:
    assert linked_share(body_of(markup)[0]) == share


@pytest.mark.parametrize(
    ("markup", "number", "left"),
    [
        ("<p>a</p>tail<p>b</p>", 0, " tail<p>b</p>"),
        ("<p>a</p><p>b</p>tail", 1, "<p>a</p> tail"),
        ("<p>a</p>\n<p>b</p>", 0, "<p>b</p>"),
    ],
)
def test_text_after_a_removed_block_stays(markup: str, number: int, left: str) -> None:
    body = body_of(markup)
    remove_block(body[number])
    expected = body_of(left)
    assert ["".join(body.itertext()), len(body)] == ["".join(expected.itertext()), len(expected)]
