"""What is written, read back: into a ledger that knows nothing, out of real files."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extraction.article import Article, Image, Media, content_hash, count_words
from crawler.ledger.records import Attempt, ImageRecord, Snapshot, Visit
from crawler.options import CrawlOptions
from crawler.output.enriched import FIELDS, Additions
from crawler.sanitize import http_url, markdown_text, plain_text
from crawler.session import RunSession
from crawler.states import State
from tests.web.item_files import write_item

OWN = ("https://news.example/bridge", "https://www.news.example/amp/bridge")
RELATED = "https://other.example/market"
VIDEO = "https://video.example/watch"
COPY = "https://copy.example/bridge"
DATES = ["2024", "2024-05-14", "2024-05-14T08:30:00", "2024-05-14T08:30:00+02:00"]
TIMES = st.sampled_from(["2024-05-14T08:30:00Z", "2025-01-02T03:04:05Z", "2026-06-30T23:59:59Z"])

lines = st.text(min_size=1).map(plain_text).filter(bool)
maybe = st.none() | lines
urls = (
    st.from_regex(r"https?://[a-z]{1,9}\.example(/[a-zA-Z0-9 \"'()~%{}<>|^é-]{0,12}){0,3}")
    .map(http_url)
    .filter(bool)
)
maybe_url = st.none() | urls
many = st.lists(lines, max_size=3).map(tuple)
sizes = st.none() | st.integers(1, 9999)
paragraphs = st.text(min_size=1).map(markdown_text).filter(str.strip)
blocks = st.sampled_from(
    ["~~~\na  b\n\n  { {c}}\n~~~", "## Head", "- one\n- two", "> quote", "| a |\n| --- |\n| b |"]
)
markdowns = (
    st.lists(paragraphs | blocks, min_size=1, max_size=4)
    .map("\n\n".join)
    .map(lambda text: text.strip("\n"))
    .filter(lambda text: count_words(text) > 0)
)
images = st.builds(Image, url=urls, width=sizes, height=sizes, alt=maybe)
media = st.builds(
    Media,
    kind=st.sampled_from(["video", "audio"]),
    url=maybe_url,
    embed_url=maybe_url,
    oembed_url=maybe_url,
    title=maybe,
    description=maybe,
    duration_seconds=st.none() | st.integers(0, 9999),
    thumbnail_url=maybe_url,
)
articles = st.builds(
    Article,
    title=maybe,
    authors=many,
    published=st.none() | st.sampled_from(DATES[1:]),
    modified=st.none() | st.sampled_from(DATES[1:]),
    description=maybe,
    site_name=maybe,
    language=st.none() | st.sampled_from(["en", "zh-Hant"]),
    section=maybe,
    keywords=many,
    images=st.lists(images, max_size=3, unique_by=lambda image: image.url).map(tuple),
    media=st.lists(media, max_size=2).map(tuple),
    canonical_url=maybe_url,
    amp_url=maybe_url,
    free_to_read=st.none() | st.booleans(),
    ai_opt_outs=st.sampled_from([(), ("noai",), ("noai", "noimageai")]),
    tdm_reserved=st.none() | st.just(value=True),
    tdm_policy=maybe_url,
    page_types=st.sampled_from([(), ("newsarticle",), ("video.episode", "article")]),
    declared_words=st.none() | st.integers(1, 999),
    origins=st.just({"title": "json-ld"}),
    form=st.sampled_from([None, "live-blog", "gallery"]),
    next_page=maybe_url,
    page_count=st.none() | st.integers(2, 9),
)
NO_TEXT = sorted({s for s in State if not s.has_text} - {State.NOT_MODIFIED, State.UNSUPPORTED})


def with_text(article: Article, markdown: str, cut: str) -> Article:
    return replace(
        article,
        markdown=markdown,
        word_count=count_words(markdown),
        reading_minutes=1,
        content_hash=content_hash(markdown),
        cut=cut,
    )


@st.composite
def visits(draw: st.DrawFn, asked: tuple[str, ...], *, wants_text: bool = True) -> Visit:
    """A visit to one of these URLs, the last of which is an AMP page."""
    texts = [State.OK, State.ARCHIVED, State.PAYWALLED, State.EMPTY]
    state = draw(st.sampled_from([*texts, *NO_TEXT] if wants_text else [State.UNSUPPORTED]))
    status = draw(st.none() | st.sampled_from([200, 404, 410, 503]))
    status = 200 if state in {State.OK, State.PAYWALLED, State.EMPTY} else status
    detail = draw(maybe) if state is not State.OK else None
    redirects = draw(st.lists(urls, max_size=2)) if status is not None else []
    article = None
    if state.has_text:
        cut = draw(st.sampled_from(["", "of 9 megabytes of text, 2 were read"]))
        article = with_text(draw(articles), draw(markdowns), cut)
    elif state in {State.EMPTY, State.UNSUPPORTED}:
        article = draw(articles)
    snapshot = None
    if state is State.ARCHIVED:
        snapshot = Snapshot("2024-05-14T08:30:00Z", draw(urls), draw(TIMES))
    attempt = Attempt(asked[0], state, tuple(redirects), status, detail, seconds=0.1)
    attempts, via_amp = (attempt,), False
    if state is State.OK and draw(st.booleans()) and len(asked) > 1:
        first = draw(st.sampled_from([State.TIMEOUT, State.NOT_FOUND]))
        attempts, via_amp = (Attempt(asked[0], first), replace(attempt, url=asked[-1])), True
    return Visit(
        state,
        draw(TIMES),
        attempts,
        answered=len(attempts) - 1,
        via_amp=via_amp,
        article=article,
        etag='"1"',
        snapshot=snapshot,
    )


@st.composite
def image_records(draw: st.DrawFn) -> ImageRecord:
    size = {"width": draw(st.integers(1, 9999)), "height": draw(st.integers(1, 9999))}
    if draw(st.booleans()):
        return ImageRecord("2024-05-14T08:30:00Z", format="png", **size)
    stem = "images/3f/3f" + "0" * 38
    file = {"file": f"{stem}.png", "format": "png"}
    if draw(st.booleans()):
        file |= {"thumbnail": f"{stem}-400.jpg"}
        size |= {"thumbnail_width": 400, "thumbnail_height": draw(st.integers(1, 400))}
    return ImageRecord("2024-05-14T08:30:00Z", **file, **size)  # type: ignore[arg-type]


class Site:
    """A folder of items and an output folder, crawled without a web."""

    def __init__(self, folder: Path, *, in_place: bool) -> None:
        self.folder = folder
        self.items = folder / "items"
        self.output = folder / "output"
        self.in_place = in_place
        self.problems: list[str] = []

    def crawl(self, **options: Any) -> RunSession:
        given = CrawlOptions(
            items=(self.items,), output=self.output, in_place=self.in_place, **options
        )
        return RunSession(
            given,
            on_problem=self.problems.append,
            should_stop=lambda: False,
            additions=Additions(fill_in=tuple(f for f in FIELDS if f != "topics")),
        )

    def store_visit(self, seen: dict[str, list[Visit]], images: list[ImageRecord]) -> None:
        with self.crawl() as crawl:
            crawl.plan()
            crawl.tidy()
            for url, visits_in_a_row in seen.items():
                record = crawl.ledger.source_of_url(url)
                assert record is not None
                for visit in visits_in_a_row:
                    crawl.store_visit(record.key, visit)
                held = crawl.ledger.source(record.key)
                assert held is not None
                found = held.held.article.images if held.held and held.held.article else ()
                known = {one.url: facts for one, facts in zip(found, images, strict=False)}
                for name, facts in known.items():
                    crawl.ledger.put_image(name, facts)
                if known:
                    crawl.ledger.put_images_of(record.key, known)
                for item in crawl.ledger.finished_items(record.key):
                    crawl._publish(item)
            crawl.tell_copies()
            crawl.finish("finished")

    def lose_the_ledger(self) -> None:
        for path in (self.output / ".crawler").glob("ledger*"):
            path.unlink()

    def files(self) -> dict[str, tuple[bytes, int]]:
        return {
            path.relative_to(self.folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(self.folder.rglob("*.md"))
        }


def changes(before: dict[str, tuple[bytes, int]], after: dict[str, tuple[bytes, int]]) -> str:
    """What was changed in files, for people to read."""
    texts = [(of[0].decode(), after[name][0].decode()) for name, of in before.items()]
    return "\n".join(
        line for one, other in texts for line in unified_diff(one.split("\n"), other.split("\n"))
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
@pytest.mark.parametrize("in_place", [False, True])
def test_what_is_read_back_is_written_as_it_was(in_place: bool, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), in_place=in_place)
        crlf = data.draw(st.booleans())
        body = data.draw(st.sampled_from(["", "Mine.\n", "Mine", "<!-- article:begin x -->\n"]))
        fields = {"ampWebUrl": OWN[1], "excerpt": None}
        related = [RELATED, {"webUrl": VIDEO, "type": "video"}, {"webUrl": COPY, "type": "video"}]
        item = write_item(
            site.items, "a", original_url=OWN[0], related=related, crlf=crlf, body=body, **fields
        )
        write_item(site.items, "b", original_url=COPY, related=[VIDEO] if crlf else [])
        seen = {
            OWN[0]: data.draw(st.lists(visits(OWN), min_size=1, max_size=2)),
            RELATED: data.draw(st.lists(visits((RELATED,)), min_size=1, max_size=2)),
            VIDEO: data.draw(st.lists(visits((VIDEO,), wants_text=crlf), min_size=1, max_size=2)),
            COPY: data.draw(st.lists(visits((COPY,)), min_size=1, max_size=1)),
        }
        long = " ".join(f"word{number}" for number in range(80))
        if data.draw(st.booleans()) and (article := seen[COPY][0].article) is not None:
            seen[COPY][0] = replace(seen[COPY][0], article=with_text(article, long, ""))
            own = with_text(Article(), f"{long} and more", "")
            attempt = Attempt(OWN[0], State.OK, status=200)
            seen[OWN[0]] = [Visit(State.OK, "2024-05-14T08:30:00Z", (attempt,), article=own)]
        site.store_visit(seen, data.draw(st.lists(image_records(), max_size=2)))
        before = site.files()
        assert item.relative_to(site.folder).as_posix() in before

        site.lose_the_ledger()
        with site.crawl() as crawl:
            crawl.plan()
            crawl.tidy()
            for name in ("a.md", "b.md"):  # also what waits for a visit that is due
                known = crawl.ledger.item(name)
                assert known is not None
                crawl._publish(known)
            summary = crawl.finish("finished")
        assert site.problems == []
        assert changes(before, site.files()) == ""
        assert summary.edited == summary.written == summary.unwritten == 0
        assert None not in summary.held
        assert summary.unchanged >= len(before) - (0 if in_place else 2)
        assert site.files() == before
