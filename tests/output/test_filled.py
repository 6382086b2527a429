from __future__ import annotations

from typing import Any

import pytest

from crawler.extraction.article import Article, Image
from crawler.output.enriched import FIELDS, filled_fields
from crawler.topics import FoundTopic

URL = "https://www.courier.example/bridge"
ARTICLE = Article(
    markdown="It stays open. Two beams are rotten.",
    description="The council votes.",
    site_name="The Courier",
    images=(Image("https://courier.example/b.jpg", 640, 480, "A bridge"),),
    amp_url=f"{URL}/amp",
)
TOPICS = [FoundTopic("Bridges", 2, ("title",))]
WHOLE = {
    "excerpt": "The council votes.",
    "provider": {"name": "The Courier", "domain": "courier.example"},
    "images": [{"url": "https://courier.example/b.jpg", "width": 640, "height": 480}],
    "ampWebUrl": f"{URL}/amp",
    "topics": ["Bridges"],
}


@pytest.mark.parametrize("fields", [{}, dict.fromkeys(FIELDS), dict.fromkeys(FIELDS, "")])
def test_all_that_an_item_lacks_is_filled_in(fields: dict[str, Any]) -> None:
    assert filled_fields(fields, ARTICLE, URL, TOPICS, FIELDS) == WHOLE


@pytest.mark.parametrize("field", FIELDS)
def test_what_an_item_has_or_nobody_asks_for_is_left_alone(field: str) -> None:
    rest = {name: value for name, value in WHOLE.items() if name != field}
    assert filled_fields({field: ["its own"]}, ARTICLE, URL, TOPICS, FIELDS) == rest
    wanted = [name for name in FIELDS if name != field]
    assert filled_fields({}, ARTICLE, URL, TOPICS, wanted) == rest
    assert filled_fields({}, ARTICLE, URL, TOPICS, ()) == {}


def test_of_a_provider_only_the_missing_part_is_filled_in() -> None:
    def provider(**own: str) -> object:
        return filled_fields({"provider": own}, ARTICLE, URL, [], ["provider"]).get("provider")

    assert provider(name="The Town Courier") == {"domain": "courier.example"}
    assert provider(domain="courier.example") == {"name": "The Courier"}
    assert provider(name="x", domain="y") is None


def test_without_a_description_the_text_begins_the_excerpt() -> None:
    article = Article(markdown="It stays open. Two beams are rotten.")
    filled = filled_fields({}, article, URL, [], ["excerpt"])
    assert filled == {"excerpt": "It stays open. Two beams are rotten."}


def test_what_the_page_does_not_have_is_absent() -> None:
    assert filled_fields({}, Article(), URL, [], FIELDS) == {
        "provider": {"domain": "courier.example"}
    }
