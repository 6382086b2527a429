from __future__ import annotations

import time
from typing import TYPE_CHECKING

import lxml.html
import pytest

from crawler.extraction.metadata.image_sources import visible_images

if TYPE_CHECKING:
    from crawler.extraction.metadata.image_sources import RawImage

LONG = "<p>" + "The council voted on Tuesday to keep the bridge. " * 4 + "</p>"


def _images(markup: str) -> list[RawImage]:
    return visible_images(lxml.html.document_fromstring(f"<body>{markup}</body>"))


@pytest.mark.parametrize(
    ("markup", "url", "width", "height"),
    [
        (
            (
                "<picture><source srcset='/m.webp 800w'><source data-srcset='/l.webp 1600w'>"
                "<img src=/a.jpg width=800 height=600></picture>"
            ),
            "/l.webp",
            1600,
            1200,
        ),
        ("<img src=/a.jpg width=640 height=480>", "/a.jpg", 640, 480),
        ("<img src=/a.jpg srcset='/s.jpg 320w, /l.jpg 1280w'>", "/l.jpg", 1280, None),
        ("<img src=/a.jpg width=300 height=200 srcset='/l.jpg 1200w'>", "/l.jpg", 1200, 800),
        ("<img src=/a.jpg srcset='/x.jpg 9000w, /l.jpg 1600w'>", "/l.jpg", 1600, None),
        ("<img src=data:image/gif;base64,R0 data-src=/late.jpg>", "/late.jpg", None, None),
        ("<img data-lazy-srcset='/s.jpg 1x, /m,1.jpg 2x'>", "/m,1.jpg", None, None),
        (
            "<img src='/i?u=a&w=3840' srcset='/i?u=a&w=640 1x, /i?u=a&w=1920 2x'>",
            "/i?u=a&w=3840",
            None,
            None,
        ),
    ],
)
def test_an_image_is_taken_in_its_largest_form(
    markup: str, url: str, width: int | None, height: int | None
) -> None:
    (image,) = _images(f"<h1>T</h1>{markup}")
    assert (image.url, image.width, image.height) == (url, width, height)


@pytest.mark.parametrize(
    "markup",
    [
        "<nav><img src=/a.jpg></nav>",
        "<footer><img src=/a.jpg></footer>",
        "<a href=/another-story><img src=/a.jpg></a>",
        "<img src=/a.jpg width=60 height=60>",
        "<img src='/a.jpg?w=105&h=105'>",
        "<img src=/a-150x150.jpg>",
        "<img src=/e151e5.gif>",
        "<img data-src='{\"default\": 1}'>",
        "<div class=authorBox><img src=/a.jpg></div>",
        "<div class='related list'><p><img src=/a.jpg></p></div>",
        "<img src=data:image/gif;base64,R0>",
    ],
)
def test_what_is_not_of_the_article_is_left(markup: str) -> None:
    assert _images(f"<h1>T</h1>{markup}") == []


def test_a_link_to_the_image_itself_leads_nowhere() -> None:
    assert len(_images("<h1>T</h1><a href=/a-large.jpg?v=1><img src=/a.jpg></a>")) == 1


def test_above_the_headline_only_the_article_s_own_count() -> None:
    page = "<img src=/site.jpg><article><img src=/hero.jpg><h1>T</h1></article><img src=/end.jpg>"
    assert [image.url for image in _images(page)] == ["/hero.jpg"]


def test_the_lead_stands_before_the_text() -> None:
    images = _images(f"<h1>T</h1>{LONG}<img src=/a.jpg>{LONG}<img src=/b.jpg>")
    assert [image.is_lead for image in images] == [True, False]


@pytest.mark.parametrize(
    "page",
    [
        "<h1>T</h1>" + "<img src=/a.jpg>" * 50_000,
        "<h1>T</h1><img srcset='" + "/a.jpg 1w, " * 100_000 + "'>",
        "<h1>T</h1><picture>" + "<source srcset=/a.jpg>" * 50_000 + "<img src=a></picture>",
        "<h1>T</h1>" + "<div>" * 1_500 + "<img src=/a.jpg>" * 100,
    ],
)
def test_a_hostile_page_costs_little(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    start = time.process_time()
    assert len(visible_images(tree)) <= 20
    assert time.process_time() - start < 1
