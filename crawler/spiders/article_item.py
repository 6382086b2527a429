"""The item of our spiders: an article that was stored, as pipelines, exports and the log see it."""

from __future__ import annotations

from typing import Final

from scrapy import Field, Item

from crawler.export.rows import columns_of
from crawler.sanitize import plain_text

_TITLE_LENGTH: Final = 60
NEW: Final = "new"
CHANGED: Final = "changed"


class ArticleItem(Item):
    """An article that is new or has changed, and is in the ledger.

    Its fields are the columns of `articles` in an export (docs/export.md), as far as the article
    has them, and:

    - `change`: "new" or "changed";
    - `changedFields`: the names of those that are not as they were, of a changed one;
    - `itemFiles`: the item files that name it, that which is about it first, at most 100.
    """

    change = Field()
    changedFields = Field()  # noqa: N815 - called as in the files
    itemFiles = Field()  # noqa: N815 - likewise

    def __repr__(self) -> str:
        """Return one short line, since Scrapy logs each item."""
        title = plain_text(str(self.get("title", "")), limit=_TITLE_LENGTH)
        told = f" {title!r}" if title else ""
        return f"<ArticleItem {self.get('change')} {self.get('requestedUrl')}{told}>"


for _name in columns_of("articles"):
    ArticleItem.fields[_name] = Field()
