from __future__ import annotations

import pytest

from crawler.extraction.extract import extract_article

TEXT = (
    "It was a long winter, and nobody came to the bridge that the town had built across the river. "
    "In the spring the first cart went over it, and the man who drove it never said where to."
)
WALL = "<h3>Subscribe to continue reading</h3><p>Already a subscriber? Log in</p>"


def markdown(body: str) -> str:
    page = f"<html><head><title>The bridge</title></head><body><article>{body}</article></body>"
    article = extract_article(page, "https://shore.example/town/bridge")
    assert article.kind is not None
    assert article.kind.state == "paywalled"
    return article.markdown


@pytest.mark.parametrize(
    "wall",
    [
        f"<div class='paywall'>{WALL}</div>",
        f"<div class='subscription-wall'><div class='inner'>{WALL}</div></div>",
        f"<section id='piano-inline'>{WALL}</section>",
    ],
)
def test_a_box_that_asks_for_a_subscription_is_not_taken_for_text(wall: str) -> None:
    assert markdown(f"<h1>The bridge</h1><p>{TEXT}</p>{wall}").strip() == TEXT


def test_what_follows_a_box_stays() -> None:
    body = f"<p>{TEXT}</p><div class='paywall'>{WALL}</div><p>And then {TEXT.lower()}</p>"
    assert "And then it was" in markdown(body)


def test_a_box_with_the_free_part_in_it_stays() -> None:
    body = f"<div class='post locked'><p>{TEXT}</p><div class='paywall'>{WALL}</div></div>"
    assert TEXT in markdown(body)
    assert "Subscribe" not in markdown(body)
