"""Names and strangers' words on a terminal or in a log: one line, which does nothing."""

from __future__ import annotations

import re
from typing import Final

# Controls (also those that begin an escape sequence in one character), what ends a line for some
# reader, what reorders or hides what is shown, and the bytes of a name that is not UTF-8.
_ACTIVE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str, *, keep: str = "") -> str:
    r"""Return a text with what does something shown as an escape: "\n", "\x1b", "\u202e".

    Args:
        keep: characters that stay as they are.
    """
    return _ACTIVE.sub(lambda match: match[0] if match[0] in keep else _escape(match[0]), text)


def visible_json(document: str) -> str:
    """Return a JSON document in which nothing does something on a terminal; it says the same."""
    return _ACTIVE.sub(lambda match: match[0] if match[0] in "\n\t" else _unit(match[0]), document)


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # as Python reads a byte of a file's name
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def _unit(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
