"""One rule: where the pages of a site have what."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import datetime as dt

# Keys of a rule that hold selectors of a field, and the field of `Article` that each fills.
FIELDS: Final = {
    "title": "title",
    "body": "markdown",
    "author": "authors",
    "date": "published",
    "image": "images",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the pages of a site have what; small, as it goes to a worker with each page.

    Attributes:
        place: where it stands, `FILE:LINE`, by which it is called in logs.
        domain: a host in lower-case ASCII; those below it are meant, too.
        paths: globs for the path of a URL; empty: all pages of the domain.
        since: the first day on which pages looked like this; None: from the beginning.
        title, body, author, date, image: CSS selectors, the first that gives something counts.
        remove: CSS selectors of what is no part of the article.
        javascript: whether the page is empty until its scripts have run.
    """

    place: str
    domain: str
    paths: tuple[str, ...] = ()
    since: dt.date | None = None
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    image: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    javascript: bool = False

    @property
    def asked(self) -> list[str]:
        """The keys of the fields that it has selectors for."""
        return [key for key in FIELDS if getattr(self, key)]

    def is_for(self, host: str, url: str, on: dt.date) -> bool:
        """Whether it is for a page of a host as it looked on a day (UTC)."""
        if host != self.domain and not host.endswith(f".{self.domain}"):
            return False
        if self.since is not None and on < self.since:
            return False
        path = urlsplit(url).path or "/"
        return not self.paths or any(fnmatchcase(path, glob) for glob in self.paths)
