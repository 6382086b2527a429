"""Takes item files into the ledger: each is read once, and again only when it has changed."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from crawler.exceptions import ItemError, Problem
from crawler.items.find import FoundItem, find_items, find_named, shown_name
from crawler.items.item import Item, item_facts_hash, read_item, text_digest
from crawler.ledger.records import FileStamp, ItemRecord, Mention
from crawler.output.layout import item_output_path
from crawler.timestamps import utc_text
from crawler.urls.aliases import UrlFamily, url_family

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from crawler.ledger.ledger import Ledger

_BATCH: Final = 500  # items a transaction
_ABOVE: Final = 4  # folders above ITEMS by which an item may have been named


@dataclass(slots=True)
class IntakeCount:
    """How many item files were selected, how many of them are new or changed, how many bad.

    `found`: how many were looked at, whether they were selected or not.
    `is_whole`: all item files below the paths were taken, whether they were selected or not.
    """

    items: int = 0
    changed: int = 0
    invalid: int = 0
    found: int = 0
    is_whole: bool = False


class Intake:
    """Reads items into a ledger and selects them for its run.

    Args:
        base: folder that items are told apart by their way from: the output folder, so that a
            project can be moved as a whole.
        only: globs on the path below ITEMS or on the file name; none means every item.
        has_files: whether there may be files that were written earlier, with a ledger that is
            lost: then all items are taken once, also those that are not selected, since what is
            written of an item depends on the others.
        on_problem: is told each defect.
        should_stop: asked between batches; True ends the intake early.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        base: Path,
        only: Sequence[str] = (),
        has_files: bool = False,
        on_problem: Callable[[Problem | str], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self._ledger = ledger
        self._base = base
        self._only = only
        self._has_files = has_files
        self._on_problem = on_problem
        self._should_stop = should_stop
        self._known: dict[str, ItemRecord] = {}  # by file, as far as read ahead
        self.count = IntakeCount()

    def take(
        self, paths: Sequence[Path], *, exclude: Path | None, files: Sequence[Path] | None = None
    ) -> IntakeCount:
        """Take all item files below `paths`, or only those of them that are among `files`.

        Raises:
            ItemsNotFoundError: a path does not exist.
        """
        roots = [absolute(path) for path in paths]
        is_all = files is None and not self._only
        takes_all = is_all or (self._has_files and not all(map(self._ledger.is_taken, roots)))
        unknown: list[str] = []
        found, among = self._found(paths, files, exclude, unknown, is_all=takes_all)
        is_stopped = False
        while batch := list(islice(found, _BATCH)):
            if is_stopped := self._should_stop():
                break
            self.count.found += len(batch)
            wanted = [(item, self._is_wanted(item, among)) for item in batch]
            items = [
                (item, is_selected) for item, is_selected in wanted if is_selected or takes_all
            ]
            with self._ledger.transaction():
                self._known = self._ledger.items_from([absolute(item.path) for item, _ in items])
                for item, is_selected in items:
                    if is_selected:
                        self._take_one(item)
                    else:
                        self._take_beside(item)
        self.count.is_whole = takes_all and not is_stopped
        self._tell_unknown(unknown, len(set(files or ())), paths)
        if files is None or not all(map(os.path.lexists, files)):
            for path in paths:
                self._ledger.forget_missing(absolute(path))
        return self.count

    def _refuse(self, problem: Problem) -> None:
        self.count.invalid += 1
        self._on_problem(problem)

    def _tell_unknown(self, names: Sequence[str], total: int, paths: Sequence[Path]) -> None:
        """Say of how many names of a list nothing is known; items that are gone now are known."""
        gone = self._ledger.items_from(names)
        unknown = [name for name in names if name not in gone]
        if unknown:
            below = ", ".join(map(str, paths))
            text = f"{len(unknown)} of {total} names that were listed are no items below {below}: "
            self._on_problem(text + shown_name(unknown[0]) + (" …" if len(unknown) > 1 else ""))

    def _found(
        self,
        paths: Sequence[Path],
        files: Sequence[Path] | None,
        exclude: Path | None,
        unknown: list[str],
        *,
        is_all: bool,
    ) -> tuple[Iterator[FoundItem], set[str] | None]:
        """Return the items to look at, and, where these are more, the files that are selected.

        Names among `files` that are no items are added to `unknown`.
        """
        tell = self._on_problem
        if files is None:
            return find_items(
                paths, exclude=exclude, on_problem=tell, on_bad_name=self._refuse
            ), None
        named = find_named(
            paths, files, exclude=exclude, on_bad_name=self._refuse, on_unknown=unknown.append
        )
        if not is_all:
            return named, None
        among = {absolute(item.path) for item in named}
        every = find_items(
            paths, exclude=exclude, on_problem=tell, on_bad_name=lambda _problem: None
        )
        return every, among

    def _is_wanted(self, item: FoundItem, among: set[str] | None) -> bool:
        if among is not None and absolute(item.path) not in among:
            return False
        return item.is_like(self._only)

    def _take_one(self, found: FoundItem) -> None:
        try:
            record = self._record(found)
        except ItemError as error:
            if os.path.lexists(found.path):  # or else it has gone, or has another name, by now
                self._refuse(error.problem)
            return
        for warning in record.warnings:
            self._on_problem(warning)
        self._ledger.select(record.output)
        self.count.items += 1

    def _take_beside(self, found: FoundItem) -> None:
        """Take an item that is no part of the run; what is wrong with it is not told."""
        changed = self.count.changed
        with suppress(ItemError):
            self._record(found)
        self.count.changed = changed

    def _record(self, found: FoundItem) -> ItemRecord:
        origin = absolute(found.path)
        known = self._known.get(origin)
        if known is not None and known.stamp == _stamp(found.path):
            return known  # as nearly all are, in nearly every run
        output = self._own_output(found, origin)
        known = self._ledger.item(output)
        if known is not None and known.origin == origin and known.stamp == _stamp(found.path):
            return known
        return self._read(found, origin, output)

    def _read(self, found: FoundItem, origin: str, output: str) -> ItemRecord:
        stamp = _stamp(found.path)
        item = read_item(found.path)
        if self._has_files and self._ledger.item(output) is None:
            output = self._written_output(found, item) or output
        digest = text_digest(item.text)
        output = self._free_output(output, origin, digest)
        known = self._ledger.item(output)
        record = ItemRecord(
            output=output,
            origin=origin,
            root=str(found.root),
            stamp=stamp,
            digest=digest,
            facts=item_facts_hash(item),
            warnings=tuple(map(str, item.warnings)),
        )
        if known is None or known.digest != digest:
            self.count.changed += 1
        # Nearly all changes are to fields that say nothing about what to fetch.
        is_noise = known is not None and known.facts == record.facts
        self._ledger.put_item(record, None if is_noise else list(_families(item)))
        self._known = {}  # it may have taken another one's place
        return record

    def _own_output(self, found: FoundItem, origin: str) -> str:
        """Return the output that an item has, by whatever path it is named now; or the plain one.

        The plain one is that which its way below ITEMS gives; an item whose plain one is another's
        has a marked one.
        """
        if (known := self._ledger.items_from([origin]).get(origin)) is not None:
            return known.output
        plain = str(item_output_path(found.relative))
        for marked in self._marked(plain, origin):
            known = self._ledger.item(marked)
            if known is None:
                break
            if self._is_ours(known, origin):
                return marked
        return plain

    def _written_output(self, found: FoundItem, item: Item) -> str | None:
        """Return the output where the item's file is that a run wrote whose ledger is lost.

        There the item may have been named by another path: a folder below the one that is named
        now, or one above it.
        """
        files = self._base / "items"
        plain = item_output_path(found.relative)
        if os.path.lexists(files / plain):
            return None
        parts, above = found.relative.parts, found.root.parts[1:]
        ways = [parts[start:] for start in range(1, len(parts))]
        ways += [(*above[-count:], *parts) for count in range(1, min(len(above), _ABOVE) + 1)]
        for way in ways:
            output = item_output_path(PurePosixPath(*way))
            if self._ledger.item(str(output)) is None and _is_of(files / output, item):
                return str(output)
        return None

    def _is_ours(self, known: ItemRecord | None, origin: str) -> bool:
        """Whether an output is free for an item: nobody's, its own, or that of one now gone."""
        if known is None or known.origin == origin:
            return True
        return not Path(known.origin).exists() and not self._ledger.is_selected(known.output)

    def _free_output(self, output: str, origin: str, digest: str) -> str:
        """Keep two items from sharing an output file; a moved or copied item keeps its own."""
        known = self._ledger.item(output)
        if known is None or known.origin == origin:
            return output
        is_other = known.digest != digest and Path(known.origin).exists()
        if not is_other and not self._ledger.is_selected(output):
            return output
        return next(
            marked
            for marked in self._marked(output, origin)
            if self._is_ours(self._ledger.item(marked), origin)
        )

    def _marked(self, output: str, origin: str) -> Iterator[str]:
        """Yield names for an item whose plain one is another's, the same ones each time."""
        path = PurePosixPath(output)
        way = os.path.relpath(origin, self._base).encode("utf-8", "surrogatepass")
        for attempt in count():
            mark = hashlib.sha256(way + b"/" * attempt).hexdigest()[:8]
            yield str(path.with_name(f"{path.stem}-{mark}{path.suffix}"))


def absolute(path: Path) -> str:
    """Return a path as the ledger keeps it: absolute, without `.` and `..`."""
    return os.path.abspath(path)  # noqa: PTH100 - Path.absolute() keeps "..", resolve() follows links


def _is_of(written: Path, item: Item) -> bool:
    """Whether a file is an enriched one of an item, as it is or was."""
    try:
        return written.is_file() and read_item(written).source.urls == item.source.urls
    except ItemError:
        return False


def _stamp(path: Path) -> FileStamp:
    try:
        stat = path.stat()
    except OSError as error:
        raise ItemError(Problem(str(path), 1, f"cannot be read: {error.strerror}")) from error
    return FileStamp.of(stat)


def _families(item: Item) -> Iterator[tuple[Mention, UrlFamily]]:
    for link in (item.source, *item.related):
        position = -1 if link.index is None else link.index
        plain = [url for url in link.urls if url not in link.amp_urls]
        published = None if link.published is None else _in_utc(link.published)
        mention = Mention(position, "", link.web_url, link.kind, published)
        yield mention, url_family(plain, link.amp_urls)


def _in_utc(moment: datetime) -> str | None:
    try:
        return utc_text(moment)
    except OverflowError:  # at either end of what a date can say, an offset leads beyond it
        return None
