from __future__ import annotations

import pytest
from scrapy.http import Headers

from crawler.downloader.media_type import content_type_of, is_html, may_be_html, media_type


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/html; charset=utf-8", b"anything", True),
        ("text/html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, False),
        ("text/html", b"\xff\xfe" + "<html><p>text".encode("utf-16-le"), True),
        ("text/html", b"<html>\x00 a page with a slip", True),
        ("TEXT/HTML", b"", True),
        ("application/xhtml+xml", b"<?xml?>", True),
        ("", b"  <!DOCTYPE html><p>", True),
        ("text/plain", b"\xef\xbb\xbf<html>", True),
        ("text/plain", b"just words", False),
        ("application/octet-stream", b"<head>", True),
        ("application/octet-stream", b"\x00\x01", False),
        ("application/pdf", b"%PDF-1.7 <html>", False),
        ("image/png", b"<html>", False),
        ("application/json", b"{}", False),
        ("text/html charset=utf-8", b"anything", True),
        ("text/html: charset=UTF-8", b"anything", True),
        ("text/html,charset=utf-8", b"anything", True),
        ("text/html, text/html", b"anything", True),
        ("text/html;;charset=utf-8", b"anything", True),
        ("Content-Type: text/html", b"anything", True),
        ('"text/html"', b"anything", True),
        ("text/html/", b"anything", True),
        ("text/plain, text/html", b"anything", True),
        ("text/html, application/json", b"{}", False),
        ("text/html, */*", b"anything", True),
        ('text/html; x="a, application/pdf"', b"anything", True),
        ("html", b"<p>text", True),
        ("text", b"<!doctype html>", True),
        ("utf-8", b"<div class=x>", True),
        ("*/*", b"<script>", True),
        ("text/htm", b"<html>", True),
        ("text/x-html; charset=x", b"<html>", True),
        ("unknown/unknown", b"<h1>News</h1>", True),
        ("text/xml", b'<?xml version="1.0"?>\n<!DOCTYPE html>', True),
        ("text/xml", b'<?xml version="1.0"?><!-- news --><rss>', False),
        ("", b"<article-feed>", False),
        ("M\xfcnchen", b"<html>", True),
        ("text/css", b"<html>", False),
    ],
)
def test_what_is_html(content_type: str, body: bytes, *, expected: bool) -> None:
    assert is_html(content_type, body) is expected


def test_a_body_is_loaded_unless_its_type_rules_a_page_out() -> None:
    assert may_be_html("")
    assert may_be_html("text/html; charset=x")
    assert not may_be_html("video/mp4")
    assert not may_be_html("text/css, video/mp4")


def test_several_fields_are_one_value_and_no_byte_is_too_odd() -> None:
    headers = Headers()
    headers.appendlist("Content-Type", b"text/html; x=M\xfcnchen")
    headers.appendlist("Content-Type", b"text/html;charset=utf-8")
    assert content_type_of(headers) == "text/html; x=M\xfcnchen, text/html;charset=utf-8"
    assert media_type(content_type_of(headers)) == "text/html"
    assert content_type_of(Headers()) == ""
