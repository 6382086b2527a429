"""Why an answer was not taken, as exceptions that can be told apart."""

from __future__ import annotations

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest


class AnswerTooLargeError(DownloadCancelledError):
    """An answer was cut off for its size; the message says which part of it."""


class DecodedTooLargeError(IgnoreRequest):
    """A body is larger than DOWNLOAD_MAXSIZE once its content coding is undone."""


class UndecodableError(IgnoreRequest):
    """A body is not whole: it breaks off, is damaged, or a part only; the message says which."""
