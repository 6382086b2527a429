from __future__ import annotations

import json
import time
from typing import Any

import lxml.html
import pytest

from crawler.extraction.article import Media
from crawler.extraction.metadata.media import MAX_MEDIA, duration_seconds
from crawler.extraction.metadata.read import Metadata, read_metadata

URL = "https://news.example/video/bridge"
VIDEO = {
    "@type": "VideoObject",
    "name": "The bridge &amp; the river",
    "description": "From above",
    "duration": "PT4M42S",
    "thumbnailUrl": ["/t.jpg", "/u.jpg"],
    "contentUrl": "/v.mp4",
    "embedUrl": "https://player.example/5",
    "url": URL,
}
MEDIA = Media(
    kind="video",
    url="https://news.example/v.mp4",
    embed_url="https://player.example/5",
    title="The bridge & the river",
    description="From above",
    duration_seconds=282,
    thumbnail_url="https://news.example/t.jpg",
)


def _read(*values: Any, head: str = "") -> Metadata:
    scripts = (f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in values)
    return read_metadata(lxml.html.document_fromstring(head + "".join(scripts) + "<p>x"), URL)


@pytest.mark.parametrize(
    "value",
    [
        VIDEO,
        {"@type": "NewsArticle", "headline": "A", "url": URL, "video": VIDEO},
        {"@type": "NewsArticle", "headline": "A", "url": URL, "associatedMedia": [VIDEO]},
        {"@type": "WebPage", "url": URL, "mainEntity": VIDEO | {"url": None}},
        VIDEO | {"contentUrl": None, "contentURL": "/v.mp4", "url": None},
    ],
)
def test_a_declared_video_is_read_wherever_it_stands(value: dict[str, Any]) -> None:
    found = _read(value)
    assert found.media == (MEDIA,)
    assert found.origins["media"] == "json-ld"


def test_an_episode_is_told_with_its_recording() -> None:
    episode = {
        "@type": "PodcastEpisode",
        "url": URL,
        "name": "Bridges",
        "associatedMedia": {"@type": "AudioObject", "contentUrl": "/e.mp3", "duration": "PT1H"},
    }
    first = _read(episode).media[0]
    assert (first.kind, first.title, first.duration_seconds) == ("audio", "Bridges", 3_600)
    assert first.url == "https://news.example/e.mp3"


def test_videos_of_other_pages_are_not_this_page_s() -> None:
    others = [VIDEO | {"url": f"/video/{number}"} for number in range(3)]
    article = {"@type": "NewsArticle", "headline": "A", "url": URL}
    assert _read(article, *others).media == ()


@pytest.mark.parametrize(
    ("head", "expected", "origin"),
    [
        (
            "<meta property=og:video content=/v.mp4><meta property=video:duration content=90>",
            Media("video", url="https://news.example/v.mp4", duration_seconds=90),
            "open-graph",
        ),
        (
            (
                "<meta property=og:video:url content=https://p.example/5>"
                "<meta property=og:video:type content=text/html>"
            ),
            Media("video", embed_url="https://p.example/5"),
            "open-graph",
        ),
        (
            "<meta property=og:audio content=/a.mp3>",
            Media("audio", url="https://news.example/a.mp3"),
            "open-graph",
        ),
        (
            (
                "<meta name=twitter:card content=player>"
                "<meta name=twitter:player content=https://p.example/5>"
                "<meta name=twitter:player:stream content=https://p.example/5.mp4>"
                "<link rel=alternate type=application/json+oembed href=/oembed?u=5>"
            ),
            Media(
                "video",
                url="https://p.example/5.mp4",
                embed_url="https://p.example/5",
                oembed_url="https://news.example/oembed?u=5",
            ),
            "twitter",
        ),
    ],
)
def test_meta_tags_give_a_player(head: str, expected: Media, origin: str) -> None:
    found = _read(head=head)
    assert found.media == (expected,)
    assert found.origins["media"] == origin


def test_meta_tags_complete_what_json_ld_says() -> None:
    head = "<meta property=og:video content=https://p.example/x.mp4>"
    bare = {"@type": "VideoObject", "name": "Bridge", "url": URL}
    (found,) = _read(bare, head=head).media
    assert (found.title, found.url) == ("Bridge", "https://p.example/x.mp4")


def test_an_article_s_own_oembed_makes_it_no_player() -> None:
    head = "<link rel=alternate type=application/json+oembed href=/oembed>"
    assert _read({"@type": "NewsArticle", "headline": "A", "url": URL}, head=head).media == ()
    article = {"@type": "NewsArticle", "headline": "A", "url": URL, "video": VIDEO}
    assert _read(article, head=head).media[0].oembed_url is None


@pytest.mark.parametrize(("form", "kind"), [("video.other", "video"), ("music.song", "audio")])
def test_of_a_player_that_says_nothing_else_its_oembed_is_told(form: str, kind: str) -> None:
    head = (
        f"<meta property=og:type content={form}>"
        "<link rel=alternate type=text/xml+oembed href=/oembed?f=xml>"
        "<link rel=alternate type=application/json+oembed href=/oembed?f=json>"
    )
    found = _read(head=head)
    assert found.media == (Media(kind, oembed_url="https://news.example/oembed?f=json"),)
    assert found.origins["media"] == "link"


def test_urls_are_of_the_web_only() -> None:
    bad = {"@type": "VideoObject", "url": URL, "contentUrl": "javascript:x", "embedUrl": "data:x"}
    assert _read(bad).media == ()


def test_recordings_are_few_and_cost_little() -> None:
    many = [VIDEO | {"name": f"Part {number}"} for number in range(3_000)]
    start = time.process_time()
    found = _read({"@type": "NewsArticle", "headline": "A", "url": URL, "video": many})
    assert time.process_time() - start < 1
    assert len(found.media) == MAX_MEDIA


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("PT4M42S", 282),
        ("PT1H2M3.9S", 3_723),
        ("P0DT0H3M20S", 200),
        ("pt90s", 90),
        ("4:42", 282),
        ("1:02:03", 3_723),
        ("282.0", 282),
        ("PT0S", None),
        ("P1M", None),
        ("P", None),
        ("PT99999H", None),
        ("soon", None),
        ("", None),
        ("9" * 100_000, None),
    ],
)
def test_a_duration_is_whole_seconds_or_none(value: str, seconds: int | None) -> None:
    assert duration_seconds(value) == seconds
