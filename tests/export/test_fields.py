from __future__ import annotations

from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import msgspec
import pytest

from crawler.conflicts.compare import Comparison
from crawler.export.fields import ArticleRow, Enrichment, Entry, LinkRow, SourceFields, VisitFields
from crawler.extraction.article import Article, Image, Media
from crawler.ledger.records import (
    Attempt,
    Copies,
    Copy,
    ImageRecord,
    Mention,
    Snapshot,
    SourceRecord,
    Visit,
)
from crawler.output.entry import mention_entry, source_entry
from crawler.states import State

URL = "https://news.example/a"
AT = "2024-05-14T08:30:00Z"
ARTICLE = Article(
    markdown="Words.",
    title="T",
    authors=("A",),
    published=AT,
    modified=AT,
    description="D",
    site_name="S",
    language="en",
    section="S",
    keywords=("k",),
    images=(Image("https://i.example/1.png", 1, 2, "alt"),),
    media=(Media("video", URL, URL, URL, "t", "d", 3, URL),),
    canonical_url=URL,
    amp_url=URL,
    free_to_read=False,
    ai_opt_outs=("noai",),
    tdm_reserved=True,
    tdm_policy=URL,
    page_types=("article",),
    word_count=1,
    reading_minutes=1,
    content_hash="0" * 64,
    form="gallery",
    page_count=2,
    cut="its end",
)
COPY = ImageRecord(AT, None, False, "png", 1, 2, "images/a", "images/b", 3, 4)


def record(state: State, *, status: int | None = 200) -> SourceRecord:
    attempt = Attempt(URL, state, (), status, "why")
    return SourceRecord(
        "news.example/a",
        (URL,),
        0,
        held=Visit(
            state,
            AT,
            (Attempt(URL, State.TIMEOUT), attempt),
            1,
            via_amp=True,
            article=ARTICLE,
            snapshot=Snapshot(AT, URL, AT),
        ),
        last=Visit(State.OTHER_TEXT, AT, (Attempt(URL, state, (), 200, "why"),), article=ARTICLE),
        failing_since=AT,
        images={"https://i.example/1.png": COPY},
    )


def as_written(value: Any) -> Any:
    """A value without what is not written of it."""
    if isinstance(value, dict):
        return {k: as_written(v) for k, v in value.items() if v not in (None, [], {})}
    return [as_written(one) for one in value] if isinstance(value, list) else value


def names(value: Any) -> Any:
    """The names of all fields, also of those in fields."""
    if isinstance(value, dict):
        return {key: names(one) for key, one in value.items()}
    return names(value[0]) if isinstance(value, list) else None


def names_of_type(kind: Any) -> Any:
    if get_origin(kind) is list:
        return names_of_type(get_args(kind)[0])
    if is_typeddict(kind):
        return {name: names_of_type(of) for name, of in get_type_hints(kind).items()}
    return None


COPIES = Copies(URL, (Copy(URL, 0.5),))
ALL_STATES = [record(State.OK), record(State.ARCHIVED), record(State.OK, status=None)]


@pytest.mark.parametrize("kind", [SourceFields, Entry])
def test_the_types_have_each_field_that_is_written_and_no_other(kind: type) -> None:
    written: dict[str, Any] = {}
    for one in ALL_STATES:
        mention = Mention(0, one.key, URL, "article")
        entry = (
            source_entry(one, COPIES) | {"digest": "0"}
            if kind is SourceFields
            else mention_entry(one, mention, "sources/a.md", COPIES)
            | {"conflicts": [{"field": "title", "item": "a", "page": "b"}]}
        )
        written |= as_written(entry)
    assert names(written) == names_of_type(kind)
    assert msgspec.convert(written, kind) == written


def test_the_rows_have_all_fields_but_those_for_knowing_edits() -> None:
    visit = get_type_hints(VisitFields).keys()
    of_item = get_type_hints(Enrichment).keys()
    article, link = get_type_hints(ArticleRow).keys(), get_type_hints(LinkRow).keys()
    assert article == visit | {"textFile", "cluster", "topics", "text"}
    assert link == get_type_hints(Entry).keys() | {
        "itemFile",
        "position",
        "topics",
        "filled",
        "results",
    }
    told = {"schema", "digest", "itemDigest", "source", "related"}
    assert of_item - told == {"cluster", "topics", "filled"}


def test_conflicts_are_of_the_three_fields() -> None:
    assert {"field", "item", "page"} <= Comparison.__dataclass_fields__.keys()
