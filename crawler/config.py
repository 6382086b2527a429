"""All settings of ours in one table: their names, kinds, bounds, defaults and help.

A component reads a setting by its name here, `config.CONTACT.of(settings)`, and gets a value of
its kind, or an `OptionError` that names the setting, what was given and what is allowed. The
defaults in crawler/settings.py and the table in docs/settings.md are made from this one.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from crawler.options import YES_OR_NO, OptionError
from crawler.timestamps import NEVER, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

T = TypeVar("T")

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


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A setting of ours.

    Attributes:
        name: begins with CRAWLER_.
        default: as a settings file would have it.
        parse: makes the value of what is set; raises ValueError, which says what is wrong.
        help: what it is for, as Markdown on one line; links are relative to docs/.
        is_variable: whether the environment variable of its name is the default.
    """

    name: str
    default: Any
    parse: Callable[[Any], T]
    help: str
    is_variable: bool = False

    def of(self, settings: Mapping[str, Any]) -> T:
        """Return the value that is set, or the default.

        Raises:
            OptionError: what is set makes no sense.
        """
        value = settings.get(self.name)
        try:
            return self.parse(self.default if value is None else value)
        except ValueError as error:
            raise OptionError(f"{self.name}: {error}") from None


def _flag(value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in {*YES_OR_NO, ""}:
        raise ValueError(f"{value!r} is neither yes nor no")
    return YES_OR_NO.get(word, False)


def _number(
    least: float, most: float = math.inf, *, above: bool = False, unit: str = ""
) -> Callable[[Any], float]:
    """A number from `least`, or above it, to `most`."""
    bounds = f"{'above' if above else 'from'} {least:g}"
    bounds += f" to {most:g}" if most < math.inf else "" if above else " on"
    allowed = f"a number {f'of {unit} ' if unit else ''}{bounds}"

    def parse(value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not (least <= number <= most and number < math.inf) or (above and number == least):
            raise ValueError(f"{value!r} is not {allowed}")
        return number

    return parse


def _whole(least: int, most: int | None = None) -> Callable[[Any], int]:
    """A whole number from `least` to `most`."""
    allowed = f"a whole number from {least} {'on' if most is None else f'to {most}'}"

    def parse(value: Any) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = least - 1
        if number < least or (most is not None and number > most):
            raise ValueError(f"{value!r} is not {allowed}")
        return number

    return parse


def _text(value: Any) -> str:
    return str(value).strip()


def _names(value: Any) -> tuple[str, ...]:
    """A list, or text that is separated by commas."""
    parts = value.split(",") if isinstance(value, str) else list(value or ())
    return tuple(name for part in parts if (name := str(part).strip()))


def _one_of(*words: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in words:
            known = ", ".join(repr(word) for word in words)
            raise ValueError(f"{value!r} is not one of {known}")
        return str(value)

    return parse


def _names_of(*words: str) -> Callable[[Any], tuple[str, ...]]:
    def parse(value: Any) -> tuple[str, ...]:
        names = _names(value)
        if unknown := [name for name in names if name not in words]:
            known = ", ".join(repr(word) for word in words)
            raise ValueError(f"{unknown[0]!r} is not one of {known}")
        return names

    return parse


def _span(value: Any) -> timedelta:
    return parse_duration(str(value))


def _span_or_never(value: Any) -> timedelta | None:
    return None if str(value).strip().lower() == NEVER else _span(value)


def _spans(value: Any) -> tuple[timedelta, ...]:
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        raise ValueError(f"{value!r} is not a list of spans of time")  # noqa: TRY004 - as all others
    return tuple(sorted(map(_span, words)))


def _networks(value: Any) -> tuple[IPv4Network | IPv6Network, ...]:
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    return tuple(ip_network(part) for part in parts if part)


def _mapping(value: Any) -> dict[str, str]:
    """A mapping, or one as JSON."""
    try:
        found = json.loads(value) if isinstance(value, str) else dict(value)
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"{value!r} is not a mapping, nor one as JSON")  # noqa: TRY004 - likewise
    return {str(name): str(field) for name, field in found.items()}


CONTACT: Final = Setting(
    "CRAWLER_CONTACT",
    "",
    _text,
    "a web page or an e-mail address for complaints; a crawl of public sites needs it. It goes "
    "into the User-Agent, unless `USER_AGENT` is set",
    is_variable=True,
)
ALLOWED_NETWORKS: Final = Setting(
    "CRAWLER_ALLOWED_NETWORKS",
    "",
    _networks,
    "[networks that are not public](#which-addresses-are-asked) and may be reached all the same: "
    "CIDR networks and addresses, separated by commas or spaces",
    is_variable=True,
)
COOKIES: Final = Setting(
    "CRAWLER_COOKIES",
    True,
    _flag,
    "whether sites get their cookies back [within one "
    "visit](states.md#redirects-refreshes-and-cookies); `COOKIES_ENABLED` would keep them for the"
    " whole run, for all visits, in the place of it",
)
EXTRACTION_WORKERS: Final = Setting(
    "CRAWLER_EXTRACTION_WORKERS", 0, _whole(0), "processes; 0 is one a core"
)
EXTRACTION_SECONDS: Final = Setting(
    "CRAWLER_EXTRACTION_SECONDS",
    10.0,
    _number(0, above=True),
    "seconds of the processor that a page may take, so that a busy machine ends none; a worker "
    "that is given no processor (stopped, swapped out) is ended after six times as much, and its "
    "page tried once more",
)
EXTRACTION_MEMORY: Final = Setting(
    "CRAWLER_EXTRACTION_MEMORY",
    64 * 1024 * 1024,
    _number(0, above=True),
    "bytes that a page may take in its worker, whatever pages before it have left there (real "
    "pages of up to 2.4 MB take up to 40 MB); a worker whose heap has grown by as much is "
    "replaced. So twice that, times the workers, is what pages can take of the machine",
)
ARTICLE_PAGES: Final = Setting(
    "CRAWLER_ARTICLE_PAGES",
    10,
    _whole(1, 99),
    "pages of one article that are [joined](states.md#articles-over-several-pages) at most, 1 to "
    "99; with 1 only the page that the link leads to is read",
)
RULES: Final = Setting(
    "CRAWLER_RULES",
    "",
    _text,
    "a TOML file of [rules](rules.md): which parts of a site's pages hold what",
)
PAGE_OBJECTS: Final = Setting(
    "CRAWLER_PAGE_OBJECTS",
    "",
    _names,
    "modules of [page objects](page-objects.md), separated by commas; needs the extra `poet`",
)
JAVASCRIPT: Final = Setting(
    "CRAWLER_JAVASCRIPT",
    "rules",
    _one_of("rules", "empty", "off"),
    "which pages have their [scripts run](rules.md#pages-that-need-javascript): `rules`, those "
    "whose rule asks for it; `empty`, also those that came out empty; `off`. Needs the extra "
    "`browser` and Chromium",
)
BROWSER: Final = Setting(
    "CRAWLER_BROWSER", "", _text, "the path of Chromium, where it is not found by itself"
)
BROWSER_SECONDS: Final = Setting(
    "CRAWLER_BROWSER_SECONDS",
    20.0,
    _number(0, 600, above=True),
    "seconds that a page may take in the browser",
)
REVISIT_FRESH: Final = Setting(
    "CRAWLER_REVISIT_FRESH",
    "2h 8h 1d 3d 7d",
    _spans,
    "ages of an article at which it is looked at again ([states](states.md)); a span of time is a"
    " number and one of s, m, h, d, w",
)
REVISIT_OLD: Final = Setting(
    "CRAWLER_REVISIT_OLD",
    "90d",
    _span_or_never,
    "the gap between visits from then on; `never` ends them",
)
REVISIT_FAILED: Final = Setting(
    "CRAWLER_REVISIT_FAILED", "10m", _span, "the first gap after failures that may pass"
)
REVISIT_LOST: Final = Setting(
    "CRAWLER_REVISIT_LOST", "1d", _span, "the first gap after failures that are likely to last"
)
REVISIT_LIMIT: Final = Setting(
    "CRAWLER_REVISIT_LIMIT",
    "90d",
    _span_or_never,
    "the longest gap after these; with `never` such a source is not visited again",
)
HOST_WAIT_MAX: Final = Setting(
    "CRAWLER_HOST_WAIT_MAX",
    120.0,
    _number(0, unit="seconds"),
    "seconds of a pause that a run waits for: `Retry-After` of a 429 or 503, or else a backoff; "
    "after a longer one (three days at most) the site's sources are left to a later run",
)
HOST_STRIKES: Final = Setting(
    "CRAWLER_HOST_STRIKES",
    5,
    _number(1),
    "so many failed connections, time-outs and blocks (403, 429, 503) in a row, and a host is "
    "left alone; its other sources are `deferred`. A source whose robots.txt gives no answer "
    "counts as one, a host name that does not exist as none, and what a redirect from another "
    "site led to only for that site's redirects",
)
HOST_COOLDOWN: Final = Setting(
    "CRAWLER_HOST_COOLDOWN",
    1800.0,
    _number(0, unit="seconds"),
    "seconds that it is then left alone for, three days at most",
)
BACKOFF_SECONDS: Final = Setting(
    "CRAWLER_BACKOFF_SECONDS",
    2.0,
    _number(0, unit="seconds"),
    "the first pause of a site after a failure; each further one is twice as long, with jitter",
)
CRAWL_DELAY_MAX: Final = Setting(
    "CRAWLER_CRAWL_DELAY_MAX",
    60.0,
    _number(0),
    "seconds; a longer `Crawl-delay` or `Request-rate` of a robots.txt counts as this",
)
WAYBACK: Final = Setting(
    "CRAWLER_WAYBACK",
    "wayback",
    _text,
    "where [dead links](states.md#dead-links) are looked up: `wayback`, the URL prefix of another"
    " archive's TimeGate (RFC 7089), or `off`",
)
WAYBACK_DELAY: Final = Setting(
    "CRAWLER_WAYBACK_DELAY",
    5.0,
    _number(0, unit="seconds"),
    "seconds between two requests to the archive; `DOWNLOAD_SLOTS` for its domain goes above it",
)
DUPLICATES: Final = Setting(
    "CRAWLER_DUPLICATES",
    True,
    _flag,
    "whether [copies of an article](output.md#copies-of-an-article) are looked for; switched off,"
    " what was found is forgotten, and switched on again, it is found anew in what is held",
)
CONFLICTS: Final = Setting(
    "CRAWLER_CONFLICTS",
    "all",
    _names_of(
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
    _names,
    "[fields that are filled in](output.md#topics-and-missing-fields) where an item lacks them: "
    "`excerpt`, `provider`, `images`, `ampWebUrl`, `topics`, separated by commas, or `all` "
    "(without `topics` where there is no `CRAWLER_TOPICS`)",
)
TOPICS: Final = Setting("CRAWLER_TOPICS", "", _text, "the folder of the site's own topics")
ENRICHERS: Final = Setting(
    "CRAWLER_ENRICHERS",
    {},
    _mapping,
    "[functions and commands of your own](enrichers.md) that add to `enrichment`, by the name of "
    "what they add: `package.module:function`, the name of an installed one, or `command: …`",
)
ENRICHER_SECONDS: Final = Setting(
    "CRAWLER_ENRICHER_SECONDS",
    60.0,
    _number(0, above=True),
    "seconds that one of them may take for an article",
)
ENRICHER_LIMIT: Final = Setting(
    "CRAWLER_ENRICHER_LIMIT",
    0,
    _whole(0),
    "articles that each of them is given in one run at most; 0: all that are new or have changed",
)
IMAGE_SIZES: Final = Setting(
    "CRAWLER_IMAGE_SIZES",
    False,
    _flag,
    "whether the [sizes of images](output.md#images) that their page does not give are read off "
    "their files",
)
IMAGES: Final = Setting(
    "CRAWLER_IMAGES", "", _one_of("", "download"), "`download` keeps copies of the images"
)
IMAGE_MAXSIZE: Final = Setting(
    "CRAWLER_IMAGE_MAXSIZE",
    8 * 1024 * 1024,
    _whole(1),
    "the most bytes of an image that is kept. What this machine has too little memory for is "
    "asked for again after an hour",
)
IMAGE_PIXELS: Final = Setting(
    "CRAWLER_IMAGE_PIXELS",
    25_000_000,
    _whole(1),
    "the most pixels (width times height); decoding may take 20 bytes a pixel, in one process of "
    "its own",
)
IMAGE_THUMBNAIL: Final = Setting(
    "CRAWLER_IMAGE_THUMBNAIL",
    400,
    _whole(0),
    "the width of its thumbnail in pixels; 0: none is made",
)
MAX_RUN_SECONDS: Final = Setting(
    "CRAWLER_MAX_RUN_SECONDS",
    0,
    _number(0),
    "seconds after which a run is stopped as by SIGTERM, and leaves the rest to the next one; 0: "
    "never ([a run's end](schedule.md#how-long-a-run-takes))",
)
STOP_GRACE: Final = Setting(
    "CRAWLER_STOP_GRACE",
    8.0,
    _number(0, unit="seconds"),
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
    _names_of(*MONITOR_NAMES),
    "the [monitors](monitors.md) that count, separated by commas; a run that fails one ends with "
    "exit code 1",
)
MONITOR_LEAST: Final = Setting(
    "CRAWLER_MONITOR_LEAST",
    5,
    _whole(1),
    "so many cases, at least, make a failing site, a loss or a fault of extraction worth an alarm",
)
MONITOR_OK_DROP: Final = Setting(
    "CRAWLER_MONITOR_OK_DROP",
    0.3,
    _number(0, 1),
    "how far the share of good visits may lie below that of the last runs, 0.3 being 30 of 100",
)
MONITOR_LOST: Final = Setting(
    "CRAWLER_MONITOR_LOST",
    100,
    _whole(0),
    "so many links newly lost in one run are too many; 0: no number is",
)
MONITOR_LOST_SHARE: Final = Setting(
    "CRAWLER_MONITOR_LOST_SHARE",
    0.1,
    _number(0, 1),
    "likewise, as a share of the visits that say anything new",
)
MONITOR_FIELD_DROP: Final = Setting(
    "CRAWLER_MONITOR_FIELD_DROP",
    0.25,
    _number(0, 1),
    "how far the share of articles that have a text, a title, a date, an author or an image may "
    "lie below that of the last runs",
)
MONITOR_EXTRACTION_SHARE: Final = Setting(
    "CRAWLER_MONITOR_EXTRACTION_SHARE",
    0.05,
    _number(0, 1),
    "which share of the visits may fail by our own extraction",
)
MONITOR_SLOWER: Final = Setting(
    "CRAWLER_MONITOR_SLOWER",
    3.0,
    _number(1),
    "how many times as long as the last runs a run may take, as a whole and for a visit",
)
MONITOR_FAILED: Final = "monitor"
RUN_FAILED: Final = "failed"
NOTIFY_ON: Final = Setting(
    "CRAWLER_NOTIFY_ON",
    "lost,back,changed,monitor,failed",
    _names_of("lost", "failing", "back", "changed", MONITOR_FAILED, RUN_FAILED),
    "what is [worth a message](monitors.md#messages), separated by commas: what became of links, "
    "`monitor` (one failed), `failed` (the run could not be done)",
)
WATCH_QUIET: Final = Setting(
    "CRAWLER_WATCH_QUIET",
    1.0,
    _number(0, unit="seconds"),
    "seconds without a change before [`crawler watch`](schedule.md#crawler-watch) crawls files; "
    "ten times that is waited at most",
)
WATCH_PATIENCE: Final = Setting(
    "CRAWLER_WATCH_PATIENCE",
    60.0,
    _number(0, unit="seconds"),
    "seconds that a run of all items goes on before files that have changed interrupt it",
)
WATCH_GAP: Final = Setting(
    "CRAWLER_WATCH_GAP",
    60.0,
    _number(0, unit="seconds"),
    "seconds between a run of all items and the next for revisits that fall due; longer, up to an"
    " hour, while such runs visit nothing",
)
WATCH_HOSTS: Final = Setting(
    "CRAWLER_WATCH_HOSTS",
    "",
    _names,
    "host names with a dot by which its [HTTP server](schedule.md#crawler-watch) may be called, "
    "separated by commas; addresses, `localhost` and names without a dot always are",
)
ITEMS: Final = Setting(
    "CRAWLER_ITEMS",
    "",
    _text,
    "of other Scrapy projects [with the add-on](spiders.md#in-a-scrapy-project-that-you-have): "
    "the folder of the items that their spiders' items become",
)
OUTPUT: Final = Setting("CRAWLER_OUTPUT", "output", _text, "likewise: the output folder")
ITEM_FIELDS: Final = Setting(
    "CRAWLER_ITEM_FIELDS",
    {},
    _mapping,
    "likewise: what their items call `url`, `title`, `excerpt`, `published`, `modified`, "
    "`provider`, `language`, `authors`, `topics`, where they are not called so",
)
REPLAY: Final = Setting(
    "CRAWLER_REPLAY",
    "",
    _names,
    "[WARC files](warc.md) that answer in the place of the network, separated by commas; "
    "`--replay` sets it",
)
RECORD: Final = Setting(
    "CRAWLER_RECORD", "", _text, "the WARC file that a crawl is recorded into; `--record` sets it"
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
