"""Which URLs of an item are fit to be followed."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

MAX_URL_CHARACTERS: Final = 2083
"""The longest URL that Internet Explorer took, which has become the customary limit."""

_SPACE_OR_CONTROL: Final = re.compile(r"[\s\x00-\x20\x7f-\x9f]")
# Forbidden domain code points of the URL Standard (https://url.spec.whatwg.org/), as far as
# they can be left after a split; the brackets of an IPv6 address are gone by then.
_FORBIDDEN_IN_HOST: Final = re.compile(r"[<>\\^|%\[\]{}\"`]")


def url_defect(value: object) -> str | None:
    """Say what is wrong with the value of a URL field, as the end of a sentence; None if nothing.

    Good is an absolute http or https URL with a host and without userinfo, white space or control
    characters. Nothing is mended: the value is used as it is written.
    """
    if not isinstance(value, str):
        return "is not a text"
    if len(value) > MAX_URL_CHARACTERS:
        return f"is longer than {MAX_URL_CHARACTERS} characters"
    if _SPACE_OR_CONTROL.search(value):
        return "has white space or a control character inside"
    return _parts_defect(value)


def _parts_defect(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a valid URL"
    if parts.scheme not in {"http", "https"}:
        return "is not an absolute http or https URL"
    if "@" in parts.netloc:
        return "has a user name or password"
    if not host or not host.strip("."):
        return "has no host"
    if _FORBIDDEN_IN_HOST.search(host):
        return "has a host with characters that no host has"
    return None
