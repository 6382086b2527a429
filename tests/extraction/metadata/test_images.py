from __future__ import annotations

from typing import Any

import pytest

from crawler.extraction.article import Image
from crawler.extraction.metadata.image_sources import RawImage
from crawler.extraction.metadata.images import MAX_IMAGES, chosen_images

BASE = "https://news.example/a/b"


def _images(*raw: RawImage, unwanted: tuple[str, ...] = ()) -> tuple[Image, ...]:
    return chosen_images([("json-ld", image) for image in raw], (), BASE, unwanted).value


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        *((1200, 1200), ("1200", 1200), ("1200px", 1200), (" 1200.0 PX", 1200), (1200.0, 1200)),
        *(({"@type": "QuantitativeValue", "value": "1200 px"}, 1200), ("100%", None)),
        *((True, None), ([1200], None), (float("nan"), None), ("9" * 99, None), (-5, None)),
    ],
)
def test_a_width_is_pixels_or_none(side: Any, expected: int | None) -> None:
    assert _images(RawImage("/i.jpg", side)) == (Image("https://news.example/i.jpg", expected),)


def test_a_repeated_image_is_kept_once_and_completed() -> None:
    images = _images(
        RawImage("/i.jpg", 640), RawImage("https://news.example/i.jpg", 9, 480, "A &amp; B")
    )
    assert images == (Image("https://news.example/i.jpg", 640, 480, "A & B"),)


@pytest.mark.parametrize(
    "image",
    [
        RawImage("/p.gif", 1, 1),
        RawImage("/p.gif", None, "0"),
        RawImage("/static/site-logo.png"),
        RawImage("/brand.svg"),
        RawImage("/placeholder.jpg"),
        RawImage("/apple-app-icon.png"),
        RawImage("/chart.svg"),
        RawImage("data:image/png;base64,AAAA"),
        RawImage("javascript:alert(1)"),
    ],
)
def test_a_logo_or_pixel_is_no_image_of_the_article(image: RawImage) -> None:
    assert _images(image, unwanted=("https://news.example/brand.svg",)) == ()


def test_a_word_that_holds_logo_is_no_logo() -> None:
    assert len(_images(RawImage("/archaeologos-at-work.jpg"))) == 1


def test_images_are_bounded() -> None:
    assert len(_images(*(RawImage(f"/{n}.jpg") for n in range(1_000)))) == MAX_IMAGES


def _urls(raw: list[RawImage], visible: list[RawImage]) -> list[str]:
    found = chosen_images([("json-ld", image) for image in raw], visible, BASE, ())
    return [image.url.removeprefix("https://news.example") for image in found.value]


def test_a_declared_image_that_readers_see_leads() -> None:
    visible = [RawImage("/first-picture-1.jpg", is_lead=True), RawImage("/bridge-day-1.jpg")]
    assert _urls([RawImage("/bridge-day-1.jpg")], visible) == [
        "/bridge-day-1.jpg",
        "/first-picture-1.jpg",
    ]


def test_a_card_for_social_networks_gives_way_to_what_readers_see() -> None:
    card = RawImage("/cards/bridge-card.jpg")
    assert _urls([card], [RawImage("/lead-picture.jpg", is_lead=True)])[0] == "/lead-picture.jpg"
    assert _urls([card], [RawImage("/late-picture.jpg")])[0] == "/cards/bridge-card.jpg"


@pytest.mark.parametrize(
    ("declared", "seen", "is_same"),
    [
        ("ab-X1_bridge-opening-1920x1080-nocrop.jpg", "ab-Y2_bridge-opening-1280x1067.webp", True),
        ("9f2_bridge-opening.jpg", "bridge-opening-q82-w480-h.webp", True),
        ("x1_bridge-opening-1.jpg", "x2_bridge-opening-2.jpg", False),
        ("x1_bridge-opening-social.jpg", "x2_bridge-opening.jpg", False),
        ("x1_bridge.jpg", "x2_bridge.jpg", False),
    ],
)
def test_crops_whose_names_say_the_same_are_of_one_picture(
    declared: str, seen: str, *, is_same: bool
) -> None:
    card = [RawImage(f"/cards/{declared}")]
    urls = _urls(card, [RawImage(f"/photos/{seen}", is_lead=True)])
    assert urls[0].endswith(declared) is is_same


def test_without_a_declared_image_the_first_that_readers_see_leads() -> None:
    found = chosen_images([], [RawImage("/bridge-day-1.jpg", 800, 600, "Bridge")], BASE, ())
    assert found == ((Image("https://news.example/bridge-day-1.jpg", 800, 600, "Bridge"),), "html")


def test_of_one_picture_the_largest_is_kept_and_completed() -> None:
    raw = [RawImage("/bridge-day-640x480.jpg", 640, 480), RawImage("/bridge-day.jpg", 1200, 900)]
    found = chosen_images(
        [("json-ld", image) for image in raw],
        [RawImage("/bridge-day-300x200.jpg", 300, 200, "The bridge")],
        BASE,
        (),
    )
    assert found.value == (Image("https://news.example/bridge-day.jpg", 1200, 900, "The bridge"),)


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [
        ("/2025/pixel-9a-leak-17.jpg", True),
        ("/2025/new-logo-of-the-town.jpg", True),
        ("/img/og-icon.png", False),
        ("/default-logo.jpg", False),
        ("https://news.example", False),
        ("https://news.example/", False),
        ("/index.php?action=count&id=1", False),
    ],
)
def test_a_declared_image_is_dropped_where_it_names_nothing_but_a_stand_in(
    url: str, *, is_kept: bool
) -> None:
    found = chosen_images([("open-graph", RawImage(url))], [], "https://news.example/a", [])
    assert bool(found.value) is is_kept


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [
        ("/google-pixel-9.jpg", True),
        ("/img/renderTimingPixel.png", False),
        ("/team-logo-2.jpg", False),
        ("/emoji/72x72/1f60a-emoji.png", False),
    ],
)
def test_an_image_that_readers_see_is_dropped_where_its_name_tells_of_a_stand_in(
    url: str, *, is_kept: bool
) -> None:
    found = chosen_images([], [RawImage(url)], "https://news.example/a", [])
    assert bool(found.value) is is_kept


def test_what_the_page_declares_is_kept_among_what_readers_see() -> None:
    image = RawImage("/the-new-town-logo.jpg", is_lead=True)
    found = chosen_images([("open-graph", image)], [image], "https://news.example/a", [])
    assert [one.url for one in found.value] == ["https://news.example/the-new-town-logo.jpg"]
