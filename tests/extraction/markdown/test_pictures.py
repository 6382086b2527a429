from __future__ import annotations

import time

from lxml.html import fromstring

from crawler.extraction.markdown.inline import keep_captions


def titles(html: str) -> list[str | None]:
    tree = fromstring(f"<html><body>{html}</body></html>")
    keep_captions(tree)
    return [image.get("title") for image in tree.iter("img")]


def test_the_caption_of_a_figure_becomes_the_title_of_its_image() -> None:
    caption = "<figcaption>The <b>old</b>\n bridge</figcaption>"
    assert titles(f'<figure><img src="a" title="IMG_1.JPG">{caption}</figure>') == [
        "The old bridge"
    ]


def test_what_a_page_itself_puts_in_a_title_is_no_caption() -> None:
    assert titles('<p><img src="a" title="IMG_1.JPG"></p>') == [None]


def test_a_caption_of_several_images_is_of_none_of_them() -> None:
    html = '<figure><img src="a"><img src="b"><figcaption>Both</figcaption></figure>'
    assert titles(html) == [None, None]


def test_a_caption_that_is_the_alternative_text_is_said_once() -> None:
    assert titles('<figure><img src="a" alt="Bridge"><figcaption>Bridge</figcaption></figure>') == [
        None
    ]


def test_an_inner_figure_has_its_own_caption() -> None:
    inner = '<figure><img src="{0}"><figcaption>{0}</figcaption></figure>'
    html = f"<figure>{inner.format('a')}{inner.format('b')}<figcaption>All</figcaption></figure>"
    assert titles(html) == ["a", "b"]


def test_nested_and_endless_captions_take_no_time() -> None:
    started = time.process_time()
    nested = "<figure><figcaption>x" * 3000
    titles(nested)
    titles(f"<figure><img src='a'><figcaption>{'<b>x</b>' * 50_000}</figcaption></figure>")
    assert time.process_time() - started < 2
