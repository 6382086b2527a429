from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.article import Article, Image, Media
from crawler.ledger.records import Attempt, Snapshot, Visit, decode_visit, encode_visit, visit_json
from crawler.states import State

texts = st.text()
maybe = st.none() | st.text(min_size=1)
images = st.builds(Image, url=st.text(min_size=1), width=st.none() | st.integers(1), alt=maybe)
media = st.builds(
    Media,
    kind=st.sampled_from(["video", "audio"]),
    url=maybe,
    title=maybe,
    duration_seconds=st.none() | st.integers(1),
)
articles = st.builds(
    Article,
    markdown=texts,
    title=maybe,
    authors=st.lists(texts).map(tuple),
    keywords=st.lists(texts).map(tuple),
    images=st.lists(images).map(tuple),
    media=st.lists(media).map(tuple),
    free_to_read=st.none() | st.booleans(),
    ai_opt_outs=st.lists(texts).map(tuple),
    page_types=st.lists(texts).map(tuple),
    declared_words=st.none() | st.integers(1),
    tdm_reserved=st.none() | st.just(value=True),
    tdm_policy=maybe,
    form=maybe,
    word_count=st.integers(0),
    origins=st.dictionaries(texts, texts),
)
attempts = st.builds(
    Attempt,
    url=st.text(min_size=1),
    state=st.sampled_from(State),
    redirects=st.lists(texts).map(tuple),
    status=st.none() | st.integers(100, 599),
    detail=maybe,
    seconds=st.none() | st.floats(0.001, 100),
)
visits = st.builds(
    Visit,
    state=st.sampled_from(State),
    at=texts,
    attempts=st.lists(attempts, min_size=1, max_size=3).map(tuple),
    answered=st.just(0),
    via_amp=st.booleans(),
    article=st.none() | articles,
    etag=maybe,
    snapshot=st.none() | st.builds(Snapshot, asked_at=texts, url=maybe, taken_at=maybe),
)


def test_what_was_written_before_opt_outs_were_known_still_reads() -> None:
    visit = Visit(State.OK, "", (Attempt("u", State.OK),), article=Article(title="A"))
    assert b"opt_out" not in visit_json(visit)
    assert b"tdm" not in visit_json(visit)
    assert decode_visit(encode_visit(visit)) == visit


@given(visits)
def test_a_visit_comes_back_as_it_was(visit: Visit) -> None:
    assert decode_visit(encode_visit(visit)) == visit


def test_a_false_is_not_lost_as_if_it_were_unknown() -> None:
    visit = Visit(
        State.OK, "", (Attempt("u", State.OK, seconds=0.0),), article=Article(free_to_read=False)
    )
    assert decode_visit(encode_visit(visit)) == visit


def test_only_a_visit_to_an_archive_spells_a_snapshot_out() -> None:
    visit = Visit(State.OK, "2024-05-14T08:30:00Z", (Attempt("https://news.example/", State.OK),))
    assert b"snapshot" not in visit_json(visit)
