"""An article as rows of fields, each with its origin, to be shown, kept and compared."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from crawler.output.field_names import written_name
from crawler.states import State

if TYPE_CHECKING:
    from crawler.extraction.article import Article

_NOT_FIELDS: Final = frozenset({"origins", "kind", "rule_misses"})
_STATE: Final = "state"


@dataclass(frozen=True, slots=True)
class Told:
    """The value of a field as JSON has it, and which part of the page gave it."""

    value: Any
    origin: str


def told_fields(article: Article) -> dict[str, Told]:
    """Return what an article has, by the names of the front matter; its text is `body`."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(article) | {"origins": None}))
    return {
        "body" if name == "markdown" else written_name(name): Told(
            value, article.origins.get(name, "text")
        )
        for name, value in plain.items()
        if name not in _NOT_FIELDS and (value is False or value not in (None, [], "", 0))
    }


def told_page(article: Article) -> dict[str, Told]:
    """Return what a page is, as `state`, and what it has where it is an article."""
    state = State.OK if article.markdown else State.EMPTY
    state = state if article.kind is None else article.kind.state
    fields = told_fields(article) if article.kind is None or state.has_text else {}
    return {_STATE: Told(str(state), "text"), **fields}
