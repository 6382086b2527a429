"""The item of a spider that visits sources: one visit, as pipelines, exports and the log see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from itemadapter.adapter import AdapterInterface, ItemAdapter

from crawler.output.entry import visit_entry
from crawler.sanitize import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, KeysView

    from crawler.ledger.records import Visit

_TITLE_LENGTH: Final = 60


@dataclass(frozen=True, slots=True, repr=False)
class SourceVisit:
    """The item that pipelines receive: a source's key and the visit that ended.

    To whoever reads it as an item (`ItemAdapter`, feed exports, `scrapy parse`) its fields are
    those of the front matter (docs/output.md), with `key`, and with the article's Markdown as
    `text`. It cannot be written to.
    """

    key: str
    visit: Visit

    def __repr__(self) -> str:
        """Return one short line, since Scrapy logs each item."""
        title = None if self.visit.article is None else self.visit.article.title
        told = f" {plain_text(title, limit=_TITLE_LENGTH)!r}" if title else ""
        return f"<SourceVisit {self.visit.state} {self.visit.attempt.url}{told}>"


class SourceVisitAdapter(AdapterInterface):
    """How `ItemAdapter` reads a `SourceVisit`."""

    def __init__(self, item: SourceVisit) -> None:
        super().__init__(item)
        self._all = visit_entry(item.key, item.visit)
        self._told = {name: value for name, value in self._all.items() if value not in (None, [])}

    @classmethod
    def is_item_class(cls, item_class: type) -> bool:
        """Whether it is ours."""
        return issubclass(item_class, SourceVisit)

    def field_names(self) -> KeysView[str]:
        """Return the names of all fields that a visit may have: the columns of a table."""
        return self._all.keys()

    def __getitem__(self, field_name: str) -> Any:
        """Return the value of a field that the visit has."""
        return self._told[field_name]

    def __setitem__(self, field_name: str, value: Any) -> None:
        """Refuse: what is stored is stored.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"a SourceVisit cannot be changed: {field_name}")

    def __delitem__(self, field_name: str) -> None:
        """Refuse likewise.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"a SourceVisit cannot be changed: {field_name}")

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the fields that the visit has."""
        return iter(self._told)

    def __len__(self) -> int:
        """Return how many these are."""
        return len(self._told)


# Before that of dataclasses, in the way that itemadapter documents.
ItemAdapter.ADAPTER_CLASSES.appendleft(SourceVisitAdapter)  # type: ignore[attr-defined]
