"""What a search for new items is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, Self

from crawler.durations import parse_duration
from crawler.items.url_field import url_defect
from crawler.moments import moment
from crawler.options import CrawlOptions, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NEW: Final = 1000


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """The options of a search.

    Attributes:
        urls: feeds, or sites and sitemaps.
        since: what is known to be older is passed over; None: nothing is.
        match: globs on an article's URL, of which one must match; empty: all do.
        max_new: at most so many items are created in one run.
    """

    urls: tuple[str, ...] = ()
    since: datetime | None = None
    match: tuple[str, ...] = ()
    max_new: int = MAX_NEW

    @classmethod
    def parse(
        cls,
        *,
        urls: str | Iterable[str] = (),
        since: str | datetime | None = None,
        match: str | Iterable[str] = (),
        max_new: str | int = MAX_NEW,
    ) -> Self:
        """Make options of what a caller has, which from `-a name=value` is always text.

        In text, `urls` and `match` are separated by white space. `since` is ISO 8601, or how long
        ago, such as "7d".

        Raises:
            OptionError: a value is not of its kind.
        """
        addresses = _words(urls)
        for url in addresses:
            if defect := url_defect(url):
                raise OptionError(f"urls: {url} {defect}")
        try:
            limit = int(max_new)
        except ValueError:
            limit = 0
        if limit < 1:
            raise OptionError(f"max_new: {max_new!r} is not a whole number above 0")
        return cls(addresses, _moment(since), _words(match), limit)

    def wants(self, url: str, changed: str | None = None) -> bool:
        """Whether an article is looked for: by its URL, and by when it was last changed."""
        if self.match and not any(fnmatchcase(url, glob) for glob in self.match):
            return False
        if self.since is None or changed is None:
            return True
        try:
            return moment(changed) >= self.since
        except ValueError:
            return True


def check_folder(options: CrawlOptions) -> None:
    """See that new items have one folder to go to.

    Raises:
        OptionError: they have not.
    """
    if len(options.items) != 1 or options.items[0].is_file():
        raise OptionError("items: name one folder, where new items go")


def _words(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(value.split()) if isinstance(value, str) else tuple(value)


def _moment(value: str | datetime | None) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    try:
        return moment(value)
    except ValueError:
        pass
    try:
        return datetime.now(UTC) - parse_duration(value)
    except (ValueError, OverflowError):
        reason = "is neither a date nor a span of time such as 7d"
        raise OptionError(f"since: {value!r} {reason}") from None
