"""What the ledger keeps of an item, of a source and of a visit, and visits as bytes."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Self

from crawler.extraction.article import Article, Image, Media
from crawler.states import State

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one URL of a family.

    Attributes:
        url: the URL that was requested.
        state: how it ended.
        redirects: the URLs that it was redirected to, in order; the last one answered.
        permanent_redirects: how many of these, from the first on, the sites call permanent.
        status: HTTP status of the answer, None where there was none.
        detail: the evidence, in a few words.
        seconds: from the request's turn to its answer.
        retry_at: when to come back at the earliest, ISO 8601 in UTC, where the site or our manners
            say so.
    """

    url: str
    state: State
    redirects: tuple[str, ...] = ()
    status: int | None = None
    detail: str | None = None
    seconds: float | None = None
    retry_at: str | None = None
    permanent_redirects: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an archive said when it was asked for a page (RFC 7089 calls it a memento).

    Attributes:
        asked_at: when it was asked, ISO 8601 in UTC.
        url: the snapshot's URL; None: the archive has none.
        taken_at: when it was taken, ISO 8601 in UTC.
    """

    asked_at: str
    url: str | None = None
    taken_at: str | None = None


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """What was learned of an image when it was last asked for.

    Attributes:
        asked_at: when, ISO 8601 in UTC.
        problem: why it is of no use, in a few words; None where it is.
        may_pass: whether the same request may do better later.
        format: as `crawler.images.size`.
        width, height: in pixels, as it is shown.
        file: path of the copy below the output folder, None without one.
        thumbnail, thumbnail_width, thumbnail_height: likewise of its small copy.
    """

    asked_at: str
    problem: str | None = None
    may_pass: bool = False
    format: str | None = None
    width: int | None = None
    height: int | None = None
    file: str | None = None
    thumbnail: str | None = None
    thumbnail_width: int | None = None
    thumbnail_height: int | None = None


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """How the request for a robots.txt ended (RFC 9309).

    Attributes:
        asked_at: when, ISO 8601 in UTC.
        status: the HTTP status; None where there was no answer.
        body: the first 500 KiB of a successful answer.
    """

    asked_at: str
    status: int | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What a feed's last answer said of itself, once all its entries were taken in.

    Attributes:
        asked_at: when, ISO 8601 in UTC.
        etag, last_modified: the validators of the answer (RFC 9110).
        hubs: URLs of WebSub hubs that tell of news in it.
        topic: the URL to subscribe to there.
        digest: of the body.
        unchanged_since: when this body came for the first time, as `asked_at`.
        is_doubtful: whether these validators have come with another body, too.
    """

    asked_at: str
    etag: str | None = None
    last_modified: str | None = None
    hubs: tuple[str, ...] = ()
    topic: str | None = None
    digest: str | None = None
    unchanged_since: str | None = None
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """How following a source ended, and what it brought.

    Attributes:
        state: the verdict over all attempts.
        at: when it ended, ISO 8601 in UTC with seconds.
        attempts: every try, in order.
        answered: index of the attempt that `state` was taken from.
        via_amp: whether that attempt asked for the family's AMP page.
        article: what was read off the page, None where nothing was.
        etag, last_modified: the validators of the answer (RFC 9110).
        snapshot: where the article of an `archived` page came from; the attempt names the lost URL.
    """

    state: State
    at: str
    attempts: tuple[Attempt, ...]
    answered: int = 0
    via_amp: bool = False
    article: Article | None = None
    etag: str | None = None
    last_modified: str | None = None
    snapshot: Snapshot | None = None

    @property
    def attempt(self) -> Attempt:
        """The attempt that decided."""
        return self.attempts[self.answered]

    @property
    def open_state(self) -> State:
        """The state that says whether to come back soon.

        An AMP page that stood in for an article which may yet recover does not settle it.
        """
        if self.via_amp:
            for attempt in self.attempts[: self.answered]:
                if attempt.state.is_transient:
                    return attempt.state
        return self.state


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """All that is known of one source, a family of URLs of one article.

    Attributes:
        key: the canonical key of the family, its identity.
        urls: the URLs to ask, in order of preference.
        amp_from: index of the first URL that is an AMP page; len(urls) without one.
        wants_body: False where only video items mention it.
        held: the best visit so far, None before the first.
        last: the last visit where it was worse than `held`, without its article.
        checked_at: when it was last visited, ISO 8601 in UTC.
        failures: visits in a row that did not find the page at its place.
        published: the earliest `publishedDateTime` that items give, ISO 8601 in UTC.
        last_state: how the last visit ended, also where it left no other trace.
        first_at: when it was first visited, ISO 8601 in UTC.
        retry_at: not to be visited before, ISO 8601 in UTC.
        failing_since: since when it does not give what is asked of it, ISO 8601 in UTC; None: it
            does.
        images: what was learned of the files of its images, by URL.
    """

    key: str
    urls: tuple[str, ...]
    amp_from: int
    wants_body: bool = True
    held: Visit | None = None
    last: Visit | None = None
    checked_at: str | None = None
    failures: int = 0
    published: str | None = None
    last_state: State | None = None
    first_at: str | None = None
    retry_at: str | None = None
    failing_since: str | None = None
    images: Mapping[str, ImageRecord] = field(default_factory=dict)

    @property
    def state_now(self) -> State | None:
        """How the last visit ended that asked; None: there was none.

        `archived`, where the page is lost and an archive's copy is held.
        """
        latest = self.last or self.held
        if self.held is None or latest is None:
            return None
        state = self.last_state
        if state is None or not state.was_asked or state is State.NOT_MODIFIED:
            state = latest.open_state
        return State.ARCHIVED if self.held.state is State.ARCHIVED and state.is_lost else state

    @property
    def snapshot(self) -> Snapshot | None:
        """Where an archive has the article of a lost page; None: that is not known."""
        latest = self.last or self.held
        return None if latest is None else latest.snapshot

    @property
    def lacks_text(self) -> bool:
        """Whether an article is held whose text is lost, with the file that had it."""
        if self.held is None or self.held.article is None or not self.held.state.has_text:
            return False
        # Of a snapshot there is always one, which an entry that wants no text says nothing of.
        had_text = self.held.article.word_count > 0 or self.held.state is State.ARCHIVED
        return had_text and not self.held.article.markdown


@dataclass(frozen=True, slots=True)
class Copy:
    """Another source that holds a text, or nearly that.

    Attributes:
        url: the URL that its text came from.
        similarity: of the two texts, see `crawler.duplicates`; 1 for the same words.
    """

    url: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Copies:
    """The other sources that hold the text of one.

    Attributes:
        best: URL of the best copy, None where that is the source itself.
        others: the other copies, the best first, no more than are worth telling.
    """

    best: str | None
    others: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in an item that names a source.

    Attributes:
        position: index in the item's `related`; -1 for the item's own source.
        source: the source's key.
        web_url: the `webUrl` as the item spells it, None where it has none.
        kind: the `type` that the item gives.
        published: the `publishedDateTime` that it gives, ISO 8601 in UTC with seconds.
    """

    position: int
    source: str
    web_url: str | None
    kind: str
    published: str | None = None

    @property
    def wants_body(self) -> bool:
        """Whether the text is asked for; of a video only the metadata is."""
        return self.kind != "video"


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Tells a file that was not touched since: size in bytes and mtime in nanoseconds."""

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, stat: os.stat_result) -> Self:
        """Return the stamp that a file's status has."""
        return cls(stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """All that is known of one item.

    Attributes:
        output: path below `output/items`, the item's identity.
        origin: path of the item's file.
        root: folder that was searched for it; an in-place write may not leave it.
        stamp: the file's stamp when it was read.
        digest: SHA-256 of the file without the added parts, in hex.
        facts: hash of what matters in the item (see `crawler.items`).
        mentions: the sources that it names.
        warnings: what was wrong with parts of it, as `FILE:LINE: reason`.
    """

    output: str
    origin: str
    root: str
    stamp: FileStamp
    digest: str
    facts: str
    mentions: tuple[Mention, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """What an output file was made from, and the stamp it had then."""

    fingerprint: str
    stamp: FileStamp


DAMAGE: Final = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What reading a damaged record may raise."""
_CHECKSUM: Final = re.compile(r',"crc32":(\d+)}\Z')
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def encode_visit(visit: Visit) -> str:
    """Return a visit as a JSON object for other programs to read, with a checksum as its end.

    A surrogate by itself, which no text has, is U+FFFD in it: SQLite would hand on broken UTF-8.
    """
    text = visit_json(visit).decode("utf-8", "surrogatepass")
    text = _SURROGATE.sub("\ufffd", text)
    return f'{text[:-1]},"crc32":{zlib.crc32(text.encode())}}}'


def visit_json(visit: Visit) -> bytes:
    """Return a visit as JSON in UTF-8, the same for equal visits."""
    plain = {name: getattr(visit, name) for name in ("state", "at", "answered", "via_amp")}
    plain |= {"etag": visit.etag, "last_modified": visit.last_modified}
    plain["attempts"] = [_attempt_to_plain(attempt) for attempt in visit.attempts]
    if visit.snapshot is not None:
        plain["snapshot"] = asdict(visit.snapshot)
    if visit.article is not None:
        plain["article"] = _article_to_plain(visit.article)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def decode_visit(stored: str) -> Visit:
    """Read a visit.

    Raises:
        one of DAMAGE: it is not as it was stored.
    """
    checksum = _CHECKSUM.search(stored)
    text = f"{stored[: checksum.start()]}}}" if checksum else ""
    if checksum is None or zlib.crc32(text.encode()) != int(checksum[1]):
        raise ValueError("its checksum is another")
    plain = json.loads(text)
    article = plain.pop("article", None)
    attempts = tuple(_attempt_from_plain(attempt) for attempt in plain.pop("attempts"))
    plain["state"] = State(plain["state"])
    if "snapshot" in plain:  # only visits to an archive have one
        plain["snapshot"] = Snapshot(**plain["snapshot"])
    visit = Visit(attempts=attempts, **plain)
    visit.attempt  # noqa: B018 - one without it is damaged
    return visit if article is None else replace(visit, article=_article_from_plain(article))


def _without_empty(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value not in (None, (), [], "")}


def _article_to_plain(article: Article) -> dict[str, Any]:
    names = (
        name for name in Article.__dataclass_fields__ if name not in {"images", "media", "origins"}
    )
    plain = {name: getattr(article, name) for name in names}
    plain["images"] = [_without_empty(asdict(image)) for image in article.images]
    plain["media"] = [_without_empty(asdict(media)) for media in article.media]
    plain["origins"] = dict(article.origins)
    return _without_empty(plain)


def _article_from_plain(plain: dict[str, Any]) -> Article:
    images = tuple(Image(**image) for image in plain.pop("images", ()))
    media = tuple(Media(**one) for one in plain.pop("media", ()))
    for name in ("authors", "keywords", "ai_opt_outs", "page_types"):
        plain[name] = tuple(plain.get(name, ()))
    return Article(images=images, media=media, **plain)


def _attempt_to_plain(attempt: Attempt) -> dict[str, Any]:
    plain = _without_empty(asdict(attempt))
    if not attempt.permanent_redirects:
        del plain["permanent_redirects"]
    return plain


def _attempt_from_plain(plain: dict[str, Any]) -> Attempt:
    plain["state"] = State(plain["state"])
    plain["redirects"] = tuple(plain.get("redirects", ()))
    return Attempt(**plain)
