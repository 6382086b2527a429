"""All settings of ours in one table: their names, kinds, bounds, defaults and help.

A component reads a setting by its name here, `config.CONTACT.of(settings)`, and gets a value of
its kind, or an `OptionError` that names the setting, what was given and what is allowed. The
defaults in crawler/settings.py and the table in docs/settings.md are made from this one.
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from crawler.setting import (
    Setting,
    flag,
    mapping,
    names,
    names_of,
    networks,
    number,
    one_of,
    span,
    span_or_never,
    spans,
    text,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "CRAWLER_"
# Secrets are no settings: these are names of environment variables.
TOKEN_VARIABLE: Final = "CRAWLER_TOKEN"  # noqa: S105 - its name
NOTIFY_VARIABLE: Final = "CRAWLER_NOTIFY"
WEBHOOK_VARIABLE: Final = "CRAWLER_WEBHOOK"
WEBHOOK_SECRET_VARIABLE: Final = "CRAWLER_WEBHOOK_SECRET"  # noqa: S105 - its name
SECRET_VARIABLES: Final = (
    TOKEN_VARIABLE,
    NOTIFY_VARIABLE,
    WEBHOOK_VARIABLE,
    WEBHOOK_SECRET_VARIABLE,
)


CONTACT: Final = Setting(
    "CRAWLER_CONTACT",
    "",
    text,
    "a web page or an e-mail address for complaints; a crawl of public sites needs it. It goes "
    "into the User-Agent, unless `USER_AGENT` is set",
    is_variable=True,
)
ALLOWED_NETWORKS: Final = Setting(
    "CRAWLER_ALLOWED_NETWORKS",
    "",
    networks,
    "[networks that are not public](#which-addresses-are-asked) and may be reached all the same: "
    "CIDR networks and addresses, separated by commas or spaces",
    is_variable=True,
)
COOKIES: Final = Setting(
    "CRAWLER_COOKIES",
    True,
    flag,
    "whether sites get their cookies back [within one "
    "visit](states.md#redirects-refreshes-and-cookies); `COOKIES_ENABLED` would keep them for the"
    " whole run, for all visits, in the place of it",
)
EXTRACTION_WORKERS: Final = Setting(
    "CRAWLER_EXTRACTION_WORKERS", 0, whole(0), "processes; 0 is one a core"
)
EXTRACTION_SECONDS: Final = Setting(
    "CRAWLER_EXTRACTION_SECONDS",
    10.0,
    number(0, above=True),
    "seconds of the processor that a page may take, so that a busy machine ends none; a worker "
    "that is given no processor (stopped, swapped out) is ended after six times as much, and its "
    "page tried once more",
)
EXTRACTION_MEMORY: Final = Setting(
    "CRAWLER_EXTRACTION_MEMORY",
    64 * 1024 * 1024,
    number(0, above=True),
    "bytes that a page may take in its worker, whatever pages before it have left there (real "
    "pages of up to 2.4 MB take up to 40 MB); a worker whose heap has grown by as much is "
    "replaced. So twice that, times the workers, is what pages can take of the machine",
)
ARTICLE_PAGES: Final = Setting(
    "CRAWLER_ARTICLE_PAGES",
    10,
    whole(1, 99),
    "pages of one article that are [joined](states.md#articles-over-several-pages) at most, 1 to "
    "99; with 1 only the page that the link leads to is read",
)
RULES: Final = Setting(
    "CRAWLER_RULES",
    "",
    text,
    "a TOML file of [rules](rules.md): which parts of a site's pages hold what",
)
PAGE_OBJECTS: Final = Setting(
    "CRAWLER_PAGE_OBJECTS",
    "",
    names,
    "modules of [page objects](page-objects.md), separated by commas; needs the extra `poet`",
)
JAVASCRIPT: Final = Setting(
    "CRAWLER_JAVASCRIPT",
    "rules",
    one_of("rules", "empty", "off"),
    "which pages have their [scripts run](rules.md#pages-that-need-javascript): `rules`, those "
    "whose rule asks for it; `empty`, also those that came out empty; `off`. Needs the extra "
    "`browser` and Chromium",
)
BROWSER: Final = Setting(
    "CRAWLER_BROWSER", "", text, "the path of Chromium, where it is not found by itself"
)
BROWSER_SECONDS: Final = Setting(
    "CRAWLER_BROWSER_SECONDS",
    20.0,
    number(0, 600, above=True),
    "seconds that a page may take in the browser",
)
REVISIT_FRESH: Final = Setting(
    "CRAWLER_REVISIT_FRESH",
    "2h 8h 1d 3d 7d",
    spans,
    "ages of an article at which it is looked at again ([states](states.md)); a span of time is a"
    " number and one of s, m, h, d, w",
)
REVISIT_OLD: Final = Setting(
    "CRAWLER_REVISIT_OLD",
    "90d",
    span_or_never,
    "the gap between visits from then on; `never` ends them",
)
REVISIT_FAILED: Final = Setting(
    "CRAWLER_REVISIT_FAILED", "10m", span, "the first gap after failures that may pass"
)
REVISIT_LOST: Final = Setting(
    "CRAWLER_REVISIT_LOST", "1d", span, "the first gap after failures that are likely to last"
)
REVISIT_LIMIT: Final = Setting(
    "CRAWLER_REVISIT_LIMIT",
    "90d",
    span_or_never,
    "the longest gap after these; with `never` such a source is not visited again",
)
HOST_WAIT_MAX: Final = Setting(
    "CRAWLER_HOST_WAIT_MAX",
    120.0,
    number(0, unit="seconds"),
    "seconds of a pause that a run waits for: `Retry-After` of a 429 or 503, or else a backoff; "
    "after a longer one (three days at most) the site's sources are left to a later run",
)
HOST_STRIKES: Final = Setting(
    "CRAWLER_HOST_STRIKES",
    5,
    number(1),
    "so many failed connections, time-outs and blocks (403, 429, 503) in a row, and a host is "
    "left alone; its other sources are `deferred`. A source whose robots.txt gives no answer "
    "counts as one, a host name that does not exist as none, and what a redirect from another "
    "site led to only for that site's redirects",
)
HOST_COOLDOWN: Final = Setting(
    "CRAWLER_HOST_COOLDOWN",
    1800.0,
    number(0, unit="seconds"),
    "seconds that it is then left alone for, three days at most",
)
BACKOFF_SECONDS: Final = Setting(
    "CRAWLER_BACKOFF_SECONDS",
    2.0,
    number(0, unit="seconds"),
    "the first pause of a site after a failure; each further one is twice as long, with jitter",
)
CRAWL_DELAY_MAX: Final = Setting(
    "CRAWLER_CRAWL_DELAY_MAX",
    60.0,
    number(0),
    "seconds; a longer `Crawl-delay` or `Request-rate` of a robots.txt counts as this",
)
WAYBACK: Final = Setting(
    "CRAWLER_WAYBACK",
    "wayback",
    text,
    "where [dead links](states.md#dead-links) are looked up: `wayback`, the URL prefix of another"
    " archive's TimeGate (RFC 7089), or `off`",
)
WAYBACK_DELAY: Final = Setting(
    "CRAWLER_WAYBACK_DELAY",
    5.0,
    number(0, unit="seconds"),
    "seconds between two requests to the archive; `DOWNLOAD_SLOTS` for its domain goes above it",
)
WAYBACK_SAVE: Final = Setting(
    "CRAWLER_WAYBACK_SAVE",
    0,
    whole(0),
    "how many pages of articles the Wayback Machine is [asked to save](states.md#dead-links) in a "
    "run, at the pace of `CRAWLER_WAYBACK_DELAY`; 0: none",
)
DUPLICATES: Final = Setting(
    "CRAWLER_DUPLICATES",
    True,
    flag,
    "whether [copies of an article](output.md#copies-of-an-article) are looked for; switched off,"
    " what was found is forgotten, and switched on again, it is found anew in what is held",
)
CONFLICTS: Final = Setting(
    "CRAWLER_CONFLICTS",
    "all",
    names_of(
        *("all", "none", "title", "publishedDateTime", "type"),
        *("provider.name", "provider.domain", "images"),
    ),
    "fields of which is told [where item and page disagree](output.md#where-item-and-page-disagree)"
    ": `title`, `publishedDateTime`, `type`, `provider.name`, `provider.domain`, `images`, "
    "separated by commas; `all` or `none` of them",
)
FILL_IN: Final = Setting(
    "CRAWLER_FILL_IN",
    "",
    names,
    "[fields that are filled in](output.md#topics-and-missing-fields) where an item lacks them: "
    "`excerpt`, `provider`, `images`, `ampWebUrl`, `topics`, separated by commas, or `all` "
    "(without `topics` where there is no `CRAWLER_TOPICS`)",
)
TOPICS: Final = Setting("CRAWLER_TOPICS", "", text, "the folder of the site's own topics")
ENRICHERS: Final = Setting(
    "CRAWLER_ENRICHERS",
    {},
    mapping,
    "[functions and commands of your own](enrichers.md) that add to `enrichment`, by the name of "
    "what they add: `package.module:function`, the name of an installed one, or `command: …`",
)
ENRICHER_SECONDS: Final = Setting(
    "CRAWLER_ENRICHER_SECONDS",
    60.0,
    number(0, above=True),
    "seconds that one of them may take for an article",
)
ENRICHER_LIMIT: Final = Setting(
    "CRAWLER_ENRICHER_LIMIT",
    0,
    whole(0),
    "articles that each of them is given in one run at most; 0: all that are new or have changed",
)
IMAGE_SIZES: Final = Setting(
    "CRAWLER_IMAGE_SIZES",
    False,
    flag,
    "whether the [sizes of images](output.md#images) that their page does not give are read off "
    "their files",
)
IMAGES: Final = Setting(
    "CRAWLER_IMAGES", "", one_of("", "download"), "`download` keeps copies of the images"
)
IMAGE_MAXSIZE: Final = Setting(
    "CRAWLER_IMAGE_MAXSIZE",
    8 * 1024 * 1024,
    whole(1),
    "the most bytes of an image that is kept. What this machine has too little memory for is "
    "asked for again after an hour",
)
IMAGE_PIXELS: Final = Setting(
    "CRAWLER_IMAGE_PIXELS",
    25_000_000,
    whole(1),
    "the most pixels (width times height); decoding may take 20 bytes a pixel, in one process of "
    "its own",
)
IMAGE_THUMBNAIL: Final = Setting(
    "CRAWLER_IMAGE_THUMBNAIL",
    400,
    whole(0),
    "the width of its thumbnail in pixels; 0: none is made",
)
MAX_RUN_SECONDS: Final = Setting(
    "CRAWLER_MAX_RUN_SECONDS",
    0,
    number(0),
    "seconds after which a run is stopped as by SIGTERM, and leaves the rest to the next one; 0: "
    "never ([a run's end](schedule.md#how-long-a-run-takes))",
)
STOP_GRACE: Final = Setting(
    "CRAWLER_STOP_GRACE",
    8.0,
    number(0, unit="seconds"),
    "seconds that a stopped crawl may take to finish what is in flight",
)
MONITOR_NAMES: Final = (
    "nothing-ok",
    "ok-share",
    "newly-lost",
    "coverage",
    "host-failing",
    "extraction",
    "internal-error",
    "duration",
    "unfinished",
    "discovery",
)
MONITORS: Final = Setting(
    "CRAWLER_MONITORS",
    ",".join(MONITOR_NAMES),
    names_of(*MONITOR_NAMES),
    "the [monitors](monitors.md) that count, separated by commas; a run that fails one ends with "
    "exit code 1",
)
MONITOR_LEAST: Final = Setting(
    "CRAWLER_MONITOR_LEAST",
    5,
    whole(1),
    "so many cases, at least, make a failing site, a loss or a fault of extraction worth an alarm",
)
MONITOR_OK_DROP: Final = Setting(
    "CRAWLER_MONITOR_OK_DROP",
    0.3,
    number(0, 1),
    "how far the share of good visits may lie below that of the last runs, 0.3 being 30 of 100",
)
MONITOR_LOST: Final = Setting(
    "CRAWLER_MONITOR_LOST",
    100,
    whole(0),
    "so many links newly lost in one run are too many; 0: no number is",
)
MONITOR_LOST_SHARE: Final = Setting(
    "CRAWLER_MONITOR_LOST_SHARE",
    0.1,
    number(0, 1),
    "likewise, as a share of the visits that say anything new",
)
MONITOR_FIELD_DROP: Final = Setting(
    "CRAWLER_MONITOR_FIELD_DROP",
    0.25,
    number(0, 1),
    "how far the share of articles that have a text, a title, a date, an author or an image may "
    "lie below that of the last runs",
)
MONITOR_EXTRACTION_SHARE: Final = Setting(
    "CRAWLER_MONITOR_EXTRACTION_SHARE",
    0.05,
    number(0, 1),
    "which share of the visits may fail by our own extraction",
)
MONITOR_SLOWER: Final = Setting(
    "CRAWLER_MONITOR_SLOWER",
    3.0,
    number(1),
    "how many times as long as the last runs a run may take, as a whole and for a visit",
)
MONITOR_FAILED: Final = "monitor"
RUN_FAILED: Final = "failed"
NOTIFY_ON: Final = Setting(
    "CRAWLER_NOTIFY_ON",
    "lost,back,changed,monitor,failed",
    names_of("lost", "failing", "back", "changed", MONITOR_FAILED, RUN_FAILED),
    "what is [worth a message](monitors.md#messages), separated by commas: what became of links, "
    "`monitor` (one failed), `failed` (the run could not be done)",
)
WATCH_QUIET: Final = Setting(
    "CRAWLER_WATCH_QUIET",
    1.0,
    number(0, unit="seconds"),
    "seconds without a change before [`crawler watch`](schedule.md#crawler-watch) crawls files; "
    "ten times that is waited at most",
)
WATCH_PATIENCE: Final = Setting(
    "CRAWLER_WATCH_PATIENCE",
    60.0,
    number(0, unit="seconds"),
    "seconds that a run of all items goes on before files that have changed interrupt it",
)
WATCH_GAP: Final = Setting(
    "CRAWLER_WATCH_GAP",
    60.0,
    number(0, unit="seconds"),
    "seconds between a run of all items and the next for revisits that fall due; longer, up to an"
    " hour, while such runs visit nothing",
)
WATCH_HOSTS: Final = Setting(
    "CRAWLER_WATCH_HOSTS",
    "",
    names,
    "host names with a dot by which its [HTTP server](schedule.md#crawler-watch) may be called, "
    "separated by commas; addresses, `localhost` and names without a dot always are",
)
ITEMS: Final = Setting(
    "CRAWLER_ITEMS",
    "",
    text,
    "of other Scrapy projects [with the add-on](spiders.md#in-a-scrapy-project-that-you-have): "
    "the folder of the items that their spiders' items become",
)
OUTPUT: Final = Setting("CRAWLER_OUTPUT", "output", text, "likewise: the output folder")
ITEM_FIELDS: Final = Setting(
    "CRAWLER_ITEM_FIELDS",
    {},
    mapping,
    "likewise: what their items call `url`, `title`, `excerpt`, `published`, `modified`, "
    "`provider`, `language`, `authors`, `topics`, where they are not called so",
)
REPLAY: Final = Setting(
    "CRAWLER_REPLAY",
    "",
    names,
    "[WARC files](warc.md) that answer in the place of the network, separated by commas; "
    "`--replay` sets it",
)
RECORD: Final = Setting(
    "CRAWLER_RECORD", "", text, "the WARC file that a crawl is recorded into; `--record` sets it"
)

SETTINGS: Final[Mapping[str, Setting[Any]]] = MappingProxyType(
    {setting.name: setting for setting in list(vars().values()) if isinstance(setting, Setting)}
)
"""All of them by name, in the order of their help."""


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for processes that work on strangers' data."""
    return {name: value for name, value in environ.items() if name not in SECRET_VARIABLES}


def defaults(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return what crawler/settings.py sets: the defaults, or environment variables."""
    return {
        name: environ.get(name, setting.default) if setting.is_variable else setting.default
        for name, setting in SETTINGS.items()
    }
