"""Feeds and sitemaps as they are sent, made such that a parser loses nothing of them.

What is wrong with them is mostly wrong with single characters (a bare `&`, an entity of HTML, half
of a surrogate pair, a declared encoding that is another), and a parser that meets one either stops
or, if it is to go on, drops it in silence and makes another URL of the one that stands there. So
all of that is mended before, by what is meant, and told.
"""

from __future__ import annotations

import html
import re
from codecs import (
    BOM_UTF8,
    BOM_UTF16_BE,
    BOM_UTF16_LE,
    BOM_UTF32_BE,
    BOM_UTF32_LE,
    getincrementaldecoder,
)
from collections import Counter
from dataclasses import dataclass
from html.entities import html5
from io import BytesIO
from typing import Final

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

from crawler.downloader.content_coding import decode_body
from crawler.extraction.parse import decode_page

MOST_BYTES: Final = 50 * 1024 * 1024
"""Of a body, unpacked; as the protocol of sitemaps has it."""

_GZIP_MAGIC: Final = b"\x1f\x8b"
_MOST_CODINGS: Final = 2
_STEP: Final = 1024 * 1024
_BOMS: Final = (
    (BOM_UTF32_LE, "utf-32"),  # before that of UTF-16, which is its beginning
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
)
# How "<" looks without a byte order mark (XML 1.0, appendix F).
_WIDE: Final = (
    (re.compile(rb"\s*\x00\x00\x00<"), "utf-32-be"),
    (re.compile(rb"\s*<\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"(?:\x00\s)*\x00<\x00?[^\x00]"), "utf-16-be"),
    (re.compile(rb"(?:\s\x00)*<\x00[^\x00]\x00"), "utf-16-le"),
)
_ESCAPE: Final = b"\x1b"  # of ISO-2022, which is ASCII otherwise

_ROOTS: Final = rb"rss|feed|rdf|channel|urlset|sitemapindex"
_ROOT: Final = re.compile(
    rb"<!--.*?-->|<(?P<tag>(?:[A-Za-z_][\w.-]*:)?(?P<name>" + _ROOTS + rb"))(?=[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_PROLOG: Final = re.compile(
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+",
    re.IGNORECASE | re.DOTALL,
)
_OWN_ENTITY: Final = re.compile(
    rb"<!ENTITY\s+([A-Za-z_][\w.-]{0,60})\s+(?:\"([^\"<&%]{0,500})\"|'([^'<&%]{0,500})')\s*>"
)
_MOST_ENTITIES: Final = 500

_CONTROL: Final = rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]"  # U+FFFE and U+FFFF, too
_NO_CHARACTER: Final = re.compile(_CONTROL)
_PAIR: Final = (
    rb"&(?:amp;)?\#(?:0*5[56]\d{3}|[xX]0*[dD][89abAB][0-9a-fA-F]{2});"
    rb"&(?:amp;)?\#(?:0*5[67]\d{3}|[xX]0*[dD][c-fC-F][0-9a-fA-F]{2});"
)
_PAIRS: Final = re.compile(_PAIR)
_TOKEN: Final = re.compile(
    rb"""
    (?P<literal><!\[CDATA\[.*?\]\]>)
  | (?P<comment><!--.*?--> | <\?.*?\?>)
  | (?P<pair>"""
    + _PAIR
    + rb""")
  | &(?!(?:amp|lt|gt|quot|apos);)(?:(?P<reference>\#(?:[0-9]{1,12}|[xX][0-9a-fA-F]{1,10}));?
     | (?P<name>[A-Za-z][\w.-]{0,60});)?
  | (?P<less><(?![A-Za-z_/!?:\x80-\xff]))
  | (?P<control>"""
    + _CONTROL
    + rb""")
    """,
    re.VERBOSE | re.DOTALL,
)
_ANYTHING: Final = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos);)|&amp;\#|<(?![A-Za-z_/:\x80-\xff])|" + _CONTROL
)
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_LOST: Final = "\ufffd"
_NO_CHARACTERS: Final = frozenset({_LOST, "\ufffe", "\uffff"})
_BLANKS: Final = frozenset({"\t", "\n", "\r"})


@dataclass(frozen=True, slots=True)
class MendedXml:
    """A body without prolog and without what follows its root element.

    Attributes:
        body: in UTF-8; nothing of it refers to a document type, whatever it said.
        root: the local name of the root element, lower case; "" where it is of none of the kinds.
        defects: what was wrong with it.
    """

    body: bytes
    root: str
    defects: tuple[str, ...] = ()


def mend_xml(body: bytes, content_type: str = "") -> MendedXml:
    """Return what a body means as XML; any bytes are allowed.

    Args:
        content_type: the Content-Type header field.
    """
    text = _utf8(body, content_type)
    found = next((match for match in _ROOT.finditer(text) if match["tag"]), None)
    if found is None:
        return MendedXml(text, "")
    before = text[: found.start()]
    defects: Counter[str] = Counter()
    if before and (_PROLOG.fullmatch(before) is None or before[:1].isspace()):
        defects["text before the XML"] += 1
    end = text.rfind(b"</" + found["tag"])
    closed = text.find(b">", end) + 1 if end > found.start() else 0
    bounds = (found.start(), closed or len(text))
    if _ANYTHING.search(text, *bounds):
        text = _Mender(_own_entities(before), defects).mend(text, *bounds)
    else:
        text = text[slice(*bounds)]
    told = tuple(
        what if count == 1 else f"{what} ({count} times)" for what, count in defects.items()
    )
    return MendedXml(text, found["name"].decode().lower(), told)


def unpacked(body: bytes) -> bytes:
    """Return a body that may be gzipped, whatever its header says.

    Raises:
        BodyError: it is, and is damaged or too large.
    """
    for _ in range(_MOST_CODINGS):
        if not body.startswith(_GZIP_MAGIC):
            break
        body = decode_body(body, ["gzip"], MOST_BYTES)
    return body


def _utf8(body: bytes, content_type: str) -> bytes:
    """Return the text in UTF-8; where it is that already, as in most cases, it is not copied."""
    if body.startswith(BOM_UTF8):
        body = body[len(BOM_UTF8) :]
        return body if _is_utf8(body) else body.decode("utf-8", "replace").encode()
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, "replace").encode("utf-8", "replace")
    for pattern, encoding in _WIDE:
        if pattern.match(body):
            return body.decode(encoding, "replace").encode("utf-8", "replace")
    # What can be read byte by byte is not in UTF-16, whatever it says.
    if _ESCAPE not in body and _is_utf8(body):
        return body
    charset = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    if charset is not None and charset.lower() == "utf-8":
        # Cut off within a character, or in another encoding altogether: then no two bytes fit.
        text = body.decode("utf-8", "replace")
        has_utf8 = any(character > "\x7f" and character != "\ufffd" for character in text)
        charset = "utf-8" if has_utf8 else "windows-1252"
        return body.decode(charset, "replace").encode()
    return decode_page(body, charset).encode()


def _is_utf8(body: bytes) -> bool:
    decoder = getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), _STEP):
            decoder.decode(body[start : start + _STEP])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _own_entities(prolog: bytes) -> dict[bytes, bytes]:
    """Return the texts that a document type gives names to, without markup or further names."""
    found = list(_OWN_ENTITY.finditer(prolog))[:_MOST_ENTITIES]
    return {match[1]: match[2] or match[3] or b"" for match in found}


class _Mender:
    def __init__(self, own: dict[bytes, bytes], defects: Counter[str]) -> None:
        self._own = own
        self._defects = defects

    def mend(self, text: bytes, start: int, end: int) -> bytes:
        # Not by `sub`, which has all pieces of what may be 50 MiB in memory at once.
        mended, view = BytesIO(), memoryview(text)
        for match in _TOKEN.finditer(text, start, end):
            mended.write(view[start : match.start()])
            mended.write(self._mended(match))
            start = match.end()
        mended.write(view[start:end])
        return mended.getvalue()

    def _mended(self, match: re.Match[bytes]) -> bytes:
        kind = match.lastgroup
        if kind == "literal":
            return self._without_control(_PAIRS.sub(lambda pair: _character(pair[0]), match[0]))
        if kind == "comment":
            return b""
        if kind == "control":
            return self._without_control(match[0])
        if kind == "pair":
            self._defects["a character in two halves"] += 1
            return _character(match[0])
        if kind == "less":
            self._defects["a bare <"] += 1
            return b"&lt;"
        if kind == "reference":
            return self._reference(match[0])
        if kind == "name":
            return self._named(match["name"])
        self._defects["a bare &"] += 1
        return b"&amp;"

    def _without_control(self, text: bytes) -> bytes:
        mended, count = _NO_CHARACTER.subn(b"", text)
        if count:
            self._defects["a control character"] += count
        return mended

    def _reference(self, reference: bytes) -> bytes:
        character = html.unescape(reference.decode())  # Windows' 128 to 159, too, as browsers do
        if character in _BLANKS:
            return f"&#{ord(character)};".encode()
        if not character or character < " ":
            self._defects["a control character"] += 1
            return b""
        if len(character) > 1 or character in _NO_CHARACTERS:
            self._defects["a character reference to no character"] += 1
            return _LOST.encode()
        return character.translate(_MARKUP).encode()

    def _named(self, name: bytes) -> bytes:
        if (own := self._own.get(name)) is not None:
            return own
        key = f"{name.decode()};"
        characters = html5.get(key) or html5.get(key.lower())
        self._defects["an entity that XML does not know"] += 1
        if characters is None:
            return b"&amp;" + name + b";"
        return characters.translate(_MARKUP).encode()


def _character(pair: bytes) -> bytes:
    """Return the character whose halves in UTF-16 two references name."""
    units = [part.strip(b";") for part in pair.split(b"#")[1:]]
    units[0] = units[0].partition(b";")[0]
    high, low = (int(unit[1:], 16) if unit[:1] in b"xX" else int(unit) for unit in units)
    raw = high.to_bytes(2, "big") + low.to_bytes(2, "big")
    try:
        return raw.decode("utf-16-be").encode()
    except UnicodeDecodeError:
        return _LOST.encode()
