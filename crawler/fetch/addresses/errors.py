"""Why no connection was made."""

from __future__ import annotations

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest


class BlockedAddressError(IgnoreRequest):
    """A URL leads to an address that must not be asked; the message says which and why."""


class NoSuchHostError(CannotResolveHostError):
    """The domain name system knows no address for the host.

    A failure to ask it is a plain `CannotResolveHostError`.
    """
