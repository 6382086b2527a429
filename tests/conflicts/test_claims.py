from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.conflicts.compare import Claims, read_claims


def test_the_fields_of_an_item_are_its_claims() -> None:
    published = datetime(2024, 5, 14, 6, 30, tzinfo=UTC)
    fields = {
        "title": " The bridge ",
        "provider": {"name": "The Courier", "domain": "courier.example", "images": []},
        "publishedDateTime": published,
        "type": "article",
        "images": [{"url": "https://a.example/1.jpg", "width": 9}, "https://a.example/2.jpg", 3],
    }
    assert read_claims(fields) == Claims(
        "The bridge",
        "The Courier",
        "courier.example",
        published,
        "article",
        ("https://a.example/1.jpg", "https://a.example/2.jpg"),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": None, "provider": None, "images": None, "type": None},
        {"title": 5, "provider": "The Courier", "images": "a", "type": [], "publishedDateTime": 3},
        {"title": " ", "provider": {"name": ["x"], "domain": {}}, "images": [None, {}, {"url": 4}]},
    ],
)
def test_what_is_missing_or_of_another_kind_claims_nothing(fields: dict[str, object]) -> None:
    assert read_claims(fields) == Claims()


def test_a_date_stays_one() -> None:
    assert read_claims({"publishedDateTime": date(2024, 5, 14)}).published == date(2024, 5, 14)
