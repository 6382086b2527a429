"""Brings the output files up to what the ledger knows, touching only those that differ."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.enrichers.result import MADE_FROM
from crawler.exceptions import Problem
from crawler.items.item import parse_item, text_digest
from crawler.ledger.records import FileStamp, ItemRecord, Rendered, SourceRecord
from crawler.output.adoption import Adoption
from crawler.output.atomic import remove_file, write_atomically
from crawler.output.enriched import (
    Additions,
    conflict_entries,
    enriched_item,
    source_file,
    text_hash,
    topic_entries,
)
from crawler.output.entry import SCHEMA_VERSION, mention_entry, said, source_entry
from crawler.output.in_place import ChangedMeanwhileError, UsersFile
from crawler.output.written_file import (
    Condition,
    WrittenFile,
    look_at_item,
    look_at_source,
    read_written,
    text_digest_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.ledger.ledger import Ledger
    from crawler.output.layout import Layout, Target

# What the same ledger is written as goes up with each change, so that all files are written anew.
_FORM: Final = 3
_MOST_OWNERS: Final = 1000  # that are remembered
_MOST_TOLD: Final = 100  # item files of an article


@dataclass(frozen=True, slots=True)
class _Content:
    """What a file is to hold, and the user's file, as it was read, that it takes the place of."""

    text: str
    over: UsersFile | None = None


@dataclass(slots=True)
class PublishCount:
    """How many files were written, were right already, and could not be written.

    A source's file is looked at with each item that names it, and counts as often.

    Attributes:
        edited: files that somebody edited, which are left as they are, by name: whether there was
            news to write to them.
    """

    written: int = 0
    unchanged: int = 0
    failed: int = 0
    edited: dict[str, bool] = field(default_factory=dict)


class Publisher:
    """Writes enriched items and source files from the ledger.

    What is written is a function of the item file, the ledger and the additions that are asked
    for, so it does not matter which run writes it, or how often one was killed before. What is
    found where a file goes is looked at first: a file that somebody edited is left, and one that
    knows more than the ledger is taken into it.

    Attributes:
        renewed: keys of sources that a file knew more of.
    """

    def __init__(
        self,
        ledger: Ledger,
        layout: Layout,
        *,
        on_problem: Callable[[Problem], None],
        additions: Additions | None = None,
        adoption: Adoption | None = None,
        overwrite_edited: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ledger = ledger
        self._layout = layout
        self._overwrites = overwrite_edited
        self._adoption = adoption or Adoption(ledger, layout, on_problem=on_problem)
        self.renewed: set[str] = set()
        self._on_problem = on_problem
        self._failed: set[str] = set()
        self._owners: dict[str, ItemRecord | None] = {}  # of what many items name it is asked often
        self._should_stop = should_stop
        self._additions = additions or Additions()
        self.count = PublishCount()

    def publish_item(self, item: ItemRecord) -> None:
        """Bring an item's file, and those of the sources that it names, up to date.

        An item that names a source which was never visited is left for a later run.
        """
        keys = dict.fromkeys(mention.source for mention in item.mentions)
        if any(self._ledger.revision(key) is None for key in keys):
            return
        if self._is_right(item, keys):
            return
        self.renewed |= self._adoption.adopt_item(item)
        owned = [key for key in keys if not self._write_source(key)]
        self._write_item(item)
        for key in owned:
            self._withdraw(key)

    def _is_right(self, item: ItemRecord, keys: Iterable[str]) -> bool:
        """Whether all is as it was left, as it nearly always is; one look at the ledger says so."""
        owners = {key: self._owner(key) for key in keys}
        texts = [self._text_of(m.source, item, owners[m.source]) for m in item.mentions]
        right = {self._layout.item(item): self._item_fingerprint(item, texts)}
        withdrawn = []
        for key, owner in owners.items():
            target = self._layout.source(key)
            if owner is None:
                right[target] = _fingerprint(self._revision(key))
            else:
                withdrawn.append(target.name)
        known = self._ledger.rendered_any([*(target.name for target in right), *withdrawn])
        try:
            found = {target.name: Rendered(of, _stamp(target.path)) for target, of in right.items()}
        except OSError:
            return False  # who tries to write there finds out, and says so
        if known != found:
            return False
        self.count.unchanged += len(right)
        return True

    def _write_source(self, key: str) -> bool:
        """Bring the file of a source up to date; False: it has none, since an item is about it."""
        if self._owner(key) is not None:
            return False
        revision = _fingerprint(self._revision(key))
        target = self._layout.source(key)
        self._bring_up(target, revision, look_at_source, lambda _: self._source_text(key))
        return True

    def _write_item(self, item: ItemRecord) -> bool:
        """Bring an item's own file up to date; False: it could not be."""
        keys = [mention.source for mention in item.mentions]
        if any(self._ledger.revision(key) is None for key in keys):
            return False
        texts = [self._text_of(key, item, self._owner(key)) for key in keys]
        fingerprint = self._item_fingerprint(item, texts)
        look = partial(look_at_item, in_place=self._layout.in_place)
        return self._bring_up(
            self._layout.item(item),
            fingerprint,
            look,
            lambda found: self._item_text(item, texts, found.below),
        )

    def _item_fingerprint(self, item: ItemRecord, texts: list[str]) -> str:
        facts = [(m.position, m.web_url, m.kind) for m in item.mentions]
        revisions = [self._revision(mention.source) for mention in item.mentions]
        parts: list[object] = [item.digest, facts, revisions, texts, self._additions.fingerprint]
        if results := self._results_of(item):
            parts.append(results)
        return _fingerprint(*parts)

    def _results_of(self, item: ItemRecord) -> dict[str, Any]:
        """Return what enrichers have made of an item's article, by their names."""
        own = next((m for m in item.mentions if m.position < 0 and m.wants_body), None)
        enrichers = self._additions.enrichers
        record = self._ledger.source(own.source) if enrichers and own is not None else None
        content_hash = None if record is None else text_hash(record)
        if content_hash is None:
            return {}
        made = {one.name: one.made_from(content_hash) for one in enrichers}
        results = {name: self._ledger.enrichers.get(name, of) for name, of in made.items()}
        return {
            name: {**result, MADE_FROM: made[name]}
            for name, result in results.items()
            if result is not None
        }

    def _revision(self, key: str) -> object:
        """Return what changes exactly when that which is written of a source would, or None."""
        revision, copies = self._ledger.revision(key), self._ledger.copies(key)
        return revision if copies is None else [revision, asdict(copies)]

    def forget_owners(self) -> None:
        """Look anew for who owns a source; to be called when items have been taken or selected."""
        self._owners.clear()

    def _owner(self, key: str) -> ItemRecord | None:
        """Return the item whose file holds, or will hold after this run, the text of a source."""
        if key not in self._owners:
            if len(self._owners) >= _MOST_OWNERS:
                self._owners.clear()
            self._owners[key] = next(filter(self._owns, self._ledger.owners(key)), None)
        return self._owners[key]

    def _owns(self, item: ItemRecord) -> bool:
        return self._ledger.is_selected(item.output) or (
            Path(item.origin).is_file() and self._layout.item(item).path.is_file()
        )

    def article(self, key: str) -> dict[str, Any] | None:
        """Return what is written of an article, its text, and which item files name it.

        The names are those of `crawler.export.fields.ArticleRow`, and `itemFiles`. None: no article
        is written of this source.
        """
        record, items = self._ledger.source(key), self._ledger.items_naming(key)
        if record is None or record.held is None or not _has_text(record) or not items:
            return None
        owner = self._owner(key)
        target = self._layout.source(key).name
        text_file = target if owner is None else self._layout.text_of_item(owner)
        fields = source_entry(record, self._ledger.copies(key))
        if owner is not None:
            found = self._additions.topics_of(record)
            fields["topics"] = topic_entries(found)
        origins = [owner.origin] if owner is not None else []
        origins = list(dict.fromkeys([*origins, *(item.origin for item in items)]))
        place = {"itemFiles": origins[:_MOST_TOLD], "textFile": text_file}
        assert record.held.article is not None
        row: dict[str, Any] = said(place | fields | {"text": record.held.article.markdown})
        return {name: row[name] for name in row if name != "schema"}

    def _text_of(self, key: str, item: ItemRecord, owner: ItemRecord | None) -> str:
        """Path of the file that has a source's text, as entries of an item print it."""
        own = item.mentions[0] if item.mentions else None
        if own and own.position < 0 and own.wants_body and own.source == key:
            return self._layout.text_of_item(item)
        return self._layout.source(key).name if owner is None else self._layout.text_of_item(owner)

    def _item_text(self, item: ItemRecord, texts: list[str], below: str) -> _Content | None:
        file = UsersFile.read(Path(item.origin))
        read = parse_item(file.data, file.path)
        if text_digest(read.text) != item.digest:
            return None
        added: dict[str, Any] = {}
        source, related, held, held_copies = {}, [], None, None
        for mention, text_file in zip(item.mentions, texts, strict=True):
            record = self._ledger.source(mention.source)
            if record is None or record.held is None:
                return None  # its record was found damaged just now
            copies = self._ledger.copies(mention.source)
            is_own = mention.position < 0
            fields = read.data if is_own else read.data["related"][mention.position]
            entry = mention_entry(record, mention, text_file, copies)
            entry["conflicts"] = conflict_entries(fields, record, self._additions.conflicts)
            if not is_own:
                related.append(entry)
                continue
            source = entry
            if "textFile" in entry:
                held, held_copies = record, copies
            added = self._additions.block(fields, record) | self._results_of(item)
        in_place = self._layout.in_place
        text = enriched_item(
            file.data.decode() if in_place else read.text,
            source,
            related,
            held,
            copies=held_copies,
            added=added,
            item_digest=None if in_place else text_digest_of(read.text),
            below="" if in_place else below,
        )
        return _Content(text, file if in_place else None)

    def _source_text(self, key: str) -> _Content | None:
        record = self._ledger.source(key)
        if record is None or not _has_text(record):
            return None
        return _Content(source_file(record, self._ledger.copies(key)))

    def _bring_up(
        self,
        target: Target,
        fingerprint: str,
        look: Callable[[bytes | None], WrittenFile],
        content: Callable[[WrittenFile], _Content | None],
    ) -> bool:
        if target.name in self._failed:
            return False  # it has been told; the next run tries again
        known = self._ledger.rendered(target.name)
        try:
            if known is not None and known == Rendered(fingerprint, _stamp(target.path)):
                self.count.unchanged += 1
                return True
            there = read_written(target)
            found = look(there)
            if (new := content(found)) is None:
                return False
            data = new.text.encode()
            if there != data:
                if found.condition is Condition.UNREADABLE:
                    self._set_aside(target, found.reason)
                elif not self._may_replace(found):
                    is_known = known is not None and known.fingerprint == fingerprint
                    self._leave(target, found, is_news=not is_known and _is_news(look(data), found))
                    return False
            self._write(target, data, there, new.over)
            self._ledger.put_rendered(target.name, Rendered(fingerprint, _stamp(target.path)))
        except ChangedMeanwhileError as error:
            self._on_problem(Problem(str(target.path), 1, f"not written: {error.strerror}"))
            return False
        except (OSError, ValueError) as error:
            self._fail(target, "not written", error)
            return False
        return True

    def _may_replace(self, found: WrittenFile) -> bool:
        if found.condition is Condition.PLAIN and self._layout.in_place:
            return True
        return self._overwrites or found.condition in {Condition.ABSENT, Condition.UNTOUCHED}

    def _leave(self, target: Target, found: WrittenFile, *, is_news: bool) -> None:
        """Leave a file that is not as it was written, and say so, once a run."""
        if self.count.edited.get(target.name) in {True, is_news}:
            return
        self.count.edited[target.name] = is_news
        told = f"{found.reason}; left as it is"
        if is_news:
            told += ", without what is new (--overwrite-edited writes it anew)"
        self._on_problem(Problem(str(target.path), 1, told))

    def _set_aside(self, target: Target, reason: str) -> None:
        """Keep a file that cannot be read, but not where it is to be written anew."""
        relative = target.path.relative_to(target.root)
        stem = self._layout.set_aside / target.root.name / relative
        number, kept = 0, stem
        while kept.exists() or kept.is_symlink():
            number += 1
            kept = stem.with_name(f"{stem.name}.{number}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        target.path.rename(kept)
        self._on_problem(Problem(str(target.path), 1, f"{reason}; it is kept as {kept}"))

    def _write(
        self, target: Target, new: bytes, there: bytes | None, over: UsersFile | None
    ) -> None:
        if there == new:
            self.count.unchanged += 1
            return
        if over is None:
            write_atomically(target.path, new, root=target.root)
        elif over.data != there:
            raise ChangedMeanwhileError(target.path)
        else:
            over.replace(new, root=target.root)
        self.count.written += 1

    def _withdraw(self, key: str) -> None:
        """Remove our file of a source that an item has come to be about since.

        First all items that point at it are pointed elsewhere; where one cannot be, the file
        stays for now. A file that was edited stays for good.
        """
        target = self._layout.source(key)
        known = self._ledger.rendered(target.name)
        if known is None:
            return
        written = []
        for item in self._ledger.items_naming(key):
            if self._should_stop():
                return
            written.append(self._write_item(item))
        if not all(written):
            return
        try:
            if known.stamp == _stamp(target.path):
                remove_file(target.path, root=target.root)
        except OSError as error:
            self._fail(target, "not removed", error)
            return
        self._ledger.put_rendered(target.name, None)

    def _fail(self, target: Target, what: str, error: Exception) -> None:
        self.count.failed += 1
        self._failed.add(target.name)
        self._on_problem(Problem(str(target.path), 1, f"{what}: {error}"))


def _has_text(record: SourceRecord) -> bool:
    return record.held is not None and record.held.state.has_text and not record.lacks_text


def _is_news(new: WrittenFile, found: WrittenFile) -> bool:
    """Whether what would be written is neither what was written last nor what is there."""
    return found.stated is None or new.stated not in {found.stated, found.digest}


def _fingerprint(*parts: object) -> str:
    facts = json.dumps([SCHEMA_VERSION, _FORM, *parts], ensure_ascii=True)
    return hashlib.sha256(facts.encode()).hexdigest()


def _stamp(path: Path) -> FileStamp:
    try:
        stat = path.lstat()
    except FileNotFoundError:
        return FileStamp(-1, -1)
    return FileStamp.of(stat)
