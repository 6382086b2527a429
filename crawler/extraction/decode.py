"""From the bytes of a page to its text."""

from __future__ import annotations

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

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
