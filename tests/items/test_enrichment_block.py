from __future__ import annotations

import pytest

from crawler.exceptions import ItemError
from crawler.items.enrichment import block_for, find_block

BLOCK = "enrichment:\n  schema: 1\n  source:\n    state: ok\n"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "enrichment:\n",
        "enrichment:\n  schema: 2\n",
        "enrichment:\n  source: {}\n  schema: 1\n",
        "enrichment:\n  schema: 1",
        "enrichment:\n  schema: 1\n\n  a: 1\n",
        "enrichment:\n  schema: 1\nother: 1\n",
        "enrichment:\n  schema: 1\n---\n",
        "enrichment:\r\n  schema: 1\r\n",
        "enrichment: {schema: 1}\n",
    ],
)
def test_a_block_that_would_not_be_found_again_is_an_error(bad: str) -> None:
    with pytest.raises(ValueError, match="schema: 1"):
        block_for(bad, "\n")


def test_a_block_takes_the_line_ending_of_its_file() -> None:
    assert block_for(BLOCK, "\r\n") == BLOCK.replace("\n", "\r\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_block_is_found_between_other_keys(newline: str) -> None:
    block = block_for(BLOCK, newline)
    yaml_text = f"a: 1\n{block}b: 2\n"
    assert find_block(yaml_text, file="a.md") == (5, 5 + len(block))


@pytest.mark.parametrize(
    "yaml_text",
    ["a: 1\n", "a:\n  enrichment:\n    schema: 1\n", "# enrichment: 1\n", "enrichments: 1\n", ""],
)
def test_other_keys_are_no_block(yaml_text: str) -> None:
    assert find_block(yaml_text, file="a.md") is None


@pytest.mark.parametrize(
    ("yaml_text", "line"),
    [
        ("a: 1\nenrichment: mine\n", 3),
        ("a: 1\nenrichment:\n  source: 1\n", 3),
        ("enrichment:\n  schema: 2\n", 2),
        ("enrichment:\n  schema: 11\n", 2),
        ("'enrichment': 1\n", 2),
        ('"enrichment" : 1\n', 2),
        (BLOCK + "a: 1\n" + BLOCK, 2),
        (BLOCK + "enrichment: 1\n", 6),
    ],
)
def test_a_key_of_somebody_else_is_refused(yaml_text: str, line: int) -> None:
    with pytest.raises(ItemError) as caught:
        find_block(yaml_text, file="a.md")
    assert caught.value.problem.reason == "the key 'enrichment' is not this crawler's"
    assert caught.value.problem.line == line
