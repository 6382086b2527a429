"""An enriched file, read: the item, its entries, and the articles that they point to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from crawler.exceptions import ItemError, Problem
from crawler.export.fields import Enrichment, SourceFields
from crawler.items.enrichment import ENRICHMENT_KEY
from crawler.items.front_matter import FieldLines, load_enrichment
from crawler.items.item import Item, parse_item
from crawler.output.layout import Target
from crawler.output.written_file import (
    Condition,
    WrittenFile,
    look_at_item,
    look_at_source,
    read_written,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from crawler.export.fields import Entry

T = TypeVar("T")

_DEFECT: Final = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<path>.*)`)?", re.DOTALL)
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class EnrichedItem:
    """An item with what a run has added to it.

    Attributes:
        item: the item, without it.
        enrichment: the whole of what was added but for the article.
        results: what enrichers have given, by their names.
        texts: articles as Markdown, by the `textFile` of the entry that points to them.
        problems: what is wrong with the files of those that are not there.
    """

    item: Item
    enrichment: Enrichment
    results: Mapping[str, Any]
    texts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    @property
    def source(self) -> Entry:
        """What is said of the article that the item is about."""
        return self.enrichment.get("source", {})

    @property
    def related(self) -> list[Entry]:
        """What is said of each usable related link, in their order."""
        return self.enrichment.get("related", [])

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Both, the item's own first."""
        return (self.source, *self.related)

    @property
    def text(self) -> str | None:
        """The article that the item is about, None where there is none."""
        return self.texts.get(self.source.get("textFile", ""))


def read_enriched(
    path: str | os.PathLike[str], *, output: str | os.PathLike[str] | None = None
) -> EnrichedItem:
    """Read an enriched item, and the articles that its entries point to.

    Args:
        path: the file, in `items/` of an output folder, or enriched in place.
        output: the output folder, for the related articles of an item that was enriched in place.

    Raises:
        ItemError: the file cannot be read, is not enriched, or says what no run would have written.
    """
    path = Path(path)
    enriched = read_item_file(path)
    if enriched is None:
        raise ItemError(Problem(str(path), 1, "is not enriched"))
    texts, problems = dict(enriched.texts), []
    folders = [*([] if output is None else [Path(output)]), *path.absolute().parents]
    for entry in enriched.related:
        name = entry.get("textFile")
        if name is None or name in texts:
            continue
        try:
            texts[name] = _text_of(name, folders)
        except ItemError as error:
            problems.append(error.problem)
    return replace(enriched, texts=texts, problems=tuple(problems))


def read_item_file(path: Path) -> EnrichedItem | None:
    """Read an enriched item's own file alone; None: nothing was added to it.

    Raises:
        ItemError: as `read_enriched`.
    """
    file = str(path)
    data = _read(_itself(path))
    item = parse_item(data, path)  # says in which line the file is broken
    found = look_at_item(data, in_place=True)
    if found.condition is Condition.PLAIN:
        return None
    block: Any = load_enrichment(found.front, file=file, line=found.line).get(ENRICHMENT_KEY)
    enrichment = _typed(block, found, file, Enrichment, ENRICHMENT_KEY)
    results = {name: block[name] for name in block if name not in Enrichment.__annotations__}
    text_file = enrichment.get("source", {}).get("textFile")
    if text_file is not None and found.text is None:
        raise ItemError(Problem(file, found.line, "has lost its article"))
    texts = {} if text_file is None or found.text is None else {text_file: found.text}
    return EnrichedItem(item, enrichment, results, texts)


def read_source_file(path: Path) -> tuple[SourceFields, str]:
    """Read the file of a source: its front matter, and the article as Markdown.

    Raises:
        ItemError: the file cannot be read, or says what no run would have written.
    """
    return _source_of(_read(_itself(path)), path)


def _source_of(data: bytes, path: Path) -> tuple[SourceFields, str]:
    found = look_at_source(data)
    if found.condition in {Condition.UNREADABLE, Condition.FOREIGN}:
        raise ItemError(Problem(str(path), 1, found.reason))
    fields = load_enrichment(found.front, file=str(path), line=found.line)
    return _typed(fields, found, str(path), SourceFields), found.text or ""


def _itself(path: Path) -> Target:
    return Target(path, path.parent, path.name)


def _read(target: Target) -> bytes:
    file = str(target.path)
    try:
        data = read_written(target)
    except OSError as error:
        raise ItemError(Problem(file, 1, f"cannot be read: {error.strerror}")) from error
    if data is None:
        raise ItemError(Problem(file, 1, "is not there"))
    return data


def _typed(fields: Any, found: WrittenFile, file: str, kind: type[T], *where: str) -> T:
    """Return what is ours in a file as the type that it has to be."""
    try:
        return msgspec.convert(_without_nulls(fields), kind)
    except msgspec.ValidationError as error:
        defect = _DEFECT.fullmatch(str(error))
        assert defect is not None
        steps = _STEP.findall(defect["path"] or "")
        names = [name or int(index) for name, index in steps]
        line = FieldLines(found.front).line(*where, *names) + found.line - 2
        at = ".".join(map(str, names))
        what = defect["what"].replace("`", "").lower()
        raise ItemError(Problem(file, line, f"{at}: {what}" if at else what)) from error


def _without_nulls(value: Any) -> Any:
    """Leave out what is null, which says as little as what is absent."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _text_of(name: str, folders: list[Path]) -> str:
    """Read the article in the file that an entry calls by its path below one of the folders.

    Raises:
        ItemError: none of them has it, or it cannot be read.
    """
    target = _find(name, folders)
    if target is None:
        raise ItemError(Problem(name, 1, "is not there; name the output folder"))
    data = _read(target)
    found = look_at_item(data, in_place=True)
    if found.condition is Condition.PLAIN:
        return _source_of(data, target.path)[1]
    if found.text is None:
        raise ItemError(Problem(str(target.path), 1, "has no article"))
    return found.text


def _find(name: str, folders: list[Path]) -> Target | None:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        return None
    targets = (Target(folder / name, folder, name) for folder in folders)
    return next((target for target in targets if target.path.is_file()), None)
