"""The digest of what we wrote, which stands in the file itself: so that an edit shows, for ever."""

from __future__ import annotations

import hashlib
import re
from typing import Final

UNSIGNED: Final = ""
"""The value of the key `digest` until the parts around it are known."""

# When a page was visited differs from run to run, and says nothing of what was written.
_TIMES: Final = re.compile(
    r'^[ -]*(?:fetchedDateTime|attemptedDateTime): "\d{4}-\d\d-\d\dT[\d:.+Z-]+"\r?\n',
    re.MULTILINE,
)
_LINE: Final = re.compile(r'^(?P<key> {0,2}digest: )"(?P<value>[0-9a-f]*)"\r?\n', re.MULTILINE)


def signed(yaml_text: str, text: str) -> str:
    """Return YAML lines, of which one is an empty `digest`, with that of these lines and a text."""
    digest = parts_digest(yaml_text, text)
    return _LINE.sub(rf'\g<key>"{digest}"\n', yaml_text, count=1)


def stated_digest(yaml_text: str) -> str | None:
    """Return the digest that YAML lines state, None where there is none."""
    line = _LINE.search(yaml_text)
    return None if line is None else line["value"] or None


def parts_digest(yaml_text: str, text: str) -> str:
    """Give the SHA-256, in hex, of YAML lines without their `digest` and times, and a text.

    Line endings do not count, nor whether the last line of the text has one: Git and editors
    change these.
    """
    return text_digest_of(_TIMES.sub("", _LINE.sub("", yaml_text, count=1)), text)


def text_digest_of(*texts: str) -> str:
    """Give the SHA-256, in hex, of texts whose line endings and last line ending do not count."""
    plain = "\0".join(text.replace("\r\n", "\n").removesuffix("\n") for text in texts)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
