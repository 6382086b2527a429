"""What a search for new items is asked to do, on which hosts, and what it has found."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from crawler.items.link import url_defect
from crawler.options import CrawlOptions, OptionError, parse_since
from crawler.states import State
from crawler.timestamps import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class HostFilter:
    """Host names, each of which stands for its subdomains, too; "*" stands for every host."""

    hosts: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, value: str | Iterable[str]) -> Self:
        """Read host names; in text they are separated by commas or white space.

        Raises:
            OptionError: one of them is none.
        """
        parts = re.split(r"[\s,]+", value) if isinstance(value, str) else list(value)
        hosts = [part.strip().lower().rstrip(".") for part in parts if part.strip()]
        for host in hosts:
            if host != _ALL and not _HOST.fullmatch(host):
                raise OptionError(f"hosts: {host!r} is no host name in ASCII")
        return cls(frozenset(hosts))

    def has(self, url: str) -> bool:
        """Whether a URL is on one of these hosts; never raises."""
        if _ALL in self.hosts:
            return True
        try:
            host = (urlsplit(url).hostname or "").rstrip(".")
        except ValueError:
            return False
        labels = host.split(".")
        return any(".".join(labels[start:]) in self.hosts for start in range(len(labels)))


@dataclass(slots=True)
class DiscoveryTally:
    """The outcome of a search.

    Attributes:
        asked: feeds, sitemaps or files by the state in which asking for each ended.
        created: new item files.
        known: articles that an item is about already, or that were found before.
        unusable: entries without a usable URL, or whose redirect led nowhere.
        left: articles, and sitemaps unread, beyond the limits of one run.
    """

    asked: Counter[State] = field(default_factory=Counter)
    created: int = 0
    known: int = 0
    unusable: int = 0
    left: int = 0

    @property
    def failed(self) -> int:
        """How many feeds, sitemaps or files gave nothing to read."""
        return sum(count for state, count in self.asked.items() if not state.is_good)

    def as_json(self) -> dict[str, Any]:
        """Return the tally as a JSON object."""
        return {
            "asked": {str(state): count for state, count in self.asked.items()},
            "created": self.created,
            "known": self.known,
            "unusable": self.unusable,
            "left": self.left,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> DiscoveryTally:
        """Return the tally that `as_json` made this object of."""
        asked = Counter({State(state): count for state, count in document["asked"].items()})
        rest = {name: document[name] for name in ("created", "known", "unusable", "left")}
        return cls(asked=asked, **rest)


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
        return cls(addresses, parse_since(since), _words(match), limit)

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
