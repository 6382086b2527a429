"""Takes into the ledger what files say that were written earlier, or by another machine.

The files carry all that matters, so that a ledger can be lost: what an item's file, an enriched
item and the files of sources say of a source is adopted where the ledger knows nothing of it, or
less, or older news.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.enrichers.result import MADE_FROM, EnricherError, checked_result
from crawler.exceptions import ItemError, Problem
from crawler.export.fields import Enrichment
from crawler.items.find import has_item_name
from crawler.items.front_matter import FieldLines, load_enrichment
from crawler.ledger.better import worth
from crawler.ledger.records import FileStamp
from crawler.output.layout import Target
from crawler.output.read_back import EntryError, ReadBack, read_entry
from crawler.output.written_file import (
    Condition,
    WrittenFile,
    look_at_item,
    look_at_source,
    read_written,
)
from crawler.states import State
from crawler.timestamps import moment
from crawler.urls.canonical import url_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crawler.ledger.ledger import Ledger
    from crawler.ledger.records import ItemRecord, SourceRecord
    from crawler.output.layout import Layout

_BATCH: Final = 500  # items a transaction
_TEXT_MISSING: Final = "its text is missing"
_EDITED: Final = "its file was edited"
_TO_COME: Final = "its time is still to come"
_BELIEVED: Final = frozenset({Condition.UNTOUCHED})
_DOUBTED: Final = frozenset({Condition.EDITED, Condition.UNREADABLE})


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a file says of a source: one entry, and the text if the file has it."""

    entry: Mapping[Any, Any]
    text: str | None
    web_url: str | None  # of a related entry
    is_own: bool  # of what the item, or the file, is about
    where: tuple[str | int, ...]  # in the front matter


class Adoption:
    """Adopts what is written into a ledger.

    Args:
        on_problem: is told what a file says that this crawler would not have written.
    """

    def __init__(
        self, ledger: Ledger, layout: Layout, *, on_problem: Callable[[Problem], None]
    ) -> None:
        self._ledger = ledger
        self._layout = layout
        self._on_problem = on_problem
        self._is_anew = False
        self._looked: dict[str, FileStamp] = {}  # files by name, as they were when looked at
        self._doubted: dict[str, None] = {}  # items whose files were edited, by output path
        self._strays: dict[str, Target] = {}  # files of items that tell of other pages, by name
        self._told: set[Problem] = set()
        self.count = 0

    def adopt_new(self, should_stop: Callable[[], bool]) -> None:
        """Look at the files of the items that were read since this was done last."""
        while not should_stop() and (items := self._ledger.items_to_adopt(_BATCH)):
            with self._ledger.transaction():
                for item in items:
                    if self._layout.in_place or self._is_news(item):
                        self._adopt(item, _BELIEVED)
                self._ledger.mark_adopted(items)
        # What was edited speaks only where nothing else does.
        for output in self._doubted:
            doubted = self._ledger.item(output)
            if doubted is not None and self._lacks_any(doubted):
                with self._ledger.transaction():
                    self._adopt(doubted, _DOUBTED)
        self._doubted.clear()

    def adopt_strays(self, should_stop: Callable[[], bool]) -> None:
        """Look also at files that belong to no item, or to another, as after some were renamed.

        This reads whole folders: it is for a ledger that has just been made.
        """
        for target in self._strays.values():
            if should_stop():
                return
            self._adopt_stray(target, _look_at_output)
        looks = {self._layout.items: _look_at_output, self._layout.sources: look_at_source}
        for folder, look in looks.items():
            for path in _markdown_files(folder):
                if should_stop():
                    return
                name = path.relative_to(self._layout.output).as_posix()
                target = Target(path, self._layout.output, name)
                if name not in self._looked and self._ledger.rendered(name) is None:
                    self._adopt_stray(target, look)

    def adopt_item(self, item: ItemRecord, *, anew: bool = False) -> set[str]:
        """Adopt what the files of an item say that are not as we left them; return the keys.

        Args:
            anew: adopt what the others say, too, and what was edited where nothing else is known.
        """
        with self._ledger.transaction():
            if not anew:
                return self._adopt(item, _BELIEVED)
            self._is_anew = True
            try:
                return self._adopt(item, _BELIEVED) | self._adopt(item, _DOUBTED)
            finally:
                self._is_anew = False

    def _is_news(self, item: ItemRecord) -> bool:
        written = self._ledger.rendered(self._layout.item(item).name)
        return written is None or self._lacks_any(item)

    def _lacks_any(self, item: ItemRecord) -> bool:
        return any(self._lacks(mention.source) for mention in item.mentions)

    def _lacks(self, key: str) -> bool:
        if self._ledger.revision(key) is None:
            return True
        return self._ledger.wants(key) == _TEXT_MISSING

    def _adopt(self, item: ItemRecord, conditions: frozenset[Condition]) -> set[str]:
        keys = dict.fromkeys(mention.source for mention in item.mentions)
        # The files of sources first: they say all, and most of the rest is then known.
        adopted = {key for key in keys if self._adopt_source(key, item, conditions)}
        for target, found in self._item_files(item, conditions):
            if found.condition in _DOUBTED:
                self._doubted[item.output] = None
            if found.condition not in conditions:
                continue
            for claim in self._claims(found, target):
                key = self._key_of(claim, item)
                if key is not None and self._take(key, claim, found, target, conditions):
                    adopted.add(key)
                elif claim.is_own and not self._is_of(claim, key):
                    self._strays[target.name] = target
        return adopted

    def _item_files(
        self, item: ItemRecord, conditions: frozenset[Condition]
    ) -> Iterator[tuple[Target, WrittenFile]]:
        """Yield the item's own file, which may be enriched, and the one that is made from it."""
        targets = {Path(item.origin): Target(Path(item.origin), Path(item.root), item.origin)}
        written = self._layout.item(item)
        targets[written.path] = written
        for target in targets.values():
            if self._is_as_left(target, conditions):
                continue
            is_item = target.name == item.origin
            data = self._read(target)
            yield target, look_at_item(data, in_place=is_item)

    def _adopt_source(self, key: str, item: ItemRecord, conditions: frozenset[Condition]) -> bool:
        target = self._layout.source(key)
        if self._is_as_left(target, conditions):
            return False
        found = look_at_source(self._read(target))
        if found.condition in _DOUBTED:
            self._doubted[item.output] = None
        if found.condition not in conditions:
            return False
        claims = self._claims(found, target)
        return any(self._take(key, claim, found, target, conditions) for claim in claims)

    def _adopt_stray(self, target: Target, look: Callable[[bytes | None], WrittenFile]) -> None:
        found = look(self._read(target))
        if found.condition in _BELIEVED | _DOUBTED:
            with self._ledger.transaction():
                for claim in self._claims(found, target):
                    url = claim.entry.get("requestedUrl")
                    record = self._ledger.source_of_url(url) if isinstance(url, str) else None
                    if record is not None and self._lacks(record.key):
                        self._take(record.key, claim, found, target, _BELIEVED)

    def _is_as_left(self, target: Target, conditions: frozenset[Condition]) -> bool:
        """Whether a file is as it was written, or when this looked at it, or is not there."""
        if self._is_anew:
            return False
        try:
            stamp = FileStamp.of(target.path.lstat())
        except OSError:
            return True
        if conditions is _BELIEVED and self._looked.get(target.name) == stamp:
            return True
        self._looked[target.name] = stamp
        known = self._ledger.rendered(target.name)
        return known is not None and known.stamp == stamp

    def _read(self, target: Target) -> bytes | None:
        try:
            return read_written(target)
        except OSError:
            return None  # who writes there says so

    def _claims(self, found: WrittenFile, target: Target) -> list[_Claim]:
        try:
            fields = load_enrichment(found.front, file=str(target.path), line=found.line)
        except ItemError as error:
            self._tell(error.problem)
            return []
        if "enrichment" not in fields:
            return [_Claim(fields, found.text, None, True, ())]
        block = fields["enrichment"]
        claims = []
        if isinstance(block, dict):
            if found.stated == found.digest:
                self._adopt_results(block)
            source, related = block.get("source"), block.get("related")
            if isinstance(source, dict):
                claims.append(_Claim(source, found.text, None, True, ("enrichment", "source")))
            for index, entry in enumerate(related if isinstance(related, list) else ()):
                if isinstance(entry, dict) and isinstance(entry.get("webUrl"), str):
                    where = ("enrichment", "related", index)
                    claims.append(_Claim(entry, None, entry["webUrl"], False, where))
        return claims

    def _adopt_results(self, block: Mapping[Any, Any]) -> None:
        """Take over what enrichers have made, which may have cost somebody something."""
        for name, value in block.items():
            made_from = value.get(MADE_FROM) if isinstance(value, dict) else None
            if not isinstance(made_from, str) or name in Enrichment.__annotations__:
                continue
            try:
                result = checked_result({k: v for k, v in value.items() if k != MADE_FROM})
            except (EnricherError, TypeError):
                continue  # it is made anew
            self._ledger.enrichers.put(name, made_from, result)

    def _key_of(self, claim: _Claim, item: ItemRecord) -> str | None:
        """Return the source that a claim is about, as far as the item says now."""
        for mention in item.mentions:
            if claim.is_own:
                if mention.position < 0:
                    return mention.source
            elif mention.position >= 0 and mention.web_url == claim.web_url:
                return mention.source
        return None

    def _is_of(self, claim: _Claim, key: str | None) -> bool:
        record = None if key is None else self._ledger.source(key)
        url = claim.entry.get("requestedUrl")
        return not isinstance(url, str) or (record is not None and url in record.urls)

    def _take(
        self,
        key: str,
        claim: _Claim,
        found: WrittenFile,
        target: Target,
        conditions: frozenset[Condition],
    ) -> bool:
        record = self._ledger.source(key)
        if record is None:
            return False
        try:
            said = read_entry(claim.entry, claim.text, record.urls, record.amp_from)
        except EntryError as error:
            line = FieldLines(found.front).line(*claim.where, error.field) + found.line - 2
            self._tell(Problem(str(target.path), line, f"not taken over: {error}"))
            return False
        if said is None:
            return False
        said = _merged(record, said, is_doubted=conditions is _DOUBTED)
        if said is None:
            return False
        wanted = _wanted(record, said)
        if wanted is None and found.stated != found.digest:
            wanted = _EDITED  # what the page says is not known any more
        self._ledger.adopt(
            key,
            said.held,
            said.last,
            said.images,
            failing_since=said.failing_since,
            wanted=wanted,
        )
        self.count += 1
        return True

    def _tell(self, problem: Problem) -> None:
        if problem not in self._told:
            self._told.add(problem)
            self._on_problem(problem)


def _merged(record: SourceRecord, said: ReadBack, *, is_doubted: bool) -> ReadBack | None:
    """Return what is to be held after a file has spoken; None: what is held already."""
    held = record.held
    if held is None or url_key(held.attempt.url) not in map(url_key, record.urls):
        return said
    if record.lacks_text:
        return _with_text(record, said)
    if is_doubted or replace(record, held=said.held).lacks_text:
        return None
    states = (said.held.state, held.state)
    if said.held.at == held.at and states[0] is not states[1] and State.UNSUPPORTED in states:
        # Where no text is wanted, a visit is told without how its text was.
        return said if held.state is State.UNSUPPORTED else None
    if worth(said.held) != worth(held):
        return said if worth(said.held) > worth(held) else None
    if said.held.at != held.at:
        return said if held.at < said.held.at and not _is_to_come(said.held.at) else None
    known_at = record.checked_at or held.at
    last_at = None if said.last is None else said.last.at
    is_news = last_at is not None and known_at < last_at and not _is_to_come(last_at)
    return replace(said, held=held) if is_news else None


def _with_text(record: SourceRecord, said: ReadBack) -> ReadBack | None:
    """Give an article whose text was missing the one that another file has."""
    held, article = record.held, said.held.article
    if held is None or held.article is None or article is None or not article.markdown:
        return None
    if article.content_hash != held.article.content_hash:
        return said
    text = replace(held.article, markdown=article.markdown)
    return ReadBack(replace(held, article=text), record.last, record.images, record.failing_since)


def _wanted(record: SourceRecord, said: ReadBack) -> str | None:
    """Return why a source is to be visited whatever the revisit policy says; None: it is not."""
    if replace(record, held=said.held).lacks_text:
        return _TEXT_MISSING
    times = (said.held.at, *(() if said.last is None else (said.last.at,)))
    return _TO_COME if any(map(_is_to_come, times)) else None


def _is_to_come(at: str) -> bool:
    return moment(at) > datetime.now(UTC)


def _look_at_output(data: bytes | None) -> WrittenFile:
    return look_at_item(data, in_place=False)


def _markdown_files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, followlinks=False):
        folders.sort()
        yield from (Path(place, name) for name in sorted(files) if has_item_name(name))
