"""Scrapy settings of the project; settings of our own begin with CRAWLER_."""

from __future__ import annotations

import os

BOT_NAME = "frontmatter-crawler"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Who to complain to: a web page or an e-mail address. A crawl of public sites needs it; it goes
# into the User-Agent, unless USER_AGENT is set.
CRAWLER_CONTACT = os.environ.get("CRAWLER_CONTACT", "")
# Extraction: worker processes (0: one a core), seconds and bytes of memory a page may take.
CRAWLER_EXTRACTION_WORKERS = 0
CRAWLER_EXTRACTION_SECONDS = 10.0
CRAWLER_EXTRACTION_MEMORY = 1024 * 1024 * 1024
# When sources are visited again (see `crawler.plan.revisit`): ages of an article at which it is
# looked at again, and the gap between visits from then on; the first gap after failures that may
# pass, and after those that are likely to last; the longest gap of these. "never" ends visits.
CRAWLER_REVISIT_FRESH = "2h 8h 1d 3d 7d"
CRAWLER_REVISIT_OLD = "90d"
CRAWLER_REVISIT_FAILED = "10m"
CRAWLER_REVISIT_LOST = "1d"
CRAWLER_REVISIT_LIMIT = "90d"
# Where dead links are looked up: "wayback", the URL of another archive's TimeGate (RFC 7089), or ""
# for nowhere; and the seconds between two requests to it.
CRAWLER_ARCHIVE = "wayback"
CRAWLER_ARCHIVE_DELAY = 5.0
# Seconds that a stopped crawl may take to finish what is in flight.
CRAWLER_STOP_GRACE = 8.0


# Politeness: one request at a time and a pause per registered domain, many domains at once.
ROBOTSTXT_OBEY = True
DOWNLOADER = "crawler.fetch.downloader.RegisteredDomainDownloader"
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.fetch.contact_guard.ContactGuardMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.fetch.robots.SourceRobotsTxtMiddleware": 100,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.fetch.meta_refresh.LazyMetaRefreshMiddleware": 580,
}

# Limits of one answer, and what is not needed or not safe.
DOWNLOAD_TIMEOUT = 30
DNS_TIMEOUT = 20
REACTOR_THREADPOOL_MAXSIZE = 20  # look-ups of that many host names at once
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "crawler.fetch.bounded_stop.StoppableDownloadHandler",
    "https": "crawler.fetch.bounded_stop.StoppableDownloadHandler",
}
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
REDIRECT_MAX_TIMES = 10
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the verdict is logged with its state

# Every answer gets a state, and the plan alone says what is visited: what would filter requests
# or answers has nothing to do, and costs time for each page.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
CONCURRENT_ITEMS = 2  # a callback yields one; Scrapy starts so many tasks for each callback
EXTENSIONS = {
    "crawler.fetch.bounded_stop.BoundedStop": 0,
    "crawler.fetch.html_only.HtmlOnly": 0,
}
ITEM_PIPELINES = {"crawler.spiders.pipeline.BookkeepingPipeline": 900}
