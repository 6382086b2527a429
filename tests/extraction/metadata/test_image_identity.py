from __future__ import annotations

import pytest

from crawler.extraction.metadata.images import image_keys, kinship_keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a/bridge-by-night-1024x768.jpg", "/b/bridge-by-night.webp?w=300"),
        ("/i/bridge_by_night_w800.jpg", "/i/bridge_by_night-scaled.jpg"),
        ("/i/qFd74BjTwgJcQhofvQgAn.png", "/i/qFd74BjTwgJcQhofvQgAn-1024-80.png"),
        ("/x/hibernation.jpg", "/y/800/hibernation.jpg"),
        ("/i/53566e82-683b-4690-bf35-dc9deba816ac?w=1", "/x/53566e82-683b-4690-bf35-dc9deba816ac"),
        ("/im-75811?width=1280&size=1", "/im-75811?width=640&size=1.5"),
        ("/i/b.jpg?w=640", "/i/b.jpg?w=1280"),
    ],
)
def test_sizes_and_crops_of_one_picture_share_a_key(one: str, other: str) -> None:
    assert image_keys("https://img.example" + one) & image_keys("https://cdn.example" + other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/2025/04/01/a.jpg", "/2025/04/01/b.jpg"),
        ("/20250401/a.jpg", "/20250401/b.jpg"),
        ("/a/original.jpg", "/b/original.jpg"),
        ("/image.php?id=5", "/image.php?id=6"),
        ("/bridge-by-night.jpg", "/bridge-by-day.jpg"),
    ],
)
def test_other_pictures_share_none(one: str, other: str) -> None:
    assert not image_keys("https://a.example" + one) & image_keys("https://a.example" + other)


def test_kin_are_known_by_any_part_of_the_address() -> None:
    raw = kinship_keys("https://a.example/18637072/5/rawImage.jpg")
    assert raw == kinship_keys("https://b.example/photos/18637072/920x920.jpg") == {"18637072"}
    proxied = "https://a.example/resize/840x560/?url=https%3A%2F%2Fb.example%2Fbridge-day-1.jpg"
    assert "bridge-day-1" in kinship_keys(proxied)
    assert not kinship_keys("https://a.example/2025/04/wp-content/original.jpg")
