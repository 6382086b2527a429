from __future__ import annotations

import builtins
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.extraction.article import Article, Image
from crawler.images.policy import ImagePolicy
from crawler.ledger.records import ImageRecord
from crawler.options import OptionError

NOW = datetime(2024, 5, 14, 12, 0, tzinfo=UTC)
AT = "2024-05-14T10:00:00Z"
URL = "https://a.example/i.png"
SIZED = "https://a.example/sized.png"
ARTICLE = Article(images=(Image(URL, width=5), Image(SIZED, 640, 480)))
SIZES, COPIES = ImagePolicy(sizes=True), ImagePolicy(copies=True)
SETTINGS = {
    "CRAWLER_IMAGE_SIZES": False,
    "CRAWLER_IMAGES": "",
    "CRAWLER_IMAGE_MAXSIZE": "100",
    "CRAWLER_IMAGE_PIXELS": 200,
    "CRAWLER_IMAGE_THUMBNAIL": 0,
}


def wanted(wish: ImagePolicy, known: ImageRecord | None, *, is_there: bool = True) -> list[str]:
    article = replace(ARTICLE, images=ARTICLE.images[:1])
    records = {} if known is None else {URL: known}
    return wish.wanted(article, records, NOW, is_there=lambda _: is_there)


def test_sizes_are_wanted_where_the_page_does_not_give_both_sides_and_copies_of_all() -> None:
    assert SIZES.wanted(ARTICLE, {}, NOW, is_there=bool) == [URL]
    assert COPIES.wanted(ARTICLE, {}, NOW, is_there=bool) == [URL, SIZED]


def test_of_many_images_the_first_ten_are_wanted() -> None:
    article = Article(images=tuple(Image(f"{URL}?{number}") for number in range(30)))
    assert len(SIZES.wanted(article, {}, NOW, is_there=bool)) == 10


def test_what_is_known_is_not_wanted_again() -> None:
    assert wanted(SIZES, ImageRecord(AT, width=1, height=1)) == []
    assert wanted(COPIES, ImageRecord(AT, width=1, height=1, file="images/a.png")) == []


def test_a_copy_is_wanted_where_only_the_size_is_known_or_the_file_is_gone() -> None:
    assert wanted(COPIES, ImageRecord(AT, width=1, height=1)) == [URL]
    record = ImageRecord(AT, width=1, height=1, file="images/a.png")
    assert wanted(COPIES, record, is_there=False) == [URL]
    assert wanted(SIZES, record, is_there=False) == []


@pytest.mark.parametrize(
    ("may_pass", "age", "is_due"),
    [
        (True, timedelta(minutes=59), False),
        (True, timedelta(hours=1), True),
        (False, timedelta(days=29), False),
        (False, timedelta(days=30), True),
    ],
)
def test_what_failed_is_wanted_again_after_a_while(
    may_pass: bool, age: timedelta, is_due: bool
) -> None:
    record = ImageRecord((NOW - age).isoformat(), "HTTP 500", may_pass=may_pass)
    assert wanted(SIZES, record) == ([URL] if is_due else [])
    assert wanted(COPIES, record) == ([URL] if is_due else [])


def test_without_a_setting_nothing_is_wanted() -> None:
    assert ImagePolicy.from_settings(SETTINGS) is None


@pytest.mark.parametrize("flag", [True, "1", "True", "yes"])
def test_the_settings_say_what_is_wanted(flag: object) -> None:
    wish = ImagePolicy.from_settings(SETTINGS | {"CRAWLER_IMAGE_SIZES": flag})
    assert wish == ImagePolicy(sizes=True, most_bytes=100, most_pixels=200)
    wish = ImagePolicy.from_settings(SETTINGS | {"CRAWLER_IMAGES": "download"})
    assert wish == ImagePolicy(copies=True, most_bytes=100, most_pixels=200)


@pytest.mark.parametrize("library", ["imagesize", "PIL"])
def test_a_missing_library_is_told_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any) -> Any:
        if name == library:
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(OptionError, match=r"the extra 'images': pip install 'imagesize>"):
        ImagePolicy.from_settings(SETTINGS | {"CRAWLER_IMAGES": "download"})
