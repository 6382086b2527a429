from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from crawler.conflicts.compare import Claims, Comparison, compare
from crawler.extraction.article import Article, Image

URL = "https://www.miragenews.example/armed-robbery"
CLAIMS = Claims(
    title="Armed robbery in Revesby",
    provider_name="Mirage News",
    provider_domain="miragenews.example",
    published=datetime(2024, 5, 14, 6, 30, tzinfo=UTC),
    kind="article",
    images=("https://cdn.example/a/robbery-2024.jpg?w=100",),
)
ARTICLE = Article(
    title="Armed robbery in Revesby | Mirage News",
    site_name="Mirage News",
    published="2024-05-14T08:30:00+02:00",
    images=(Image("https://cdn.example/b/other.jpg"), Image("https://cdn.example/a/robbery-2024.jpg")),
    page_types=("newsarticle", "article"),
)  # fmt: skip


def conflicts(claims: Claims, article: Article, *urls: str) -> list[tuple[str, str, str]]:
    found = compare(claims, article, urls or (URL,))
    return [(one.field, one.item, one.page) for one in found if not one.agrees]


def test_where_all_agree_all_is_compared_and_nothing_conflicts() -> None:
    found = compare(CLAIMS, ARTICLE, (URL,))
    fields = ["title", "publishedDateTime", "type", "provider.name", "provider.domain", "images"]
    assert [one.field for one in found] == fields
    assert all(one.agrees for one in found)
    assert found[1] == Comparison(
        "publishedDateTime", "2024-05-14T06:30:00Z", "2024-05-14T08:30:00+02:00", agrees=True
    )


def test_every_field_can_conflict_and_both_values_are_told() -> None:
    claims = Claims(
        "The market moves",
        "The Courier",
        "courier.example",
        datetime(2023, 1, 2, tzinfo=UTC),
        "video",
        ("https://elsewhere.example/x.jpg",),
    )
    assert conflicts(claims, ARTICLE) == [
        ("title", "The market moves", "Armed robbery in Revesby | Mirage News"),
        ("publishedDateTime", "2023-01-02T00:00:00Z", "2024-05-14T08:30:00+02:00"),
        ("type", "video", "newsarticle, article"),
        ("provider.name", "The Courier", "Mirage News"),
        ("provider.domain", "courier.example", "miragenews.example"),
        ("images", "https://elsewhere.example/x.jpg", "https://cdn.example/b/other.jpg"),
    ]


def test_a_headline_for_a_provider_conflicts_also_where_the_site_does_not_name_itself() -> None:
    claims = replace(CLAIMS, provider_name="Armed robbery in Revesby")
    wrong = "Armed robbery in Revesby"
    assert conflicts(claims, ARTICLE) == [("provider.name", wrong, "Mirage News")]
    nameless = replace(ARTICLE, site_name=None)
    assert conflicts(claims, nameless) == [("provider.name", wrong, "miragenews.example")]
    other = replace(CLAIMS, provider_name="Some Name")
    assert conflicts(other, nameless) == []


def test_what_only_one_of_them_says_is_not_compared() -> None:
    assert compare(Claims(), ARTICLE, (URL,)) == []
    assert [one.field for one in compare(CLAIMS, Article(), (URL,))] == ["provider.domain"]


def test_the_domain_may_be_that_of_the_link_of_where_it_led_or_of_the_canonical_url() -> None:
    for canonical, urls in (
        (None, ("https://short.example/1", URL)),
        (None, (URL, "https://portal.example/1")),
        (URL, ("https://portal.example/1",)),
    ):
        article = replace(ARTICLE, canonical_url=canonical)
        assert conflicts(CLAIMS, article, *urls) == []


def test_the_values_are_bounded_and_inert() -> None:
    claims = replace(CLAIMS, title="<script>x</script> " + "y" * 1000, images=("javascript:x",))
    (title,) = compare(replace(claims, published=None, kind=None), ARTICLE, ())
    assert title.item.startswith("\u2039script\u203ax")
    assert len(title.item) == 300
