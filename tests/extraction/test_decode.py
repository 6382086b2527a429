from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.parse import decode_page

GERMAN = "<html><body><p>Grüße aus Köln, für 5 € über die Brücke.</p></body></html>"
JAPANESE = "<p>" + "これは日本語で書かれた記事です。東京の天気は晴れでした。" * 20 + "</p>"


def with_meta(charset: str, text: str) -> str:
    return f'<html><head><meta charset="{charset}"></head><body>{text}</body></html>'


@pytest.mark.parametrize(
    ("body", "http_charset", "expected"),
    [
        pytest.param(b"\xef\xbb\xbf" + GERMAN.encode(), "iso-8859-1", GERMAN, id="bom-over-http"),
        pytest.param(b"\xff\xfe" + GERMAN.encode("utf-16-le"), None, GERMAN, id="utf-16-bom"),
        pytest.param(GERMAN.encode("cp1252"), "ISO-8859-1", GERMAN, id="latin-1-is-cp1252"),
        pytest.param(GERMAN.encode("cp1252"), ' "windows-1252" ', GERMAN, id="quoted-name"),
        pytest.param(JAPANESE.encode("shift_jis"), "shift_jis", JAPANESE, id="http-shift-jis"),
        pytest.param(GERMAN.encode(), None, GERMAN, id="undeclared-utf-8"),
        pytest.param(GERMAN.encode(), "no-such-charset", GERMAN, id="unknown-name"),
        pytest.param(GERMAN.encode(), "base64", GERMAN, id="a-codec-that-is-not-for-text"),
        pytest.param(GERMAN.encode(), "unicode_escape", GERMAN, id="a-codec-of-python-only"),
        pytest.param(GERMAN.encode(), "us-ascii\x00", GERMAN, id="nul-in-the-name"),
        pytest.param(GERMAN.encode(), "iso-8859-1", GERMAN, id="utf-8-declared-as-latin-1"),
        pytest.param(GERMAN.encode(), "shift_jis", GERMAN, id="utf-8-declared-as-shift-jis"),
    ],
)
def test_a_page_is_decoded_by_its_first_fitting_charset(
    body: bytes, http_charset: str | None, expected: str
) -> None:
    assert decode_page(body, http_charset) == expected


def test_the_meta_charset_counts_without_an_http_charset() -> None:
    page = with_meta("euc-jp", JAPANESE)
    assert decode_page(page.encode("euc-jp"), None) == page


def test_the_http_charset_wins_over_the_meta_charset() -> None:
    page = with_meta("shift_jis", JAPANESE)
    assert decode_page(page.encode("euc-jp"), "euc-jp") == page


def test_a_wrong_http_charset_gives_way_to_a_fitting_meta_charset() -> None:
    page = with_meta("windows-1251", "Съешь же ещё этих мягких французских булок")
    assert decode_page(page.encode("cp1251"), "utf-8") == page


def test_a_meta_charset_of_utf_16_cannot_be_true() -> None:
    page = with_meta("utf-16", GERMAN)
    assert decode_page(page.encode(), None) == page


def test_a_page_cut_inside_a_character_keeps_its_charset() -> None:
    body = with_meta("utf-8", GERMAN * 3).encode() + "ü".encode()[:1]
    assert decode_page(body, "utf-8") == with_meta("utf-8", GERMAN * 3) + "\ufffd"


def test_an_undeclared_charset_is_detected() -> None:
    assert decode_page(JAPANESE.encode("shift_jis"), None) == JAPANESE


def test_detection_reads_only_the_start_of_a_long_page() -> None:
    page = JAPANESE * 100
    assert len(page.encode("euc-jp")) > 100_000
    assert decode_page(page.encode("euc-jp"), None) == page


def test_nul_bytes_do_not_come_out() -> None:
    assert decode_page(b"a\x00b", "utf-8") == "ab"


def test_nothing_is_an_empty_page() -> None:
    assert decode_page(b"", None) == ""


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=12), st.sampled_from(
    ["utf-8", "utf-7", "utf-16", "gbk", "big5", "iso-2022-jp", "idna", "punycode", "zlib", "hex"]
)))  # fmt: skip
def test_any_bytes_decode_to_text_that_can_be_written(body: bytes, charset: str | None) -> None:
    text = decode_page(body, charset)
    assert "\x00" not in text
    text.encode()


def test_one_bad_byte_among_good_ones_does_not_make_a_short_page_another_charset() -> None:
    text = "<p>Le conseil a voté l\u2019été prochain, déjà décidé</p>"
    body = text.encode() + b"<p>co\xfbte 5</p><p>co\xfbte 6</p>"
    assert decode_page(body, "utf-8").startswith(text)
