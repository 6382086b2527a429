"""Why a request had no answer where WARC files are read or written."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class NoRecordError(IgnoreRequest):
    """The crawl is answered by WARC files, and they have no answer; the message is the evidence."""


class OwnFailureError(IgnoreRequest):
    """The run cannot go on, for a reason of its own, which the message says; no site has failed."""
