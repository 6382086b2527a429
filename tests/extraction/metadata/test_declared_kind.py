from __future__ import annotations

import pytest

from crawler.extraction.metadata.field_choice import MAX_TYPES, page_types, word_count
from crawler.extraction.metadata.field_text import JSON_LD, OPEN_GRAPH, Candidate
from crawler.extraction.metadata.json_ld import page_nodes, schema_nodes

PAGE = "https://news.example/live/storm"


def test_a_live_blog_and_its_page_are_told_by_their_types() -> None:
    nodes = schema_nodes(
        [
            {"@type": "WebPage", "url": PAGE},
            {"@type": ["NewsArticle", "schema:LiveBlogPosting"], "url": PAGE},
            {"@type": "NewsArticle", "url": "/another", "headline": "Another"},
        ]
    )
    found = page_types(page_nodes(nodes, [PAGE], []), ["Article"])
    assert found.value == ("liveblogposting", "newsarticle", "webpage", "article")
    assert found.origin == JSON_LD


def test_a_gallery_is_the_page_itself() -> None:
    nodes = schema_nodes([{"@type": "ImageGallery", "url": PAGE, "name": "The storm | News"}])
    assert nodes[0].is_page
    assert page_types(page_nodes(nodes, [PAGE], []), []).value == ("imagegallery",)


def test_without_json_ld_the_open_graph_type_is_left() -> None:
    assert page_types([], [" video.Episode ", "<b>"]) == (("video.episode",), OPEN_GRAPH)
    assert page_types([], []) == ((), None)


def test_types_are_few() -> None:
    nodes = schema_nodes([{"@type": [f"T{number}Article" for number in range(50)], "url": PAGE}])
    assert len(page_types(page_nodes(nodes, [PAGE], []), []).value) == MAX_TYPES


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (["812"], 812),
        (["812.0"], 812),
        (["0", "about 900", "640"], 640),
        (["-5"], None),
        (["9" * 7], None),
        (["9" * 100_000], None),
        ([], None),
    ],
)
def test_a_word_count_is_a_credible_number(counts: list[str], expected: int | None) -> None:
    found = word_count(Candidate(count, JSON_LD) for count in counts)
    assert found == (expected, JSON_LD if expected else None)
