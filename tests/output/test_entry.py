from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from crawler.extraction.article import Article, Image, Media
from crawler.ledger.records import Attempt, Copies, Copy, Mention, Snapshot, SourceRecord, Visit
from crawler.output.entry import mention_entry, source_entry
from crawler.output.yaml_text import dump_mapping
from crawler.states import State

URL = "https://news.example/bridge"
AT = "2024-05-14T08:30:00Z"
WHOLE = Article(
    markdown="The council voted.",
    title="The bridge",
    authors=("Ada Okafor", "Ben Ito"),
    published="2024-05-14",
    modified="2024-05-15T08:30:00+02:00",
    description="Two beams.",
    site_name="The Courier",
    language="en",
    section="Town",
    keywords=("bridges",),
    images=(Image("https://news.example/b.png", 640, 480, "A bridge"), Image(URL)),
    canonical_url=f"{URL}/canonical",
    amp_url=f"{URL}/amp",
    free_to_read=False,
    word_count=3,
    reading_minutes=1,
    content_hash="abc",
)
VISIT_KEYS = ["state", "requestedUrl", "finalUrl", "canonicalUrl", "ampUrl", "httpStatus"]
METADATA_KEYS = ["authors", "publishedDateTime", "modifiedDateTime", "description", "siteName"]
METADATA_KEYS += ["language", "section", "keywords", "images", "isAccessibleForFree"]
BODY_KEYS = ["wordCount", "readingMinutes", "contentHash"]
OWN = Mention(-1, "news.example/bridge", URL, "article")
RELATED = Mention(0, "news.example/bridge", f"{URL}?as-spelled", "article")
VIDEO = Mention(0, "news.example/bridge", URL, "video")


def source(
    state: State,
    article: Article | None = None,
    *,
    last: Visit | None = None,
    **attempt: Any,
) -> SourceRecord:
    held = Visit(state, AT, (Attempt(URL, state, **attempt),), article=article)
    return SourceRecord("news.example/bridge", (URL,), 1, held=held, last=last)


def as_read(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry as a reader of the file finds it, keys in the order of the file."""
    read: dict[str, Any] = yaml.safe_load(dump_mapping(entry))
    return read


def nulls(value: object) -> bool:
    if isinstance(value, dict):
        return any(nulls(inner) for inner in value.values())
    return value is None or (isinstance(value, list) and any(map(nulls, value)))


def test_an_entry_has_all_that_is_known_in_its_order() -> None:
    record = source(State.OK, WHOLE, status=200, redirects=(f"{URL}/2",), detail="not shown")
    entry = as_read(mention_entry(record, OWN, "items/a.md"))
    expected = [*VISIT_KEYS, "fetchedDateTime", "title", *METADATA_KEYS, *BODY_KEYS, "textFile"]
    assert list(entry) == expected
    assert entry["state"] == "ok"
    assert entry["requestedUrl"] == URL
    assert entry["finalUrl"] == f"{URL}/2"
    assert entry["httpStatus"] == 200
    assert entry["fetchedDateTime"] == AT
    assert entry["authors"] == ["Ada Okafor", "Ben Ito"]
    assert entry["images"] == [
        {"url": "https://news.example/b.png", "width": 640, "height": 480, "alt": "A bridge"},
        {"url": URL},
    ]
    assert entry["isAccessibleForFree"] is False
    assert entry["textFile"] == "items/a.md"


def test_what_servers_and_redirects_say_has_no_quotes_that_end_an_attribute() -> None:
    detail = "robots.txt: Disallow: /'onclick=\"x"
    record = source(State.OK, WHOLE, status=200, redirects=(f"{URL}/'x='",))
    held = source(State.SOFT_404, WHOLE, status=200, detail=detail)
    assert mention_entry(record, OWN, None)["finalUrl"] == f"{URL}/%27x=%27"
    entry = mention_entry(held, OWN, None)
    assert entry["detail"] == "robots.txt: Disallow: /\u2018onclick\uff1d\u201dx"


def test_recordings_are_told_after_the_images() -> None:
    media = Media("video", url=URL, embed_url=f"{URL}/player", duration_seconds=282)
    article = replace(WHOLE, media=(media,))
    entry = as_read(mention_entry(source(State.OK, article, status=200), OWN, "items/a.md"))
    keys = list(entry)
    assert keys[keys.index("images") + 1] == "media"
    assert entry["media"] == [
        {"kind": "video", "durationSeconds": 282, "url": URL, "embedUrl": f"{URL}/player"}
    ]


def test_what_the_page_reserves_is_said_after_its_metadata() -> None:
    policy = "https://news.example/tdm.json"
    article = replace(WHOLE, ai_opt_outs=("noai",), tdm_reserved=True, tdm_policy=policy)
    for entry in (
        as_read(mention_entry(source(State.OK, article, status=200), OWN, "items/a.md")),
        as_read(source_entry(source(State.OK, article, status=200))),
    ):
        keys = list(entry)
        start = keys.index("isAccessibleForFree") + 1
        assert keys[start : start + 3] == ["aiOptOut", "tdmReservation", "tdmPolicy"]
        assert entry["aiOptOut"] == ["noai"]
        assert entry["tdmReservation"] is True
        assert entry["tdmPolicy"] == policy


def test_what_was_not_read_of_a_giant_page_is_said_beside_its_text() -> None:
    article = replace(WHOLE, cut="only the first 20000 tags were read")
    entry = as_read(source_entry(source(State.OK, article, status=200)))
    assert entry["detail"] == "only the first 20000 tags were read"


def test_a_related_entry_begins_with_the_address_as_the_item_spells_it() -> None:
    entry = as_read(mention_entry(source(State.GONE, status=410), RELATED, None))
    assert next(iter(entry.items())) == ("webUrl", f"{URL}?as-spelled")


@pytest.mark.parametrize(
    "record",
    [
        source(State.OK, Article(markdown="x", word_count=1, reading_minutes=1), status=200),
        source(State.OK, WHOLE, status=200),
        source(State.TIMEOUT),
        source(State.EMPTY, Article(images=(Image(URL),)), status=200),
        source(
            State.OK, WHOLE, status=200, last=Visit(State.ROBOTS, AT, (Attempt(URL, State.OK),))
        ),
        SourceRecord("news.example/bridge", (URL,), 1),
    ],
)
@pytest.mark.parametrize("mention", [OWN, RELATED, VIDEO, Mention(0, "k", None, "article")])
def test_what_is_unknown_is_absent_and_never_null(record: SourceRecord, mention: Mention) -> None:
    entry = as_read({"entry": mention_entry(record, mention, "t.md"), "end": 1})
    assert not nulls(entry)


def test_a_page_that_says_nothing_leaves_only_what_the_visit_says() -> None:
    article = Article(markdown="x", word_count=1, reading_minutes=1, content_hash="abc")
    entry = as_read(mention_entry(source(State.OK, article, status=200), OWN, "items/a.md"))
    visited = ["state", "requestedUrl", "finalUrl", "httpStatus", "fetchedDateTime"]
    assert list(entry) == [*visited, *BODY_KEYS, "textFile"]


def archived() -> SourceRecord:
    attempt = Attempt(URL, State.ARCHIVED, status=200, detail="snapshot of then")
    taken = Snapshot(AT, "https://archive.example/1", "2024-05-16T08:09:10Z")
    attempts = (Attempt(URL, State.GONE, status=410), attempt)
    held = Visit(State.ARCHIVED, AT, attempts, answered=1, article=WHOLE, snapshot=taken)
    return SourceRecord("news.example/bridge", (URL,), 1, held=held)


def test_an_archived_article_is_told_as_one_that_is_there_and_where_it_came_from() -> None:
    entry = as_read(mention_entry(archived(), OWN, "items/a.md"))
    visited = ["state", "requestedUrl", "archiveUrl", "archivedDateTime", "canonicalUrl", "ampUrl"]
    visited += ["httpStatus", "fetchedDateTime", "title"]
    assert list(entry) == [*visited, *METADATA_KEYS, *BODY_KEYS, "textFile"]
    assert entry["state"] == "archived"
    assert entry["archiveUrl"] == "https://archive.example/1"
    assert entry["archivedDateTime"] == "2024-05-16T08:09:10Z"
    assert as_read(source_entry(archived()))["archiveUrl"] == entry["archiveUrl"]


def test_of_an_archived_article_a_video_shows_only_the_metadata() -> None:
    entry = as_read(mention_entry(archived(), VIDEO, "items/a.md"))
    assert entry["state"] == "archived"
    assert "archiveUrl" in entry
    assert not {*BODY_KEYS, "textFile"} & entry.keys()


def test_a_try_without_an_answer_was_attempted_and_not_fetched() -> None:
    record = source(State.TIMEOUT, redirects=(f"{URL}/2",), detail="no answer in 30 s")
    assert as_read(mention_entry(record, OWN, "items/a.md")) == {
        "state": "timeout",
        "requestedUrl": URL,
        "attemptedDateTime": AT,
        "detail": "no answer in 30 s",
    }


@pytest.mark.parametrize("state", [State.OK, State.EMPTY])
def test_of_a_source_that_others_read_a_video_shows_only_the_metadata(state: State) -> None:
    article = WHOLE if state is State.OK else Article(title="The bridge")
    entry = as_read(mention_entry(source(state, article, status=200), VIDEO, "items/a.md"))
    assert entry["state"] == "unsupported"
    assert entry["title"] == "The bridge"
    assert not {*BODY_KEYS, "textFile"} & entry.keys()


def test_a_video_that_is_gone_is_gone() -> None:
    entry = as_read(mention_entry(source(State.GONE, status=410), VIDEO, None))
    assert entry["state"] == "gone"


def test_a_later_failure_stands_beside_what_is_held() -> None:
    attempt = Attempt(f"{URL}/amp", State.GONE, status=410, detail="no more")
    last = Visit(State.GONE, "2024-06-01T00:00:00Z", (attempt,))
    entry = as_read(mention_entry(source(State.OK, WHOLE, status=200, last=last), OWN, "t.md"))
    assert list(entry)[:3] == ["state", "lastAttempt", "requestedUrl"]
    assert entry["state"] == "ok"
    assert entry["wordCount"] == 3
    assert list(entry["lastAttempt"].items()) == [
        ("state", "gone"),
        ("requestedUrl", f"{URL}/amp"),
        ("httpStatus", 410),
        ("attemptedDateTime", "2024-06-01T00:00:00Z"),
        ("detail", "no more"),
    ]


def test_the_front_matter_of_a_source_begins_with_its_title() -> None:
    entry = as_read(source_entry(source(State.OK, WHOLE, status=200)))
    expected = ["title", "schema", *VISIT_KEYS, "fetchedDateTime", *METADATA_KEYS, *BODY_KEYS]
    assert list(entry) == expected
    assert entry["schema"] == 1


def test_a_source_without_a_title_has_none_in_its_front_matter() -> None:
    article = Article(markdown="x", word_count=1, reading_minutes=1)
    entry = as_read(source_entry(source(State.OK, article, status=200)))
    assert next(iter(entry)) == "schema"


def test_a_part_of_an_article_is_told_with_its_text_and_with_what_showed_it() -> None:
    record = source(State.PAYWALLED, WHOLE, status=200, detail="it says that it is not free")
    entry = as_read(mention_entry(record, OWN, "items/a.md"))
    assert entry["state"] == "paywalled"
    assert entry["detail"] == "it says that it is not free"
    assert (entry["wordCount"], entry["textFile"]) == (3, "items/a.md")
    assert as_read(source_entry(record))["state"] == "paywalled"
    video = as_read(mention_entry(record, VIDEO, "items/a.md"))
    assert video["state"] == "unsupported"
    assert not {"wordCount", "textFile"} & video.keys()


def test_the_form_of_an_article_is_told_where_it_has_one() -> None:
    record = source(State.OK, replace(WHOLE, form="live-blog"), status=200)
    assert as_read(mention_entry(record, OWN, "items/a.md"))["pageType"] == "live-blog"
    assert "pageType" not in as_read(mention_entry(source(State.OK, WHOLE, status=200), OWN, "a"))


COPIES = Copies("https://first.example/a", (Copy("https://first.example/a", 0.72), Copy(URL, 1.0)))


def test_an_entry_names_the_best_copy_of_a_text_that_it_has() -> None:
    record = source(State.OK, WHOLE, status=200)
    entry = mention_entry(record, RELATED, "sources/b.md", COPIES)
    assert entry["duplicateOf"] == "https://first.example/a"
    assert "duplicateOf" not in mention_entry(record, VIDEO, None, COPIES)
    best = replace(COPIES, best=None)
    assert "duplicateOf" not in as_read(mention_entry(record, RELATED, "sources/b.md", best))


def test_the_file_of_a_source_lists_its_copies() -> None:
    record = source(State.OK, WHOLE, status=200)
    fields = as_read(source_entry(record, COPIES))
    assert fields["duplicateOf"] == "https://first.example/a"
    assert fields["cluster"] == [
        {"url": "https://first.example/a", "similarity": 0.72},
        {"url": URL, "similarity": 1.0},
    ]
    assert not {"duplicateOf", "cluster"} & as_read(source_entry(record)).keys()
