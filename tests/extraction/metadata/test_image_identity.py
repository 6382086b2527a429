from __future__ import annotations

import pytest

from crawler.extraction.metadata.image_identity import image_keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a/bridge-by-night-1024x768.jpg", "/b/bridge-by-night.webp?w=300"),
        ("/i/bridge_by_night_w800.jpg", "/i/bridge_by_night-scaled.jpg"),
        ("/crop/24077009/a.jpg", "/img/24077009-1200.jpg"),
        ("/i/53566e82-683b-4690-bf35-dc9deba816ac?w=1", "/x/53566e82-683b-4690-bf35-dc9deba816ac"),
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
