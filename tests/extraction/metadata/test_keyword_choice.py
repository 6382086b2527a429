from __future__ import annotations

import pytest

from crawler.extraction.metadata.field_text import (
    HTML,
    JSON_LD,
    META,
    OPEN_GRAPH,
    Candidate,
    Found,
)
from crawler.extraction.metadata.keywords import chosen_keywords


def _chosen(
    *groups: tuple[str, str], tags: tuple[str, ...] = (), sections: tuple[str, ...] = ()
) -> Found[tuple[str, ...]]:
    return chosen_keywords(
        [[Candidate(text, origin)] for text, origin in groups],
        lambda: [Candidate(tag, HTML) for tag in tags],
        names=["The Daily", "Ann Lee"],
        sections=sections,
    )


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([("a1, b", META), ("c, d", JSON_LD), ("C, D", OPEN_GRAPH)], (("c", "d"), JSON_LD)),
        ([("a1, b, c", META), ("b, c", JSON_LD)], (("a1", "b", "c"), META)),
        ([("b, c", META), ("b, c, web", JSON_LD)], (("b", "c"), META)),
        ([("best bridge town", META), ("b, c", JSON_LD)], (("b", "c"), JSON_LD)),
        ([("bridge river council town hall", JSON_LD), ("b, c", META)], (("b", "c"), META)),
        ([("The Daily, Ann Lee, b", META)], (("b",), META)),
        ([], ((), None)),
    ],
)
def test_the_best_list_is_chosen(groups: list[tuple[str, str]], expected: object) -> None:
    assert _chosen(*groups) == expected


def test_sections_are_no_keywords_unless_two_sources_say_so() -> None:
    found = _chosen(("Local, b, c", META), ("b, c", OPEN_GRAPH), sections=("Local",))
    assert found == (("b", "c"), OPEN_GRAPH)
    assert _chosen(("Local", META), tags=("River",), sections=("local",)) == (("River",), HTML)
    assert _chosen(("Local", META), sections=("Local",)) == (("Local",), META)
    twice = _chosen(("Local", META), ("Local", JSON_LD), tags=("River",), sections=("Local",))
    assert twice == (("Local",), META)


def test_the_tags_that_readers_see_are_asked_last() -> None:
    assert _chosen(("b", META), tags=("River",)) == (("b",), META)
    assert _chosen(tags=("River",)) == (("River",), HTML)
    run_together = ("bridge river council hall", JSON_LD)
    assert _chosen(run_together, tags=("River",)) == (("River",), HTML)
    assert _chosen(run_together) == ((run_together[0],), JSON_LD)
