from __future__ import annotations

import time

import pytest

from crawler.extraction.metadata.field_text import HTML, JSON_LD, TEXT, Candidate
from crawler.extraction.metadata.language import settled_language, text_language

ENGLISH = "The council voted on Tuesday to keep the old footbridge open for another two years. "
TEXTS = {
    "en": ENGLISH,
    "de": "Der Rat der kleinen Stadt stimmte am Dienstag dafür, die alte Brücke zu erhalten. ",
    "fr": "Le conseil de la petite ville a voté mardi pour garder ouverte la vieille passerelle. ",
    "sw": "Halmashauri ya mji ilipiga kura siku ya Jumanne kuliacha daraja la zamani wazi. ",
    "zu": "Umkhandlu wedolobha uvotele ngoLwesibili ukuthi ibhuloho elidala lihlale livuliwe. ",
    "ru": "Совет небольшого города во вторник проголосовал за сохранение старого моста. ",
    "ja": "町議会は火曜日、古い歩道橋をさらに二年間残すことを決めた。工事は九月に始まる予定だ。",
    "he": "מועצת העיירה הצביעה ביום שלישי בעד השארת הגשר הישן פתוח לעוד שנתיים. ",
}


def declared(*tags: str) -> list[Candidate]:
    """Tags from `<html lang>` first and then from JSON-LD."""
    return [Candidate(tag, origin) for tag, origin in zip(tags, (HTML, JSON_LD), strict=False)]


@pytest.mark.parametrize(("tag", "text"), TEXTS.items(), ids=list(TEXTS))
def test_a_text_tells_its_language(tag: str, text: str) -> None:
    assert text_language(text * 2) == tag


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bridge",
        "12345 67890 " * 20,
        "\x00",
        "\ufffd" * 100,
        TEXTS["ru"] + TEXTS["ja"] + ENGLISH,
    ],
    ids=["nothing", "a word", "numbers", "a control", "no characters", "a mixture"],
)
def test_what_is_no_text_in_one_language_tells_none(text: str) -> None:
    assert text_language(text) is None


def test_the_tag_that_agrees_with_the_text_is_taken_for_its_region() -> None:
    assert settled_language(declared("en-ZA", "de"), ENGLISH * 2) == ("en-ZA", HTML)
    assert settled_language(declared("en", "de-AT"), TEXTS["de"] * 2) == ("de-AT", JSON_LD)


def test_a_template_s_language_is_not_that_of_the_text() -> None:
    assert settled_language(declared("en-US", "en"), TEXTS["sw"] * 2) == ("sw", TEXT)
    assert settled_language([], TEXTS["ja"] * 2) == ("ja", TEXT)


@pytest.mark.parametrize("tag", ["nb", "nn", "no"])
def test_a_page_knows_its_norwegian_better_than_the_text(tag: str) -> None:
    text = "Kommunestyret i den lille byen stemte tirsdag for å holde den gamle broen åpen. "
    assert settled_language(declared(tag), text * 2) == (tag, HTML)


def test_the_page_is_believed_where_the_text_is_too_short() -> None:
    assert settled_language(declared("sv"), "Bridge open") == ("sv", HTML)
    assert settled_language([], "Bridge open") == (None, None)


def test_a_long_text_costs_no_more_than_a_short_one() -> None:
    start = time.process_time()
    assert text_language(ENGLISH * 100_000) == "en"
    assert time.process_time() - start < 0.5
