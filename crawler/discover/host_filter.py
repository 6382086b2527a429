"""Hosts that articles are looked for on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

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
