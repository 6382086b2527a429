"""What any spider scraped of an article, as an article that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crawler.discover.found import FoundArticle
from crawler.discover.tidy import tidied

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Final = ("url", "title", "excerpt", "published", "modified", "provider", "language")
LISTS: Final = ("authors", "topics")


def article_of(
    fields: Mapping[str, Any], names: Mapping[str, str], refused: list[str] | None = None
) -> FoundArticle | None:
    """Return the article that a scraped item is about; None: it has no absolute web address.

    Args:
        fields: of the item, with values of any kind that `tidied` takes.
        names: what the item calls a field of `TEXTS` or `LISTS`, where it is not called so.
        refused: as of `tidied`.
    """
    told: dict[str, Any] = {name: fields.get(names.get(name, name)) for name in (*TEXTS, *LISTS)}
    return tidied(FoundArticle(**told), "", refused)
