"""Writes mappings as YAML that every YAML 1.1 and 1.2 parser reads alike, and Liquid ignores."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

YamlValue: TypeAlias = (
    "str | int | float | bool | Mapping[str, YamlValue] | Sequence[YamlValue] | None"
)

_STEP: Final = "  "
_KEY = re.compile(r"[a-z][A-Za-z0-9]*")
# YAML 1.1 (https://yaml.org/type/bool.html, null.html) reads these as no strings, even as keys.
_NOT_KEYS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# Quotes and backslashes; what some parser refuses, folds or hides when it stands for itself:
# controls, line separators, bidirectional and invisible characters, non-characters; and the
# first character of what Liquid, Hugo or a browser would run in the file as it is.
_ESCAPED = re.compile(
    r'["\\]|\{(?=[{%#])|<(?=[!/?A-Za-z])'
    "|[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    "|[\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
    + "".join(
        f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
_ESCAPES = ((0xFF, "\\x{:02X}"), (0xFFFF, "\\u{:04X}"), (0x10FFFF, "\\U{:08X}"))
_SURROGATE = re.compile("[\ud800-\udfff]")


def dump_mapping(mapping: Mapping[str, YamlValue], *, indent: int = 0) -> str:
    """Return a mapping as block-style YAML with LF line ends and without blank lines.

    Each line starts with `indent` spaces; each line below a top-level key with at least two
    more. Strings are double-quoted on one line and are read back as they are, but for lone
    surrogates, which no YAML can hold and which become U+FFFD. None and empty containers, and
    containers of nothing else, are left out: what is unknown is absent, never null. A mapping
    of nothing gives "".

    Raises:
        ValueError: a key is no plain camelCase identifier, or YAML 1.1 would read it as a
            boolean or null; a float is infinite or not a number.
        TypeError: a value is of a type that is not in `YamlValue`.
    """
    margin = " " * indent
    return "".join(f"{margin}{line}\n" for line in _mapping_lines(mapping))


def _mapping_lines(mapping: Mapping[str, YamlValue]) -> Iterator[str]:
    for key, value in mapping.items():
        if not _KEY.fullmatch(key) or key in _NOT_KEYS:
            raise ValueError(f"not a plain camelCase key: {key!r}")
        if _is_container(value):
            lines = [_STEP + line for line in _container_lines(value)]
            if lines:
                yield f"{key}:"
                yield from lines
        elif value is not None:
            yield f"{key}: {_scalar(value)}"


def _container_lines(value: YamlValue) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _mapping_lines(value)
    elif isinstance(value, Sequence):
        for item in value:
            if _is_container(item):
                for number, line in enumerate(_container_lines(item)):
                    yield f"{_STEP if number else '- '}{line}"
            elif item is not None:
                yield f"- {_scalar(item)}"


def _is_container(value: YamlValue) -> bool:
    return isinstance(value, (Mapping, Sequence)) and not isinstance(value, (str, bytes, bytearray))


def _scalar(value: YamlValue) -> str:
    if isinstance(value, str):
        return f'"{_ESCAPED.sub(_escape, _SURROGATE.sub(chr(0xFFFD), value))}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    raise TypeError(f"YAML has no place for a {type(value).__name__}")


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '"\\':
        return f"\\{character}"
    code = ord(character)
    return next(form.format(code) for highest, form in _ESCAPES if code <= highest)


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {value!r}")
    # YAML 1.1 wants a point in the mantissa: 1e-05 is a string there.
    mantissa, mark, exponent = repr(float(value)).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{mark}{exponent}"
