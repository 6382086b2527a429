"""Scrapy settings of the project; settings of our own begin with CRAWLER_."""

from __future__ import annotations

import os

from scrapy.settings import default_settings

BOT_NAME = "frontmatter-crawler"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_LOADER_CLASS = "crawler.spiderloader.InstalledSpiderLoader"

# Who to complain to: a web page or an e-mail address. A crawl of public sites needs it; it goes
# into the User-Agent, unless USER_AGENT is set.
CRAWLER_CONTACT = os.environ.get("CRAWLER_CONTACT", "")
# Whether sites get their cookies back within one visit; nothing of them is kept.
CRAWLER_COOKIES = True
# Networks and addresses, in CIDR notation, that requests may reach though they are not public.
CRAWLER_ALLOWED_NETWORKS = os.environ.get("CRAWLER_ALLOWED_NETWORKS", "")
# Extraction: worker processes (0: one a core), seconds and bytes of memory a page may take.
CRAWLER_EXTRACTION_WORKERS = 0
CRAWLER_EXTRACTION_SECONDS = 10.0
CRAWLER_EXTRACTION_MEMORY = 64 * 1024 * 1024
# Pages of one article that are joined at most; 1: only the page that a link leads to is read.
CRAWLER_ARTICLE_PAGES = 10
# A TOML file of rules by domain (docs/rules.md): which parts of a site's pages hold what.
CRAWLER_RULES = ""
# Modules of page objects (docs/page-objects.md), which extraction workers import; a list.
CRAWLER_PAGE_OBJECTS = ""
# Which pages have their scripts run in a browser (docs/rules.md): "rules", those whose rule asks
# for it; "empty", also those that came out empty; "off". The browser's path, where it is not found
# by itself, and the seconds that a page may take in it.
CRAWLER_JAVASCRIPT = "rules"
CRAWLER_BROWSER = ""
CRAWLER_BROWSER_SECONDS = 20.0
# When sources are visited again (see `crawler.ledger.revisit`): ages of an article at which it is
# looked at again, and the gap between visits from then on; the first gap after failures that may
# pass, and after those that are likely to last; the longest gap of these. "never" ends visits.
CRAWLER_REVISIT_FRESH = "2h 8h 1d 3d 7d"
CRAWLER_REVISIT_OLD = "90d"
CRAWLER_REVISIT_FAILED = "10m"
CRAWLER_REVISIT_LOST = "1d"
CRAWLER_REVISIT_LIMIT = "90d"
# Seconds of a pause (Retry-After, backoff) that a run waits for; a longer one leaves the site's
# sources to a later run. Failures in a row after which a host is left alone, and for how many
# seconds. Seconds of the first pause after a failure; each further one is twice as long.
CRAWLER_HOST_WAIT_MAX = 120.0
CRAWLER_HOST_STRIKES = 5
CRAWLER_HOST_COOLDOWN = 1800.0
CRAWLER_BACKOFF_SECONDS = 2.0
# Where dead links are looked up: "wayback", the URL of another archive's TimeGate (RFC 7089), or ""
# for nowhere; and the seconds between two requests to it.
CRAWLER_ARCHIVE = "wayback"
CRAWLER_ARCHIVE_DELAY = 5.0
# WARC files that answer in the place of the network (a list), and the one that a crawl is recorded
# into; "" for neither.
CRAWLER_REPLAY = ""
CRAWLER_RECORD = ""
# Of other Scrapy projects with the add-on: the folder that the items of their spiders go to ("":
# none), the output folder, and what their items call `url`, `title`, `published` and so on.
CRAWLER_ITEMS = ""
CRAWLER_OUTPUT = "output"
CRAWLER_ITEM_FIELDS: dict[str, str] = {}
# Whether copies of an article are looked for among all that is held.
CRAWLER_DUPLICATES = True
# Fields (excerpt, provider, images, ampWebUrl, topics; separated by commas, or "all") that are
# filled in, below `enrichment`, for items that lack them; and the folder of the site's topics.
CRAWLER_FILL_IN = ""
CRAWLER_TOPICS = ""
# Whether the sizes of images whose page does not give them are read off the first bytes of their
# files; "download" keeps copies of all images, with limits in bytes and pixels, and thumbnails of
# so many pixels' width (0: none).
CRAWLER_IMAGE_SIZES = False
CRAWLER_IMAGES = ""
CRAWLER_IMAGE_MAXSIZE = 8 * 1024 * 1024
CRAWLER_IMAGE_PIXELS = 25_000_000
CRAWLER_IMAGE_THUMBNAIL = 400
# Seconds after which a run is stopped, and leaves the rest to the next one; 0: never.
CRAWLER_MAX_RUN_SECONDS = 0
# Seconds that a stopped crawl may take to finish what is in flight.
CRAWLER_STOP_GRACE = 8.0
# `crawler watch`, in seconds: files are crawled when nothing has changed for so long; a run of all
# items goes on for so long before files that have changed interrupt it; between such a run and the
# one for revisits that fall due lies at least so much.
CRAWLER_WATCH_QUIET = 1.0
CRAWLER_WATCH_PATIENCE = 60.0
CRAWLER_WATCH_GAP = 60.0
# Host names with a dot by which its HTTP server may be called (a list, or separated by commas);
# addresses, "localhost" and names without a dot always are.
CRAWLER_WATCH_HOSTS = ""
# Seconds that a robots.txt may keep two requests apart (Crawl-delay, Request-rate).
CRAWLER_CRAWL_DELAY_MAX = 60.0

# Politeness: one request at a time and a pause per site, many sites at once.
ROBOTSTXT_OBEY = True
SCHEDULER = "crawler.downloader.scheduler.HostFrontier"
DOWNLOADER = "crawler.downloader.scheduler.SiteDownloader"
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.downloader.redirects.DotSegmentsMiddleware": 40,
    "crawler.downloader.contact.ContactGuardMiddleware": 50,
    "crawler.downloader.ssrf.SsrfMiddleware": 60,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.downloader.retry.SiteRetryMiddleware": 90,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.downloader.compression.DecompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.downloader.robots.middleware.RobotsMiddleware": 100,
    "crawler.downloader.conditional.ConditionalMiddleware": 610,
    "crawler.downloader.redirects.LocationMiddleware": 605,
    "crawler.downloader.cookies.VisitCookiesMiddleware": 710,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.downloader.redirects.RefreshMiddleware": 580,
}

# Limits of one answer, and what is not needed or not safe.
DOWNLOAD_TIMEOUT = 30
TWISTED_DNS_RESOLVER = "crawler.downloader.resolver.GuardedResolver"
DNS_TIMEOUT = 20
REACTOR_THREADPOOL_MAXSIZE = 64  # look-ups of that many host names at once, also of some that hang
DOWNLOAD_MAXSIZE = 4 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "crawler.downloader.stop.StoppableDownloadHandler",
    "https": "crawler.downloader.stop.StoppableDownloadHandler",
}
METAREFRESH_MAXDELAY = 6  # seconds; later ones are for readers, of pages that are read then
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
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "crawler.downloader.redirects.NoRefererMiddleware": 700,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
CONCURRENT_ITEMS = 2  # a callback yields one; Scrapy starts so many tasks for each callback
# Without those that are off: EXTENSIONS could only name them, and Scrapy loads what it names.
EXTENSIONS_BASE = {
    name: place
    for name, place in default_settings.EXTENSIONS_BASE.items()
    if name
    not in {
        "scrapy.extensions.remote_control.RemoteControl",
        "scrapy.extensions.telnet.TelnetConsole",
    }
}
EXTENSIONS = {
    "crawler.downloader.host_state.Hosts": 0,
    "crawler.downloader.proxies.Proxies": 0,
    "crawler.downloader.stop.BoundedStop": 0,
    "crawler.downloader.own_trouble.Pulse": 0,
    "crawler.downloader.partial.HtmlOnly": 0,
    "crawler.downloader.partial.FirstBytes": 0,
    "crawler.downloader.self_test.GuardSelfTest": 0,
}
# Before all others, so that no pipeline of a project that knows nothing of visits loses one.
ITEM_PIPELINES = {"crawler.pipelines.LedgerPipeline": 0}
