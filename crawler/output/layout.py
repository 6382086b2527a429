"""Where everything lies below the output folder, under names that are safe on every file system."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from filelock import FileLock, Timeout

from crawler.output.atomic import UnsafePathError, refuse_outside
from crawler.run_log import earlier_log
from crawler.urls.canonical import clean_url
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from crawler.ledger.records import ItemRecord


NAME_LIMIT: Final = 100  # characters of a segment, so that suffixes and temporary names fit in 255
_ITEM_SLUG_LIMIT: Final = 80  # with the date and a mark, a name stays below NAME_LIMIT
_HASH_LENGTH: Final = 8
_STEM_LIMIT: Final = NAME_LIMIT - _HASH_LENGTH - 1
_UNSAFE = re.compile(r"[^a-z0-9-]+")
_SAFE = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{NAME_LIMIT - 1}}}")
_SAFE_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_FILE_EXTENSION = re.compile(r"\.[A-Za-z]{1,5}[0-9]?\Z")
_MARKDOWN_FILE = re.compile(
    r"(?P<stem>.*)(?P<extension>\.(?:md|markdown))", re.IGNORECASE | re.DOTALL
)
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in range(10)}
)


def safe_segment(name: str) -> str:
    """Return a name of `[a-z0-9-]`, at most 100 characters, for a file or folder called `name`.

    A name that is safe already stays. Every other one is folded to ASCII and ends in `-` and 8
    hexadecimal digits of its SHA-256, so that names which fold alike stay apart. A safe name may
    have been chosen to look like the result for another one: who writes files by these names
    keeps a record of which item has which.
    """
    is_kept = _SAFE.fullmatch(name) is not None and name not in _DEVICES
    return name if is_kept else f"{_cut(_fold(name), _STEM_LIMIT) or 'unnamed'}-{_hash(name)}"


def item_output_path(relative: PurePosixPath) -> PurePosixPath:
    """Return where the enriched copy of an item goes, relative to the output folder.

    Folders and the file's stem become safe segments, the extension lower case. The result is
    never absolute and has no `..`.

    Raises:
        ValueError: the file's extension is neither `.md` nor `.markdown`.
    """
    match = _MARKDOWN_FILE.fullmatch(relative.name)
    if match is None:
        raise ValueError(f"not a Markdown file: {relative}")
    stem, extension = match["stem"], match["extension"]
    # No stem has a slash: "a.MD" keeps apart from "a.md" and from every other file.
    unique = stem if extension.islower() else f"{stem}/{extension}"
    folders = [safe_segment(folder) for folder in relative.parts[:-1]]
    return PurePosixPath(*folders, safe_segment(unique) + extension.lower())


def slug_of_url(url: str) -> str:
    """Return the most telling part of a URL as `[a-z0-9-]`, at most 91 characters.

    That is the longest path segment with letters and hyphens, else the longest with letters,
    without its file extension, else the host.
    """
    parts = urlsplit(clean_url(url))
    segments = [
        _fold(_FILE_EXTENSION.sub("", unquote(segment))) for segment in parts.path.split("/")
    ]
    best = max(segments, key=_telling)
    if not _telling(best)[1]:
        best = _fold(parts.hostname or "")
    return _cut(best, _STEM_LIMIT) or "page"


def new_item_stem(day: str, title: str | None, url: str) -> str:
    """Return the name of a new item without its suffix, `YYYY-MM-DD-slug`, below 92 characters.

    The slug is made of whole words of the title, or of the URL where the title has no Latin
    letters. Items of one day may be called alike.

    Args:
        day: as `YYYY-MM-DD`.
        url: of the article, absolute.
    """
    folded = _fold(title or "")
    is_telling = any(character.isalpha() for character in folded)
    return f"{day}-{_whole_words(folded if is_telling else slug_of_url(url), _ITEM_SLUG_LIMIT)}"


def source_output_path(url: str, key: str) -> PurePosixPath:
    """Return where the page of a source goes: `<registered domain>/<slug>-<hash of key>.md`.

    Args:
        url: the source's URL, absolute http or https.
        key: the source's identity (`crawler.urls.canonical.url_key`).
    """
    domain = registered_domain(url)
    is_safe = (
        _SAFE_DOMAIN.fullmatch(domain)
        and len(domain) <= NAME_LIMIT
        and domain.partition(".")[0] not in _DEVICES
    )
    folder = domain if is_safe else safe_segment(domain)
    return PurePosixPath(folder, f"{slug_of_url(url)}-{_hash(key)}.md")


def _telling(segment: str) -> tuple[bool, bool, int]:
    has_letters = any(character.isalpha() for character in segment)
    return has_letters and "-" in segment, has_letters, len(segment)


def _fold(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", text.lower()).strip("-")


def _cut(folded: str, limit: int) -> str:
    return folded[:limit].rstrip("-")


def _whole_words(folded: str, limit: int) -> str:
    """Cut between words: half of one says less than none; of one that is too long a part stays."""
    cut = _cut(folded, limit)
    is_whole = len(folded) <= limit or "-" in folded[limit - 1 : limit + 1]
    whole = cut if is_whole else cut.rpartition("-")[0]
    return whole or cut


def _hash(text: str) -> str:
    # File names may carry undecodable bytes as surrogates.
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]


_SQLITE_FILES: Final = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write: its path, the folder it may not leave, its name in the ledger."""

    path: Path
    root: Path
    name: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders and files of one output folder.

    Attributes:
        output: the output folder.
        in_place: whether enriched items replace the item files themselves.
    """

    output: Path
    in_place: bool = False

    @property
    def items(self) -> Path:
        """Folder of the enriched items."""
        return self.output / "items"

    @property
    def sources(self) -> Path:
        """Folder of the related source articles."""
        return self.output / "sources"

    @property
    def images(self) -> Path:
        """Folder of the copies of images."""
        return self.output / "images"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.output / ".crawler" / "ledger.sqlite3"

    @property
    def lock(self) -> Path:
        """File that the one run on this folder holds locked."""
        return self.output / ".crawler" / "lock"

    @property
    def set_aside(self) -> Path:
        """Folder of files that could not be read when they were to be written anew."""
        return self.output / ".crawler" / "set-aside"

    @property
    def watch_lock(self) -> Path:
        """File that the one watch on this folder holds locked."""
        return self.output / ".crawler" / "watch.lock"

    @property
    def run_log(self) -> Path:
        """File with a line for each run."""
        return self.output / ".crawler" / "runs.jsonl"

    @property
    def progress(self) -> Path:
        """File that says how far the run is that goes on."""
        return self.output / ".crawler" / "progress.json"

    def refuse_links(self) -> None:
        """Refuse to keep the books where something else lies: nothing is read or written there.

        Raises:
            UnsafePathError: a file of the books is a symlink, or none at all, or their folder leads
                out of the output folder.
        """
        files = [self.lock, self.watch_lock, self.run_log, earlier_log(self.run_log)]
        files += [self.ledger.with_name(self.ledger.name + end) for end in _SQLITE_FILES]
        for file in files:
            refuse_outside(file, self.output)
            if file.is_symlink():
                raise UnsafePathError(file, "it is a symlink, which may lead anywhere; remove it")
            if file.exists() and not file.is_file():
                raise UnsafePathError(file, "there is something else than a regular file")

    def item(self, item: ItemRecord) -> Target:
        """Where an enriched item goes."""
        if self.in_place:
            return Target(Path(item.origin), Path(item.root), item.origin)
        name = f"items/{item.output}"
        return Target(self.output / name, self.output, name)

    def text_of_item(self, item: ItemRecord) -> str:
        """Path to print for the text of an item: below the output folder, or below ITEMS."""
        if self.in_place:
            return Path(item.origin).relative_to(item.root).as_posix()
        return f"items/{item.output}"

    def source(self, key: str) -> Target:
        """Where the article of the source with this key goes, where no item is about it."""
        return _source(self.output, key)


@lru_cache(maxsize=4096)  # each item that names a source asks several times
def _source(output: Path, key: str) -> Target:
    name = f"sources/{source_output_path(f'https://{key}', key)}"
    return Target(output / name, output, name)


class OutputBusyError(RuntimeError):
    """Another run holds the output folder."""


def lock_output(layout: Layout, *, wait: bool) -> FileLock:
    """Keep other runs from an output folder until the lock is released.

    Raises:
        OutputBusyError: another run is on it, and is not to be waited for.
        OSError: the folder cannot be written to.
    """
    layout.lock.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), (layout.lock.parent / ".gitignore").open("x") as ignored:
        ignored.write("*\n")  # a ledger is of one machine
    lock = FileLock(layout.lock, timeout=-1 if wait else 0)
    try:
        lock.acquire()
    except Timeout:
        raise OutputBusyError(
            f"another run is writing to {layout.output}; wait for it with --wait"
        ) from None
    return lock
