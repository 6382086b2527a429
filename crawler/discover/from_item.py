"""What any spider scraped of an article, as an article that was found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from crawler.discover.found import FoundArticle
from crawler.discover.tidy import tidied

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Final = ("url", "title", "excerpt", "published", "modified", "provider", "language")
LISTS: Final = ("authors", "topics")


def article_of(fields: Mapping[str, Any], names: Mapping[str, str]) -> FoundArticle | None:
    """Return the article that a scraped item is about; None: it has no absolute web address.

    Args:
        fields: of the item. Dates may be text, dates or date-times; where a text is wanted and
            there is a list, as `getall` gives it, the first one counts.
        names: what the item calls a field of `TEXTS` or `LISTS`, where it is not called so.
    """
    texts: dict[str, Any] = {name: _text(fields.get(names.get(name, name))) for name in TEXTS}
    lists: dict[str, Any] = {name: _texts(fields.get(names.get(name, name))) for name in LISTS}
    url = texts.pop("url")
    return None if url is None else tidied(FoundArticle(url, **texts, **lists), "")


def _texts(value: Any) -> tuple[str, ...]:
    several = isinstance(value, Iterable) and not isinstance(value, (str, bytes))
    texts = map(_text, value if several else [value])
    return tuple(text for text in texts if text is not None)


def _text(value: Any) -> str | None:
    if isinstance(value, date):  # and date-times
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return next(iter(_texts(value)), None)
    return value if isinstance(value, str) else None
