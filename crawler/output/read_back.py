"""What was written of a source, read back into what the ledger keeps: the mirror of `entry`.

Entries are checked like items: they may have been edited, or written by somebody who means harm.
What comes of them is written again, also into other files, so texts are made inert as a page's are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from crawler.extraction.article import Article, Image, Media
from crawler.items.link import MAX_URL_CHARACTERS, url_defect
from crawler.ledger.records import Attempt, ImageRecord, Snapshot, Visit
from crawler.sanitize import http_url, plain_text
from crawler.states import State
from crawler.timestamps import moment
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_TEXT_LIMIT: Final = 20_000  # characters; above the limit of any field that is read off a page
_MOST: Final = 1_000  # entries of a list
_HIGHEST: Final = 10**9
_COPY: Final = re.compile(r"images/([0-9a-f]{2})/(\1[0-9a-f]{38})\.(jpg|png|gif|webp|avif)")
_FORMATS: Final = {"jpg": "jpeg"}
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_WRITTEN_STATES: Final = frozenset(State) - {State.NOT_MODIFIED}
# States whose page was read, also where nothing was found on it.
_READ: Final = frozenset(s for s in State if s.has_text or s.is_good) | {State.EMPTY}


class EntryError(ValueError):
    """An entry says what this crawler would not have written.

    Attributes:
        field: the key in the entry.
        reason: what is wrong, as the end of a sentence.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What an entry says is held of a source.

    Attributes:
        held: the visit that is held.
        last: the last one, where it was worse.
        images: what was learned of the files of its images, by URL.
    """

    held: Visit
    last: Visit | None = None
    images: Mapping[str, ImageRecord] = field(default_factory=dict)


def read_entry(
    entry: Mapping[Any, Any], text: str | None, urls: Sequence[str], amp_from: int
) -> ReadBack | None:
    """Read an entry of an item, or the front matter of a source's file.

    Args:
        text: the article, where the file has it.
        urls: those of the source, now; from `amp_from` on of its AMP pages.

    Returns:
        None: nothing is said, or not of one of these URLs.

    Raises:
        EntryError: it is not what this crawler writes.
    """
    fields = _Fields(entry)
    if fields.is_absent("state") or fields.is_absent("requestedUrl"):
        return None
    url = fields.text("requestedUrl", raw=True)
    if url is None or (url not in urls and url_key(url) not in map(url_key, urls)):
        return None
    state = fields.state("state")
    article = _article(fields, state, text)
    held = Visit(
        state,
        fields.time("fetchedDateTime") or fields.time("attemptedDateTime") or _missing("state"),
        _attempts(fields, state, url, urls),
        answered=0 if fields.is_absent("openState") else 1,
        via_amp=amp_from < len(urls) and url_key(url) in map(url_key, urls[amp_from:]),
        article=article,
        snapshot=_snapshot(fields) if state is State.ARCHIVED else None,
    )
    last = fields.mapping("lastAttempt", _last)
    images = fields.mappings("images", _image)
    known = {image.url: record for image, record in images if record is not None}
    known = {name: _asked(record, held.at) for name, record in known.items()}
    return ReadBack(held, last, known)


def _missing(name: str) -> str:
    raise EntryError(name, "has no time")


def _attempts(fields: _Fields, state: State, url: str, urls: Sequence[str]) -> tuple[Attempt, ...]:
    try:
        final = fields.address("finalUrl")
    except EntryError:
        final = None  # servers redirect to what no item may name: no reason to lose the article
    redirects = () if final is None or final == url else (final,)
    status = fields.number("httpStatus", 100, 999)
    attempt = Attempt(url, state, redirects, status, fields.evidence("detail"))
    if fields.is_absent("openState"):
        return (attempt,)
    return (Attempt(urls[0], fields.state("openState")), attempt)


def _snapshot(fields: _Fields) -> Snapshot:
    at = fields.time("fetchedDateTime") or fields.time("attemptedDateTime") or ""
    return Snapshot(at, fields.address("archiveUrl"), fields.time("archivedDateTime"))


def _last(fields: _Fields) -> Visit:
    state, url = fields.state("state"), fields.address("requestedUrl")
    at = fields.time("attemptedDateTime")
    if url is None or at is None:
        raise EntryError("requestedUrl", "or a time is missing")
    attempt = Attempt(
        url, state, (), fields.number("httpStatus", 100, 999), fields.evidence("detail")
    )
    other = _content_hash(fields) if state is State.OTHER_TEXT else None
    return Visit(
        state, at, (attempt,), article=None if other is None else Article(content_hash=other)
    )


def _content_hash(fields: _Fields) -> str | None:
    content_hash = fields.text("contentHash")
    if content_hash is not None and not _HASH.fullmatch(content_hash):
        raise EntryError("contentHash", "is no SHA-256 in hex")
    return content_hash


def _article(fields: _Fields, state: State, text: str | None) -> Article | None:
    images = tuple(image for image, _ in fields.mappings("images", _image))
    article = Article(
        title=fields.text("title"),
        authors=fields.texts("authors"),
        published=fields.date("publishedDateTime"),
        modified=fields.date("modifiedDateTime"),
        description=fields.text("description"),
        site_name=fields.text("siteName"),
        language=fields.text("language"),
        section=fields.text("section"),
        keywords=fields.texts("keywords"),
        images=images,
        media=tuple(fields.mappings("media", _media)),
        canonical_url=fields.url("canonicalUrl"),
        amp_url=fields.url("ampUrl"),
        free_to_read=fields.flag("isAccessibleForFree"),
        ai_opt_outs=fields.texts("aiOptOut"),
        tdm_reserved=fields.flag("tdmReservation"),
        tdm_policy=fields.url("tdmPolicy"),
        page_types=fields.texts("declaredTypes"),
        form=fields.text("pageType"),
    )
    is_said = article != Article()
    article = _with_body(article, fields, state, text)
    return article if is_said or state in _READ else None


def _with_body(article: Article, fields: _Fields, state: State, text: str | None) -> Article:
    if not state.has_text:
        return article
    return replace(
        article,
        markdown=text or "",
        word_count=fields.number("wordCount", 0, _HIGHEST) or 0,
        reading_minutes=fields.number("readingMinutes", 0, _HIGHEST) or 0,
        content_hash=_content_hash(fields),
        page_count=fields.number("pageCount", 1, _HIGHEST),
        # Of a text that is whole, the detail says what of it was not read.
        cut="" if state is State.PAYWALLED else fields.evidence("detail") or "",
    )


def _image(fields: _Fields) -> tuple[Image, ImageRecord | None]:
    width, height = fields.number("width", 0, _HIGHEST), fields.number("height", 0, _HIGHEST)
    image = Image(fields.url("url") or _no_url(), width, height, fields.text("alt"))
    if not fields.flag("isCached"):
        return image, None
    copy = _COPY.fullmatch(fields.text("path", raw=True) or "")
    if copy is None:
        raise EntryError("path", "is not where a copy goes")
    small = fields.mapping("thumbnail", _thumbnail) or (None, None, None)
    if small[0] not in {None, f"images/{copy[1]}/{copy[2]}-{small[1]}.jpg"}:
        raise EntryError("thumbnail", "is not where a copy goes")
    record = ImageRecord(
        "",
        format=_FORMATS.get(copy[3], copy[3]),
        width=width,
        height=height,
        file=copy[0],
        thumbnail=small[0],
        thumbnail_width=small[1],
        thumbnail_height=small[2],
    )
    return image, record


def _thumbnail(fields: _Fields) -> tuple[str | None, int | None, int | None]:
    size = (fields.number("width", 0, _HIGHEST), fields.number("height", 0, _HIGHEST))
    return (fields.text("path", raw=True), *size)


def _asked(record: ImageRecord, at: str) -> ImageRecord:
    values = {name: getattr(record, name) for name in ImageRecord.__dataclass_fields__}
    return ImageRecord(**(values | {"asked_at": at}))


def _no_url() -> str:
    raise EntryError("images", "has an entry without a URL")


def _media(fields: _Fields) -> Media:
    kind = fields.text("kind")
    if kind not in {"video", "audio"}:
        raise EntryError("kind", "is neither video nor audio")
    return Media(
        kind,
        url=fields.url("url"),
        embed_url=fields.url("embedUrl"),
        oembed_url=fields.url("oEmbedUrl"),
        title=fields.text("title"),
        description=fields.text("description"),
        duration_seconds=fields.number("durationSeconds", 0, _HIGHEST),
        thumbnail_url=fields.url("thumbnailUrl"),
    )


class _Fields:
    """The fields of a mapping that may hold anything; each is what it has to be, or absent."""

    def __init__(self, mapping: Mapping[Any, Any]) -> None:
        self._mapping = mapping

    def is_absent(self, name: str) -> bool:
        return self._mapping.get(name) is None

    def text(self, name: str, *, raw: bool = False) -> str | None:
        """Return a text, made inert; raw: as it is, for a check that only harmless ones pass."""
        return None if self.is_absent(name) else _text(name, self._mapping[name], raw=raw)

    def evidence(self, name: str) -> str | None:
        """Return a text of our own words, in which a page's may stand."""
        value = self.text(name, raw=True)
        return self.text(name) if value is not None and set(value) & set("<>\n") else value

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_text(name, value) for value in self._list(name))

    def number(self, name: str, lowest: int, highest: int) -> int | None:
        value = self._mapping.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise EntryError(name, f"is not a whole number from {lowest} to {highest}")
        return value

    def flag(self, name: str) -> bool | None:
        value = self._mapping.get(name)
        if value is not None and not isinstance(value, bool):
            raise EntryError(name, "is neither true nor false")
        return value

    def url(self, name: str) -> str | None:
        """Return a URL of a page's, as safe to print as those that are read off pages."""
        value = self.text(name, raw=True)
        if value is not None and http_url(value) is None:
            raise EntryError(name, "is no http or https URL")
        return None if value is None else http_url(value)

    def address(self, name: str) -> str | None:
        """Return a URL that was asked for, as it was spelled."""
        value = self.text(name, raw=True)
        # Only what items say is bounded in length; redirects and archives may lead further.
        if value is not None and (defect := url_defect(value[:MAX_URL_CHARACTERS])):
            raise EntryError(name, defect)
        return value

    def state(self, name: str) -> State:
        value = self._mapping.get(name)
        if value not in _WRITTEN_STATES:
            raise EntryError(name, "is none of the states")
        return State(value)

    def time(self, name: str) -> str | None:
        """Return a moment with its offset."""
        value = self._parsed(name)
        if value is not None and moment(value).tzinfo is None:
            raise EntryError(name, "has no offset")
        return value

    def date(self, name: str) -> str | None:
        """Return a date or a date-time, as precise as a page has it."""
        return self._parsed(name)

    def _parsed(self, name: str) -> str | None:
        value = self.text(name, raw=True)
        try:
            if value is not None:
                datetime.fromisoformat(value)
        except ValueError:
            raise EntryError(name, "is not a date or date-time") from None
        return value

    def mapping(self, name: str, read: Callable[[_Fields], T]) -> T | None:
        value = self._mapping.get(name)
        return None if value is None else read(_Fields(_mapping(name, value)))

    def mappings(self, name: str, read: Callable[[_Fields], T]) -> list[T]:
        return [read(_Fields(_mapping(name, value))) for value in self._list(name)]

    def _list(self, name: str) -> list[Any]:
        value = self._mapping.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > _MOST:
            raise EntryError(name, f"is not a list of at most {_MOST}")
        return value


def _mapping(name: str, value: object) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise EntryError(name, "is not a mapping")
    return value


def _text(name: str, value: object, *, raw: bool = False) -> str:
    if not isinstance(value, str) or len(value) > _TEXT_LIMIT:
        raise EntryError(name, f"is not a text of at most {_TEXT_LIMIT} characters")
    return value if raw else plain_text(value, limit=_TEXT_LIMIT)
