"""Reads a body that may be a feed of any format; runs in a worker process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml.etree import LxmlError

from crawler.discover.feeds.alternates import feeds_of_page
from crawler.discover.feeds.feed import Feed
from crawler.discover.feeds.json_feed import read_json_feed
from crawler.discover.feeds.xml_feed import read_xml_feed

if TYPE_CHECKING:
    from crawler.discover.feeds.feed import FeedJob

_PAGE: Final = re.compile(rb"\A[\s\xef\xbb\xbf]*<(?:!doctype\s+html|html)", re.IGNORECASE)


def read_feed(job: FeedJob) -> Feed:
    """Return the feed, or the feeds that a page names; neither where there is neither."""
    if _PAGE.match(job.body):
        return _page(job)
    return read_json_feed(job) or read_xml_feed(job) or _page(job)


def _page(job: FeedJob) -> Feed:
    try:
        return Feed(is_feed=False, alternates=feeds_of_page(job.body, job.url))
    except (LxmlError, ValueError):
        return Feed(is_feed=False)
