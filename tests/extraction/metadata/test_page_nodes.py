from __future__ import annotations

from typing import Any

import pytest

from crawler.extraction.metadata.json_ld import page_nodes, schema_nodes

PAGE = "https://news.example/politics/story-1"
HERE = {"@type": "NewsArticle", "headline": "The council votes on the bridge", "url": PAGE}
OTHER = {
    "@type": "NewsArticle",
    "headline": "Rain expected for all of next week",
    "url": "https://news.example/weather/story-2",
}
TITLES = ["The council votes on the bridge | News"]


def _headlines(*values: Any) -> list[str | None]:
    return [node.text("headline") for node in page_nodes(schema_nodes(values), [PAGE], TITLES)]


@pytest.mark.parametrize(
    "here",
    [
        HERE,
        {**HERE, "url": "//www.news.example/politics/story-1/?utm_source=x#top"},
        {**HERE, "url": None, "mainEntityOfPage": {"@type": "WebPage", "@id": PAGE}},
        {**HERE, "url": None, "mainEntityOfPage": PAGE},
        {**HERE, "url": None, "@id": f"{PAGE}#article"},
        {**HERE, "url": None},
        {**HERE, "@type": ["Thing", "https://schema.org/ReportageNewsArticle"]},
        {**HERE, "@type": "schema:LiveBlogPosting"},
    ],
)
def test_the_page_s_own_article_is_chosen_among_others(here: dict[str, Any]) -> None:
    headlines = _headlines(OTHER, here, OTHER)
    assert headlines[0] == HERE["headline"]
    assert OTHER["headline"] not in headlines


def test_an_article_comes_before_its_page_and_its_video() -> None:
    page = {"@type": "WebPage", "url": PAGE, "headline": "page"}
    video = {"@type": "VideoObject", "url": PAGE, "headline": "video"}
    assert _headlines(page, video, HERE) == [HERE["headline"], "video", "page"]


def test_an_article_inside_a_page_or_graph_is_found() -> None:
    assert (
        _headlines({"@graph": [[{"@type": "WebPage", "mainEntity": HERE}]]})[0] == HERE["headline"]
    )


def test_a_lone_article_without_address_is_believed() -> None:
    assert _headlines({"@type": "Article", "headline": "Brücke: Rat stimmt ab"}) == [
        "Brücke: Rat stimmt ab"
    ]


def test_lists_of_other_articles_give_nothing() -> None:
    assert _headlines(OTHER) == []
    assert _headlines(OTHER, {**OTHER, "url": "https://news.example/weather/story-3"}) == []
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": HERE}]}
    assert _headlines(listed) == []


def test_an_article_of_a_script_is_told_by_its_query() -> None:
    nodes = schema_nodes([{**OTHER, "url": "/show.php?id=6"}, {**HERE, "url": "/show.php?id=5"}])
    own = page_nodes(nodes, ["https://news.example/show.php?id=5"], [])
    assert [node.text("headline") for node in own] == [HERE["headline"]]
