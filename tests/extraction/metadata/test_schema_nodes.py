from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.metadata.json_ld import page_nodes, schema_nodes

NAMES = ("@type", "@id", "@graph", "url", "headline", "name", "author", "mainEntityOfPage", "x")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
        | st.just({"@type": "NewsArticle", "@id": "#a", "author": {"@id": "#a"}})
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ann", ["Ann"]),
        (["Ann", ["Bo"], None, {"name": "Cy"}], ["Ann", "Bo", "Cy"]),
        ({"@value": " Ann ", "@language": "en"}, ["Ann"]),
        ({"name": ["Ann", "Bo"]}, ["Ann"]),
        ({"@type": "Person", "@id": "#ann"}, ["Ann Lee"]),
        ({"@id": "#nobody"}, ["#nobody"]),
        (5, ["5"]),
        (True, ["True"]),
        (float("inf"), []),
        ({"nothing": 1}, []),
        (None, []),
    ],
)
def test_a_property_is_read_as_texts_whatever_its_type(value: Any, expected: list[str]) -> None:
    article = {"@type": "Article", "author": value}
    graph = {
        "@graph": [article, {"@type": "Person", "@id": "#ann", "name": "Ann Lee", "url": "/a"}]
    }
    node = schema_nodes([graph])[0]
    assert node.types == {"article"}
    assert node.texts("author") == expected


def test_deep_nesting_is_bounded() -> None:
    value: Any = {"@type": "Article"}
    for _ in range(500):
        value = {"@type": "WebPage", "mainEntity": [value]}
    assert len(schema_nodes([value])) < 20
    assert schema_nodes([value])[0].texts("mainEntity") == []


@settings(deadline=None)  # a busy machine is no defect
@given(st.lists(JSON, max_size=4))
def test_any_json_is_survived(values: list[Any]) -> None:
    nodes = schema_nodes(values)
    for node in [*nodes, *page_nodes(nodes, ["https://news.example/a"], ["A title"])]:
        assert all(isinstance(text, str) and text for text in node.texts("author"))
