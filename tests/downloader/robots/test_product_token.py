from __future__ import annotations

import pytest

from crawler.downloader.contact import user_agent
from crawler.downloader.robots.rules import product_token


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        (user_agent("https://example.com/bot"), "frontmatter-crawler"),
        ("ExampleBot/2.1", "examplebot"),
        ("examplebot", "examplebot"),
        (" Example_Bot (+mailto:a@b.example)", "example_bot"),
        ("Mozilla/5.0 (compatible; ExampleBot/2.1; +https://example.com/)", "examplebot"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "mozilla"),
        ("(nobody)", ""),
        ("", ""),
    ],
)
def test_the_product_token_of_a_user_agent(agent: str, token: str) -> None:
    assert product_token(agent) == token
