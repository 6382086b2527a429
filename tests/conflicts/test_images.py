from __future__ import annotations

import pytest

from crawler.conflicts.compare import is_same_image

SAME = [
    ("https://a.example/i/bridge.jpg", "http://www.a.example/i/bridge.webp"),
    ("https://a.example/i/bridge.jpg?w=300&h=200", "https://a.example/i/bridge.jpg"),
    ("https://a.example/i/bridge-1024x768.jpg", "https://a.example/i/bridge.jpg"),
    ("https://a.example/i/bridge-scaled.jpg", "https://a.example/i/bridge@2x.jpg"),
    (
        "https://a.example/resize/1200x675/i/bridge.jpg",
        "https://a.example/resize/770xauto/i/bridge.jpg",
    ),
    (
        "https://a.example/c_fill,w_300,h_200/i/bridge.jpg",
        "https://a.example/c_fill,w_900,h_600/i/bridge.jpg",
    ),
    (
        "https://proxy.example/?url=https%3A%2F%2Fa.example%2Fi%2Fbridge.jpg&w=9",
        "https://a.example/i/bridge.jpg",
    ),
    (
        "https://proxy.example/fit/300/https:/a.example/i/bridge.jpg",
        "https://a.example/i/bridge.jpg",
    ),
    (
        "https://cdn1.example/x/20200318-daphne-karen.jpg",
        "https://cdn2.example/thumb/20200318-daphne-karen.png",
    ),
    (
        "https://i.example/img/9f86d081884c7d659a2feaa0c55ad015/500.jpg",
        "https://i.example/o/9f86d081884c7d659a2feaa0c55ad015/master/2000.jpg",
    ),
    ("https://a.example/image?id=5&w=300", "https://a.example/image?w=900&id=5"),
]
DIFFERENT = [
    ("https://a.example/i/bridge.jpg", "https://a.example/i/market.jpg"),
    ("https://a.example/2024/1.jpg", "https://a.example/2024/2.jpg"),
    ("https://a.example/x/lead.jpg", "https://b.example/y/lead.jpg"),
    ("https://a.example/image?id=5", "https://a.example/image?id=6"),
    ("https://a.example/photographs/bridge.jpg", "https://a.example/photographs/market.jpg"),
    ("https://[::1", "https://a.example/i/bridge.jpg"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_variants_of_one_image_are_one(one: str, other: str) -> None:
    assert is_same_image(one, other)
    assert is_same_image(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_images_are_others(one: str, other: str) -> None:
    assert not is_same_image(one, other)
    assert not is_same_image(other, one)
