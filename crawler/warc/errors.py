"""Why a WARC file cannot be used."""

from __future__ import annotations


class WarcError(ValueError):
    """A file is no WARC file, or is damaged; the message names it and says why."""


class NotRecordedError(LookupError):
    """No WARC file has an answer for a URL; the message says so, or what is missing."""
