from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crawler.items.link import read_link


class Refusals(list[tuple[str, str]]):
    def __call__(self, field: str, defect: str) -> None:
        self.append((field, defect))


def test_the_family_is_in_order_of_preference_without_repeats() -> None:
    fields = {
        "cdnAmpWebUrl": "https://cdn.example/amp",
        "ampWebUrl": "https://a.example/amp",
        "webUrl": "https://a.example/1",
        "originalUrl": "https://a.example/1",
    }
    link = read_link(fields, index=None, refuse=Refusals(), warn=Refusals())
    assert link.urls == ("https://a.example/1", "https://a.example/amp", "https://cdn.example/amp")
    assert link.amp_urls == ("https://a.example/amp", "https://cdn.example/amp")
    assert link.web_url == "https://a.example/1"
    assert link.index is None


def test_what_is_missing_has_its_default() -> None:
    link = read_link({3: 4}, index=2, refuse=Refusals(), warn=Refusals())
    assert (link.web_url, link.urls, link.amp_urls) == (None, (), ())
    assert (link.kind, link.title, link.published, link.index) == ("article", None, None, 2)


@pytest.mark.parametrize(
    ("fields", "kind", "title"),
    [
        ({"type": "video", "title": "One"}, "video", "One"),
        ({"type": 3, "title": 4}, "article", None),
        ({"type": "", "title": ""}, "article", ""),
        ({"type": None, "title": ["x"]}, "article", None),
    ],
)
def test_kind_and_title_are_texts(fields: dict[str, object], kind: str, title: str | None) -> None:
    link = read_link(fields, index=0, refuse=Refusals(), warn=Refusals())
    assert (link.kind, link.title) == (kind, title)


@pytest.mark.parametrize(
    ("value", "published"),
    [
        (datetime(2021, 5, 11, 8, tzinfo=UTC), datetime(2021, 5, 11, 8, tzinfo=UTC)),
        (datetime(2021, 5, 11, 8), datetime(2021, 5, 11, 8, tzinfo=UTC)),  # noqa: DTZ001 - YAML's
        (date(2021, 5, 11), datetime(2021, 5, 11, tzinfo=UTC)),
        ("2021-05-11T08:00:00Z", datetime(2021, 5, 11, 8, tzinfo=UTC)),
        ("2021-05-11", datetime(2021, 5, 11, tzinfo=UTC)),
        (
            "2021-05-11T08:00:00+02:00",
            datetime(2021, 5, 11, 8, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_the_moment_always_has_an_offset(value: object, published: datetime) -> None:
    refusals = Refusals()
    link = read_link({"publishedDateTime": value}, index=0, refuse=refusals, warn=refusals)
    assert link.published == published
    assert link.published.utcoffset() == published.utcoffset()
    assert refusals == []


@pytest.mark.parametrize("value", ["yesterday", "0000-00-00", "2020-13-45", 2020, True, [1]])
def test_of_what_is_no_date_is_warned(value: object) -> None:
    refusals, warnings = Refusals(), Refusals()
    fields = {"publishedDateTime": value, "webUrl": "https://a.example/"}
    link = read_link(fields, index=0, refuse=refusals, warn=warnings)
    assert (link.published, link.urls) == (None, ("https://a.example/",))
    assert warnings == [("publishedDateTime", "is not a date or date-time")]
    assert refusals == []


@pytest.mark.parametrize("value", [None, "", " ", "\n\t \xa0", "\u200b\ufeff", [], {}])
def test_a_field_that_says_nothing_is_absent(value: object) -> None:
    refusals = Refusals()
    fields = dict.fromkeys(
        ("originalUrl", "ampWebUrl", "cdnAmpWebUrl", "publishedDateTime", "title"), value
    )
    fields["webUrl"] = "https://a.example/"
    link = read_link(fields, index=None, refuse=refusals, warn=refusals)
    assert (link.urls, link.amp_urls, link.published) == (("https://a.example/",), (), None)
    assert refusals == []


@pytest.mark.parametrize("before", ["", " ", "\n", "\ufeff", "\t\r\n"])
@pytest.mark.parametrize("after", ["", " ", "\n", "\r\n\r\n", "\xa0", "\u2028", "\u200b"])
def test_what_stands_around_a_url_or_a_date_is_no_part_of_it(before: str, after: str) -> None:
    refusals = Refusals()
    fields = {
        "webUrl": f"{before}https://a.example/ä?b=c#d{after}",
        "publishedDateTime": f"{before}2021-05-11{after}",
    }
    link = read_link(fields, index=None, refuse=refusals, warn=refusals)
    assert link.web_url == "https://a.example/ä?b=c#d"
    assert link.urls == (link.web_url,)
    assert link.published == datetime(2021, 5, 11, tzinfo=UTC)
    assert refusals == []


def test_a_bad_url_is_refused_and_left_out() -> None:
    refusals = Refusals()
    fields = {"webUrl": "https://a.example/", "ampWebUrl": "/amp", "originalUrl": None}
    link = read_link(fields, index=0, refuse=refusals, warn=Refusals())
    assert link.urls == ("https://a.example/",)
    assert [field for field, _ in refusals] == ["ampWebUrl"]
