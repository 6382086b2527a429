"""A link of an item: its source or one of its related items, if its URL can be followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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


URL_FIELDS: Final = ("originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl")
"""The fields that may hold an address of the same article, the best first."""

# What is no part of a URL wherever it stands around one: spaces and line breaks of any kind,
# controls, and what cannot be seen.
_AROUND: Final = "".join(map(chr, (*range(0x21), *range(0x7F, 0xA1), *range(0x2000, 0x2010)))) + (
    "\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_AMP_FIELDS: Final = ("ampWebUrl", "cdnAmpWebUrl")


@dataclass(frozen=True, slots=True)
class Link:
    """What an item says of an article elsewhere.

    Attributes:
        web_url: `webUrl` as written, without blanks around it, to match items by.
        urls: the article's addresses, likewise, in the order of `URL_FIELDS`, without repeats.
        amp_urls: those of `urls` that an AMP field gives.
        kind: the field `type`; "article" where there is none.
        title: the field `title`, where it is a text.
        published: `publishedDateTime`, always with an offset: UTC where none is written, and
            midnight where only a date is.
        index: position in `related`, from 0; None for the item's own source.
    """

    web_url: str | None
    urls: tuple[str, ...]
    amp_urls: tuple[str, ...]
    kind: str
    title: str | None
    published: datetime | None
    index: int | None


def is_absent(value: object) -> bool:
    """Whether a field says nothing: it is null, blank, or an empty list or mapping."""
    if isinstance(value, str):
        return not value.strip(_AROUND)
    return value is None or value in ([], {})


def read_link(
    fields: Mapping[Any, Any],
    *,
    index: int | None,
    refuse: Callable[[str, str], None],
    warn: Callable[[str, str], None],
) -> Link:
    """Read a link from the fields of an item or of a related item.

    Args:
        refuse: told the name of a bad URL field and the reason; the field is left out, unless this
            raises.
        warn: told the same of a bad date.
    """
    good: dict[str, str] = {}
    for name in URL_FIELDS:
        value = fields.get(name)
        if is_absent(value):
            continue
        url = value.strip(_AROUND) if isinstance(value, str) else value
        if defect := url_defect(url):
            refuse(name, defect)
        else:
            good[name] = str(url)
    published = None
    try:
        published = _moment(fields.get("publishedDateTime"))
    except ValueError:
        warn("publishedDateTime", "is not a date or date-time")
    kind, title = fields.get("type"), fields.get("title")
    return Link(
        web_url=good.get("webUrl"),
        urls=tuple(dict.fromkeys(good.values())),
        amp_urls=tuple(dict.fromkeys(good[name] for name in _AMP_FIELDS if name in good)),
        kind=kind if isinstance(kind, str) and kind else "article",
        title=title if isinstance(title, str) else None,
        published=published,
        index=index,
    )


def _moment(value: object) -> datetime | None:
    if is_absent(value):
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip(_AROUND))
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if not isinstance(value, datetime):
        raise ValueError(value)  # noqa: TRY004 - one error for every value that is no date
    return value if value.tzinfo else value.replace(tzinfo=UTC)
