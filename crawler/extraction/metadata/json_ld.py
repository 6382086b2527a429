"""JSON-LD scripts as Python values, from the broken forms that real pages hold as well.

Source: JSON-LD 1.1, section 7 (embedding in HTML), and RFC 8259 for what it breaks.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SCRIPTS = 50
MAX_SCRIPT_CHARACTERS = 1_048_576
MAX_TOTAL_CHARACTERS = 4 * MAX_SCRIPT_CHARACTERS
MAX_VALUES_PER_SCRIPT = 50
_MAX_INT_DIGITS = 20

# What templates put around the JSON: HTML comments, CDATA marks, JavaScript comment signs.
_WRAPPING = re.compile(r"(?:\s|;|//|/\*|\*/|<!--|-->|<!\[CDATA\[|\]\]>|\ufeff)+")
_BETWEEN = re.compile(r"[\s,;]*")

# Strings are matched whole, so that what looks like a comment or comma in one stays. An unclosed
# string or comment runs to the end: each character is looked at once.
_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\(?:.|\Z))*+(?:"|\Z))"""
    r"""|(?P<comment>//[^\n]*|/\*(?:.*?\*/|.*\Z))"""
    r"""|(?P<commas>,[\s,]*+)""",
    re.DOTALL,
)
_BAD_ESCAPE = re.compile(r"""\\(?:u(?![0-9a-fA-F]{4})|([^"\\/bfnrtu]))""")


def json_ld_values(scripts: Iterable[str]) -> list[Any]:
    """The top-level values of all scripts, in order; what cannot be read is left out.

    Never raises. Bounded by the `MAX_*` constants; a longer script is not read at all, since half
    an object is none.
    """
    values: list[Any] = []
    total = 0
    for number, script in enumerate(scripts):
        total += len(script)
        if number >= MAX_SCRIPTS or total > MAX_TOTAL_CHARACTERS:
            break
        if len(script) <= MAX_SCRIPT_CHARACTERS:
            values.extend(_script_values(script))
    return values


def _script_values(script: str) -> list[Any]:
    wrapping = _WRAPPING.match(script)
    text = script[wrapping.end() :] if wrapping else script
    values, whole = _decode_all(text)
    if whole:
        return values
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    repaired, _ = _decode_all(_TOKEN.sub(_repair, text))
    return max(values, repaired, key=len)


def _decode_all(text: str) -> tuple[list[Any], bool]:
    """The JSON values that follow each other, and whether the text held nothing else."""
    values: list[Any] = []
    position = 0
    while len(values) < MAX_VALUES_PER_SCRIPT:
        if between := _BETWEEN.match(text, position):
            position = between.end()
        if position >= len(text) or text[position] not in "{[":
            # Only wrapping may be left; anything else is a sign that a repair could find more.
            return values, _WRAPPING.sub("", text[position:]) == ""
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return values, False
        values.append(value)
    return values, True


def _repair(token: re.Match[str]) -> str:
    if token["string"]:
        return _BAD_ESCAPE.sub(lambda escape: escape[1] or "", token["string"])
    if token["commas"]:
        return "" if token.string[token.end() : token.end() + 1] in {"", "}", "]"} else ","
    return ""


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_INT_DIGITS else None


# strict=False lets a string hold literal newlines and tabs; NaN and Infinity become None.
_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_constant=lambda _name: None)
