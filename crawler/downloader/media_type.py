"""What a Content-Type says, and whether a body is a page or no text at all, as browsers read it.

Servers add a type to one that is there already, lose the semicolon before the charset, or write
none at all. What is no type counts as missing, and then the first bytes decide (Fetch standard,
"extract a MIME type", and MIME Sniffing, section 7).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from scrapy.http.headers import Headers


_LOOKED_AT: Final = 1024  # bytes
_MOST: Final = 16  # of them; damaged pages hold some, images and archives hundreds
# "Binary data bytes" of the MIME Sniffing standard, section 3.
_BINARY: Final = bytes({*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
_UTF16_MARKS: Final = (b"\xfe\xff", b"\xff\xfe")


def looks_binary(body: bytes, content_type: str = "") -> bool:
    """Whether a body is an image, an archive or the like; UTF-16 is text."""
    if body.startswith(_UTF16_MARKS) or "utf-16" in content_type.lower():
        return False
    start = body[:_LOOKED_AT]
    return len(start) - len(start.translate(None, _BINARY)) > _MOST


_HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
# Types that servers put on HTML by mistake; the first bytes decide.
_VAGUE_TYPES: Final = frozenset(
    {
        *("", "text/plain", "application/xml", "text/xml", "application/x-httpd-php"),
        *("application/octet-stream", "binary/octet-stream", "application/binary"),
        *("unknown/unknown", "application/unknown", "application/x-unknown", "text/unknown"),
    }
)
_VALUES: Final = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)+')
_TYPE: Final = re.compile(r"\s*([!#$%&'*+.^_`|~\w-]+/[!#$%&'*+.^_`|~\w-]+)\s*(?:;|\Z)", re.ASCII)
_MEANT_AS_HTML: Final = re.compile(
    r"[\s\"']*(?:content-type\s*:\s*)?(text/html|application/xhtml\+xml)(?![\w.+-])",
    re.IGNORECASE | re.ASCII,
)
_LOOKS_HTML: Final = re.compile(
    rb"\A[\s\xef\xbb\xbf]*(?:"
    rb"(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body)|<!--|"
    rb"<(?:script|iframe|h1|div|font|table|a|style|title|b|br|p|meta|link)[\s>/])",
    re.IGNORECASE,
)
# Also behind what keeps JSON from being run as a script.
_JSON_START: Final = re.compile(
    rb"\A[\s\xef\xbb\xbf]*(?:\)\]\}'?,?\s*|for\s*\(;;\);\s*|while\s*\(1\);\s*)?"
    rb"(?:\{\s*(?:\"|\})|\[\s*(?:[\[{\"\]]|-?\d))"
)
_JSON_END: Final = re.compile(rb"[\]}]\s*\Z")


def content_type_of(headers: Headers) -> str:
    """Return all Content-Type fields of an answer as one value; "" without any."""
    return ", ".join(value.decode("latin-1") for value in headers.getlist("Content-Type"))


def media_type(content_type: str) -> str:
    """Return the media type of a Content-Type, in lower case, without parameters; "" without one.

    Of several the last one that is a type counts.
    """
    last = ""
    for value in _VALUES.findall(content_type):
        found = _TYPE.match(value) or _MEANT_AS_HTML.match(value)
        if found is not None and found[1] != "*/*":
            last = found[1].lower()
    return last


def may_be_html(content_type: str) -> bool:
    """Whether a body of this Content-Type is worth loading."""
    kind = media_type(content_type)
    return kind in _HTML_TYPES or _is_vague(kind)


def is_html(content_type: str, body: bytes) -> bool:
    """Whether a body is an HTML page, and not one of another kind that is labelled so."""
    if looks_binary(body, content_type) or is_json(body):
        return False
    kind = media_type(content_type)
    return kind in _HTML_TYPES or (_is_vague(kind) and begins_html(body))


def is_json(body: bytes) -> bool:
    """Whether a body is JSON, by its first and last characters; pages are served so, by mistake."""
    return bool(_JSON_START.match(body[:1024]) and _JSON_END.search(body[-64:]))


def begins_html(body: bytes) -> bool:
    """Whether a body begins as HTML does."""
    return _LOOKS_HTML.match(body[:_LOOKED_AT]) is not None


def _is_vague(kind: str) -> bool:
    return kind in _VAGUE_TYPES or "htm" in kind
