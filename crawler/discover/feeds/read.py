"""Reads a body that may be a feed of any format; runs in a worker process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml.etree import LxmlError

from crawler.discover.feeds.alternates import feeds_of_page
from crawler.discover.feeds.feed import Feed
from crawler.discover.feeds.json_feed import read_json_feed
from crawler.discover.feeds.xml_feed import read_xml_feed
from crawler.discover.mended_xml import mend_xml, unpacked

if TYPE_CHECKING:
    from crawler.discover.feeds.feed import FeedJob

_PAGE: Final = re.compile(rb"\A[\s\xef\xbb\xbf]*<(?:!doctype\s+html|html)", re.IGNORECASE)
_ROOTS: Final = frozenset({"rss", "feed", "rdf", "channel"})


def read_feed(job: FeedJob) -> Feed:
    """Return the feed, or the feeds that a page names; neither where there is neither.

    Raises:
        BodyError: it is gzipped, and damaged or too large.
    """
    body = unpacked(job.body)
    if feed := read_json_feed(body, job.url):
        return feed
    xml = mend_xml(body, job.content_type)
    feed = read_xml_feed(xml, job.url) if xml.root in _ROOTS else None
    # Pages have been put around feeds, too.
    if feed is not None and (feed.entries or _PAGE.match(body) is None):
        return feed
    try:
        return Feed(is_feed=False, alternates=feeds_of_page(body, job.url))
    except (LxmlError, ValueError):
        return Feed(is_feed=False)
