"""From the bytes of a page, within bounds, to the one parse that metadata and body share.

They need about a kilobyte and 15 microseconds for each element, and libxml2 looks at all earlier
attributes of a tag for each one that it adds. Of 300 pages of news sites none has more than 7,000
tags, 200 attributes on a tag or 100 levels of elements. What goes beyond is cut, and the rest of
the page is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from charset_normalizer import from_bytes
from lxml.etree import ElementDefaultClassLookup, ParserError, XPath
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

MAX_CHARACTERS: Final = 4 * 1024 * 1024  # of a page
MAX_TEXT: Final = 1_000_000  # characters of what is shown of a page
MAX_TAGS: Final = 20_000  # start and end tags
MAX_ATTRIBUTES: Final = 200  # of one tag
MAX_VALUE: Final = 64 * 1024  # characters of one attribute
MAX_DEPTH: Final = 300
# A page with more tags than this is extracted in one way only: each takes so long.
LARGE_TAGS: Final = 10_000
_MAX_SPANS: Final = 2_000
_KEPT_ATTRIBUTES: Final = 100
_BREAK_BYTES: Final = 64 * 1024

# The HTML standard, section 13.2.5, from "tag name state" to "attribute value states".
_VALUE: Final = r"""\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+"""
_ATTRIBUTE: Final = rf"[\s/]++[^\s/>][^\s/>=]*+(?:{_VALUE})?+"
_TOO_MANY_ATTRIBUTES: Final = re.compile(
    rf"(<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE}){{{_KEPT_ATTRIBUTES}}})"
    rf"(?:{_ATTRIBUTE}){{{MAX_ATTRIBUTES + 1 - _KEPT_ATTRIBUTES},}}+"
)
_EMPTY_LINES: Final = re.compile(r"((?:<br\b[^<>]*>\s*+){2})(?:<br\b[^<>]*>\s*+)++", re.IGNORECASE)
_SPAN: Final = re.compile(r"</?span\b[^<>]*>", re.IGNORECASE)
# Every tag but those of metadata and of paragraphs, which cannot nest.
_NESTING_TAG: Final = re.compile(
    r"</?(?!(?:html|head|body|title|meta|link|script|style|p|br)\b)[a-zA-Z][^<>]*>", re.IGNORECASE
)
_NOT_SHOWN: Final = (
    ("<head>", "</head>"),
    ("<!--", "-->"),
    ("<script", "</script>"),
    ("<style", "</style>"),
)
_TOO_DEEP: Final = XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


@dataclass(frozen=True, slots=True)
class BoundedPage:
    """What is read of a page.

    Attributes:
        html: the page, or so much of it as is parsed.
        whole: the page with all its tags.
        cut: what of it is left out altogether, in words; "" if nothing is.
        is_large: whether it has so many tags that it should be walked only once.
    """

    html: str
    whole: str
    cut: str = ""
    is_large: bool = False

    @property
    def is_huge(self) -> bool:
        """Whether it has more tags than are parsed."""
        return len(self.html) < len(self.whole)


def first_bytes(body: bytes) -> bytes:
    """So much of a page as is worth decoding: a little more than `bound_page` leaves of it."""
    if len(body) <= MAX_CHARACTERS + _BREAK_BYTES:
        return body
    body = body[: MAX_CHARACTERS + _BREAK_BYTES]
    # A cut inside a character would speak against its charset; "<" is never such a place.
    end = body.rfind(b"<", MAX_CHARACTERS)
    return body if end < 0 else body[:end]


def bound_page(html: str) -> BoundedPage:
    """Cut a page down, before it is parsed, to what is worth reading.

    Takes time linear in the length of the page. Surplus attributes, comments, empty lines and
    spans go first, since no text goes with them.
    """
    cut = ""
    if len(html) > MAX_CHARACTERS:
        html, cut = html[:MAX_CHARACTERS], f"only the first {MAX_CHARACTERS} characters were read"
    html = _TOO_MANY_ATTRIBUTES.sub(r"\1", _open_comment(html))
    tags = html.count("<")
    if tags > LARGE_TAGS:
        html = _EMPTY_LINES.sub(r"\1", _without(html, "<!--", "-->"))
        if html.count("<span") > _MAX_SPANS:
            # trafilatura takes time with the square of their number in a paragraph.
            html = _SPAN.sub("", html)
        tags = html.count("<")
    return BoundedPage(_first_tags(html), html, cut, tags > LARGE_TAGS)


def is_too_deep(tree: HtmlElement) -> bool:
    """Whether elements nest deeper than `MAX_DEPTH`: parsers give up, or take ever longer."""
    return bool(_TOO_DEEP(tree))


def flattened(page: BoundedPage) -> BoundedPage:
    """A page with only its metadata, paragraphs and text: one that can be parsed."""
    return replace(bound_page(_NESTING_TAG.sub(" ", page.whole)), cut=page.cut)


def shown_part(page: BoundedPage) -> tuple[str, str]:
    """A page without scripts and styles, up to `MAX_TEXT` characters; and what is cut, in words."""
    html = page.whole
    for start, end in _NOT_SHOWN:
        html = _without(html, start, end)
    if len(html) > MAX_TEXT:
        return _first_tags(html[:MAX_TEXT]), f"only the first {MAX_TEXT} characters were read"
    if html.count("<") > MAX_TAGS:
        return _first_tags(html), f"only the first {MAX_TAGS} tags were read"
    return html, page.cut


def _first_tags(html: str) -> str:
    if html.count("<") <= MAX_TAGS:
        return html
    position = -1
    for _ in range(MAX_TAGS + 1):
        position = html.index("<", position + 1)
    return html[:position]


def _open_comment(html: str) -> str:
    """A page without the start of a comment that never ends, if it would swallow most of it."""
    start = html.find("<!--", html.rfind("-->") + 1)
    if start < 0 or start > len(html) // 2:
        return html
    return html[:start] + html[start:].replace("<!--", "")


def _without(html: str, start: str, end: str) -> str:
    """A page without what stands between two marks, and these."""
    parts = []
    position = 0
    while (opened := html.find(start, position)) >= 0 and (closed := html.find(end, opened)) >= 0:
        parts.append(html[position:opened])
        position = closed + len(end)
    return "".join((*parts, html[position:])) if parts else html


def drop_giant_values(tree: HtmlElement, html: str) -> None:
    """Drop, in place, attributes larger than any URL, class or date: images in data URLs.

    Args:
        tree: the parsed page.
        html: what it was parsed from.
    """
    # One of them fills a stretch of half its length, without the mark that ends it.
    half = MAX_VALUE // 2
    starts = range(0, len(html) - half + 1, half)
    if all(html.find(mark, start, start + half) >= 0 for start in starts for mark in "\"'>"):
        return
    for element in tree.xpath(f"descendant-or-self::*/@*[string-length() > {MAX_VALUE}]/.."):
        for name, value in element.attrib.items():
            if len(value) > MAX_VALUE:
                del element.attrib[name]


# Detection reads at most so many bytes: its cost grows with the input, its verdict hardly.
_DETECTION_BYTES = 32_768
# A declared charset is believed up to one undecodable place in so many characters.
_CHARACTERS_PER_ERROR = 1_000
# UTF-8 is believed with so many of its longer characters for each place that is none.
_VALID_PER_ERROR = 3
# Python codecs that no browser knows as a charset; some are slow or warn.
_NOT_FOR_THE_WEB = frozenset(
    {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf_7"}
)


def decode_page(body: bytes, http_charset: str | None) -> str:
    """Decode a page as browsers do, and never fail.

    The order is that of the HTML standard ("determining the character encoding"): byte order
    mark, HTTP charset, meta element, detection. A declared charset that plainly does not fit is
    passed over.

    Args:
        body: the response body, uncompressed.
        http_charset: the charset parameter of the Content-Type header, as it stands there.

    Returns:
        Text without NUL and without lone surrogates; bytes that mean nothing are U+FFFD.
    """
    return only_text(_decode(body, http_charset))


def only_text(text: str) -> str:
    """A string without NUL and lone surrogates, which no parser takes and no file can hold."""
    text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode()
    return text


def _decode(body: bytes, http_charset: str | None) -> str:
    bom_charset, bom = read_bom(body)
    if bom_charset and bom:
        return body[len(bom) :].decode(bom_charset, "replace")
    utf8 = _decode_strictly(body, "utf-8")
    for charset in (_usable(http_charset), _usable(html_body_declared_encoding(body))):
        if charset is None:
            continue
        if utf8 is not None and _speaks_for_utf8(body, charset):
            return utf8
        text = _decode_if_it_fits(body, charset)
        if text is not None:
            return text
    if utf8 is not None:
        return utf8
    detected = _detect(body)
    text = _decode_if_it_fits(body, detected) if detected else None
    return text if text is not None else body.decode("utf-8", "replace")


def _decode_strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except UnicodeDecodeError:
        return None


def _decode_if_it_fits(body: bytes, charset: str) -> str | None:
    try:
        text = body.decode(charset, "replace")
    except (LookupError, ValueError):
        # LookupError: a codec that is not for text, such as base64.
        return None
    errors = text.count("\ufffd")
    if errors <= 1 + len(text) // _CHARACTERS_PER_ERROR:
        return text
    # Hardly any byte of another charset is part of a valid sequence of UTF-8.
    is_utf8 = charset.replace("-", "").replace("_", "").lower() == "utf8"
    valid = len(text) - len(text.encode("ascii", "ignore")) - errors if is_utf8 else 0
    return text if is_utf8 and valid >= _VALID_PER_ERROR * errors else None


def _usable(name: str | None) -> str | None:
    """The Python name of a charset, or None for one that is unknown or not for the web."""
    if not name or not name.isascii() or "\x00" in name:
        return None
    charset = resolve_encoding(name.strip().strip("\"'"))
    if charset is None or charset.replace("-", "_") in _NOT_FOR_THE_WEB:
        return None
    return charset


def _speaks_for_utf8(body: bytes, charset: str) -> bool:
    """Whether bytes that are valid UTF-8 are so by more than chance, whatever was declared.

    Bytes all below 128 may be ISO-2022-JP, and with NUL among them UTF-16.
    """
    return b"\x00" not in body and (not body.isascii() or charset.startswith("utf"))


def _detect(body: bytes) -> str | None:
    prefix = body[:_DETECTION_BYTES]
    if len(prefix) < len(body):
        # A cut inside a character would speak against its charset; "<" is never such a place.
        prefix = prefix[: prefix.rfind(b"<")] or prefix
    best = from_bytes(prefix).best()
    return _usable(best.encoding) if best else None


# Control characters that no HTML text may hold (HTML standard, "preprocessing the input stream").
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\f\r"))
# A form feed is white space in HTML, and forbidden in XML.
_WHITE_SPACE = bytes.maketrans(b"\f", b" ")
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# The same as character references. libxml2 decodes them into its tree, and the first element
# that is copied out of it then fails, as no XML may hold such text: the article would be lost.
_CONTROL_REFERENCE = re.compile(
    r"&\#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01]|127|6553[45])(?![0-9])"
    r"|x0*(?:[1-8bcef]|1[0-9a-f]|7f|fff[ef])(?![0-9a-f]));?",
    re.IGNORECASE,
)
# libxml2 takes <html/> for an empty document and drops all that follows.
_SELF_CLOSED_HTML = re.compile(r"(<html\b[^<>]*?)/>", re.IGNORECASE)
_PROLOGUE_CHARACTERS = 4_096
# Custom elements that stand for an image, with its attributes.
_CUSTOM_IMAGES = ("amp-img", "amp-anim")
# lxml.html asks a Python function for the class of each element that it touches. Ours are all of
# one class, which C code can tell; it halves the time of a walk.
_ONE_CLASS = ElementDefaultClassLookup(element=HtmlElement)


def parse_page(html: str) -> HtmlElement | None:
    """Parse a page, however broken, into one tree.

    Elements nest up to 2,048 deep; a page that goes deeper ends there. (Without `huge_tree`
    libxml2 stops at 256, and real pages lose their article.)

    Returns:
        The `html` element, without comments; None if there is nothing to parse.
    """
    prologue = _SELF_CLOSED_HTML.sub(r"\1>", html[:_PROLOGUE_CHARACTERS], count=1)
    text = _CONTROL_REFERENCE.sub(" ", prologue + html[_PROLOGUE_CHARACTERS:])
    data = text.encode("utf-8", "ignore").translate(_WHITE_SPACE, _CONTROLS)  # no surrogates
    for character in _NO_CHARACTERS:
        data = data.replace(character, b"")
    # A parser is cheap and not safe to share between threads.
    parser = HTMLParser(
        encoding="utf-8",  # wins over any declaration inside the page
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        # As bytes: lxml refuses a str that starts with an XML encoding declaration.
        root = document_fromstring(data, parser=parser)
    except ParserError:
        return None
    for image in root.iter(*_CUSTOM_IMAGES):
        image.tag = "img"
    if _STREAMED_MARK in text:
        _place_streamed(root)
    return root if isinstance(root, HtmlElement) else None


# React sends what takes long at the end, hidden, and a script moves it to its place in the page:
# the segment S:1 to the template P:1, or to the one of the boundary B:0 that the script names.
_STREAMED_MARK: Final = "<div hidden"
_SEGMENTS: Final = XPath("descendant::div[@hidden and contains(@id, 'S:')]")
_PLACES: Final = XPath("descendant::template[contains(@id, 'P:') or contains(@id, 'B:')]")
_COMPLETIONS: Final = XPath(
    "descendant::script[contains(., '$RC(') or contains(., '$RR(')]", smart_strings=False
)
_SEGMENT: Final = re.compile(r"(.{0,40})S:([0-9a-f]{1,8})")
_COMPLETION: Final = re.compile(
    r"""\$R[CR]\("([^"]{0,40}B:[0-9a-f]{1,8})","([^"]{0,40}S:[0-9a-f]{1,8})\""""
)


def _place_streamed(root: HtmlElement) -> None:
    """Put the segments of a streamed page where readers see them, in place.

    Source: the instructions of react-dom's server renderer (completeBoundary, completeSegment).
    """
    segments = _SEGMENTS(root)
    if not segments:
        return
    places = {element.get("id"): element for element in _PLACES(root)}
    calls = "\n".join(script.text or "" for script in _COMPLETIONS(root))
    boundaries = {segment: boundary for boundary, segment in _COMPLETION.findall(calls)}
    for segment in segments:
        name = segment.get("id")
        match = _SEGMENT.fullmatch(name)
        if match is None:
            continue
        del segment.attrib["hidden"]
        del segment.attrib["id"]
        own = (boundaries.get(name), f"{match[1]}P:{match[2]}", f"{match[1]}B:{match[2]}")
        place = next((places.pop(one) for one in own if one in places), None)
        if place is not None and segment not in place.iterancestors():
            segment.tail = None
            place.addprevious(segment)
            segment.drop_tag()
            place.drop_tree()
