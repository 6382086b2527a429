"""What a body means as XML; the kinds of defects are in data/broken_feeds.toml."""

from __future__ import annotations

import gzip
import time
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.mended_xml import mend_xml, unpacked
from crawler.downloader.content_coding import BodyError

_PIECES = st.sampled_from(
    [
        *("&", "&amp;", "&#55357;", "&#56832;", "&eacute;", "&x;", "<![CDATA[", "]]>", "<!--"),
        *("-->", "<?", "?>", "<", ">", "\x01", "ä", "😀", "\ufffe", "a", "&#0;", "&#x1F600;", "\n"),
    ]
)


def test_what_is_well_formed_stays_byte_for_byte() -> None:
    good = "<rss a='1'><t>A &amp; B &lt; &#169; <![CDATA[ & < ]]> ä</t>\n</rss>".encode()
    mended = mend_xml(b'<?xml version="1.0"?>\n' + good)
    assert mended.body == good.replace(b"&#169;", "©".encode())
    assert (mended.root, mended.defects) == ("rss", ())


@given(st.lists(_PIECES, max_size=12))
def test_no_character_of_a_text_stops_a_parser(pieces: list[str]) -> None:
    text = "".join(pieces).replace("<!", "").replace("<?", "").replace("]]>", "")
    text = text.replace("<", "< ").replace("<  ", "< ")
    body = f"<rss><t>{text}</t></rss>".encode("utf-8", "surrogatepass")
    ET.fromstring(mend_xml(body).body)


@given(st.binary(max_size=200))
def test_any_bytes_are_allowed(body: bytes) -> None:
    for form in (body, b"<rss>" + body + b"</rss>", b"\xff\xfe" + body, b"<\0" + body):
        mend_xml(form, "text/xml; charset=no-such").body.decode()


@pytest.mark.parametrize(
    ("body", "root"),
    [
        (b"<rss>", "rss"),
        (b"<rdf:RDF xmlns:rdf='x'></rdf:RDF>", "rdf"),
        (b"<FEED/>", "feed"),
        (b"<sitemapindex>", "sitemapindex"),
        (b"<html><body>", ""),
        (b"", ""),
        (b"<!-- <rss> -->", ""),
        (b"<rssfeed>", ""),
    ],
)
def test_the_root_says_what_it_is(body: bytes, root: str) -> None:
    assert mend_xml(body).root == root


def test_a_large_body_takes_time_that_grows_with_it() -> None:
    prolog = b"<?a?>\n<!-- b -->" * 20_000
    begun = time.process_time()
    mend_xml(prolog + b"x<rss>" + b"<a>&amp; & &x; &#55357;</a>" * 50_000)
    assert time.process_time() - begun < 10


def test_a_body_is_unpacked_as_often_as_it_was_packed() -> None:
    assert unpacked(gzip.compress(gzip.compress(b"<rss/>"))) == b"<rss/>"
    with pytest.raises(BodyError):
        unpacked(gzip.compress(b"<rss/>" * 100)[:-20])
