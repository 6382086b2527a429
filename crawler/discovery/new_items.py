"""Makes item files of found articles, each article once and no file twice."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawler.exceptions import ItemError, Problem
from crawler.items.item import parse_item
from crawler.output.atomic import create_atomically
from crawler.output.layout import new_item_stem
from crawler.output.yaml_text import dump_mapping
from crawler.timestamps import day_of, moment, utc_text
from crawler.urls.aliases import url_family
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.discovery.found import FoundArticle
    from crawler.discovery.options import DiscoveryTally
    from crawler.ledger.ledger import Ledger


_DATE_LENGTH: Final = len("2026-11-25")


def item_stem(found: FoundArticle, now: datetime) -> str:
    """Return the file's name without its suffix: `YYYY-MM-DD-slug`.

    The date in UTC is that of publication, or else when it was seen, or today.
    """
    day = day_of(found.published) or day_of(found.seen) or utc_text(now)[:_DATE_LENGTH]
    return new_item_stem(day, found.title, found.url)


def item_text(found: FoundArticle, now: datetime, *, by: str) -> str:
    """Return the text of an item about a found article; what was not told is absent.

    Args:
        now: when it was found.
        by: the spider that found it.

    Raises:
        ItemError: the text would be no item, for its URL above all.
    """
    text = f"---\n{dump_mapping(_fields(found, now, by))}---\n"
    parse_item(text.encode(), Path(f"{item_stem(found, now)}.md"), name=found.url)
    return text


def _fields(found: FoundArticle, now: datetime, by: str) -> dict[str, Any]:
    images = [
        {"url": image.url, "width": image.width, "height": image.height} for image in found.images
    ]
    return {
        "title": found.title,
        "excerpt": found.excerpt,
        "publishedDateTime": _in_utc(found.published),
        "originalUrl": found.url,
        "webUrl": found.url,
        "type": found.kind,
        "provider": {"name": found.provider, "domain": registered_domain(found.url)},
        "topics": list(found.topics),
        "images": images,
        "discovery": {
            "spider": by,
            "foundDateTime": utc_text(now),
            "foundIn": found.found_in,
            "foundUrl": found.via,
            "foundInTitle": found.found_title,
            "id": found.entry_id,
            "authors": list(found.authors),
            "modifiedDateTime": _in_utc(found.modified),
            "language": found.language,
        },
    }


def _in_utc(text: str | None) -> str | None:
    """Return a date-time in UTC with seconds, and a date as it is; None where it is neither."""
    if text is None:
        return None
    try:
        at = moment(text)
        return text if len(text) == _DATE_LENGTH else utc_text(at)
    except (ValueError, OverflowError):
        return None


_MARK_LENGTH: Final = 8


class NewItems:
    """Creates items in one folder; for one thread.

    An article is known if an item has one of the URLs of its family for its own, or if an item was
    created for it before: one that was deleted since is not created again. That an item only
    mentions it as a related one does not count.

    Args:
        ledger: has the items of the folder already.
        by: the spider that finds the articles.
        limit: at most so many items are created.
    """

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        tally: DiscoveryTally,
        *,
        by: str,
        limit: int,
        on_problem: Callable[[Problem], None],
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._tally = tally
        self._by = by
        self._limit = limit
        self._on_problem = on_problem
        self.created: list[Path] = []

    def add(self, found: FoundArticle) -> Path | None:
        """Create the item of an article; None: it is known, unusable, or one too many.

        Raises:
            OSError: the file cannot be written.
        """
        now = datetime.now(UTC)
        try:
            text = item_text(found, now, by=self._by)
        except ItemError as error:
            self._tally.unusable += 1
            self._on_problem(error.problem)
            return None
        keys = url_family([found.url]).keys
        aliases = url_family([found.via]).keys if found.via else ()
        if any(map(self._is_known, keys)):
            self._tally.known += 1
            self._ledger.put_discovered(aliases, self._by)  # need not be asked again
            return None
        if self.is_full:
            self._tally.left += 1
            return None
        path = self._create(found, text, now, keys[0])
        self._ledger.put_discovered((*keys, *aliases), self._by)
        if path is None:
            self._tally.known += 1
            return None
        self._tally.created += 1
        self.created.append(path)
        return path

    def is_known(self, url: str) -> bool:
        """Whether the article that this URL led to, or is of, is known; if so, it is counted."""
        known = any(map(self._is_known, url_family([url]).keys))
        self._tally.known += known
        return known

    @property
    def is_full(self) -> bool:
        """Whether no more items are created in this run."""
        return len(self.created) >= self._limit

    def _is_known(self, key: str) -> bool:
        if self._ledger.is_discovered(key):
            return True
        source = self._ledger.source_of_url(f"https://{key}")
        return source is not None and bool(self._ledger.owners(source.key))

    def _create(self, found: FoundArticle, text: str, now: datetime, key: str) -> Path | None:
        """Write the file under a name that nobody has; None: there is one for this very article."""
        stem = item_stem(found, now)
        mark = sha256(key.encode()).hexdigest()[:_MARK_LENGTH]
        for name in (stem, f"{stem}-{mark}"):
            path = self._folder / f"{name}.md"
            if create_atomically(path, text.encode(), root=self._folder):
                return path
        return None
