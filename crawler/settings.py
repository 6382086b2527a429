"""Scrapy settings of the project; settings of our own begin with CRAWLER_."""

from __future__ import annotations

from scrapy.settings import default_settings

from crawler import config

BOT_NAME = "frontmatter-crawler"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_LOADER_CLASS = "crawler.spiderloader.InstalledSpiderLoader"

# Those of our own: crawler/config.py has their defaults and what they mean.
vars().update(config.defaults())

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
    "crawler.crawl.progress.Progress": 0,
}
