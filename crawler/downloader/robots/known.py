"""The rules of each origin: asked for once, however many wait, for no more than 500 KiB."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.exceptions import CannotResolveHostError, StopDownload
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK

from crawler.downloader.contact import NoContactError
from crawler.downloader.cookies import COOKIES, CookieJar
from crawler.downloader.exceptions import DeferredError, OwnFailureError, RetryLaterError
from crawler.downloader.host_state import VIA, Hosts
from crawler.downloader.outcome import outcome_of_error
from crawler.downloader.own_trouble import OwnTroubleError
from crawler.downloader.proxies import ProxyDoubtError, is_perhaps_of_a_proxy
from crawler.downloader.retry import IN_SPITE_OF_PAUSES, RETRY_LATER
from crawler.downloader.robots.rules import (
    ROBOTS_BYTES,
    RobotsRules,
    leading_lines,
    robots_url,
    rules_of,
)
from crawler.downloader.stop import StoppedError
from crawler.ledger.records import RobotsAnswer
from crawler.states import State
from crawler.timestamps import utc_text
from crawler.urls.canonical import without_dot_segments
from crawler.urls.host import safe_url
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.downloader.host_state import WebMemory


_MOST_REDIRECTS: Final = 10  # RFC 9309, 2.3.1.2: at least five, also to other hosts
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SUCCESS: Final = 2
_OURS: Final = "crawler_robots_txt"  # marks our requests among those that signals tell of


@dataclass(frozen=True, slots=True)
class Fetched:
    """How a request for robots.txt ended.

    Attributes:
        status: the HTTP status; None where there was no answer.
        body: the first 500 KiB of a successful answer.
        reason: why there was no answer.
        unknown_host: the error, where the origin's host name does not resolve.
        is_sure: whether it was surely the site that answered, and not a proxy before it.
    """

    status: int | None = None
    body: bytes = b""
    reason: str | None = None
    unknown_host: CannotResolveHostError | None = None
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Asker:
    """The request for whose sake a robots.txt is asked for.

    Attributes:
        via: the site that led to it, if another one's (`crawler.downloader.host_state`).
        in_spite_of_pauses: whether the user wants it asked whatever earlier runs met.
    """

    via: str | None = None
    in_spite_of_pauses: bool = False


NOBODY: Final = Asker()
"""What asks for its own sake."""


class RobotsFetcher:
    """Fetches by the crawl's own downloader, with all middlewares but for redirects.

    Redirects are followed here, since Scrapy follows `<meta http-equiv="refresh">` by the same key,
    and its limit is one for pages.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._received: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        self._tries: dict[str, int] = {}
        crawler.signals.connect(self.headers_received, signals.headers_received)
        crawler.signals.connect(self.bytes_received, signals.bytes_received)

    async def fetch(self, origin: str, asker: Asker = NOBODY) -> Fetched:
        """Ask the origin, and go where it redirects to; a redirect in a circle is the answer.

        Raises:
            RetryLaterError: it has failed, and is to be asked again after the pause that follows.
            IgnoreRequest: the request was not made, or was cut off, for reasons of our own: the
                crawl is being stopped, the host is being left alone or may not be asked. Nothing
                was learned of the site.
        """
        url = robots_url(origin)
        cookies = CookieJar()
        asked: list[tuple[str, bytes | None]] = []
        while (turn := (url, cookies.field(url))) not in asked and len(asked) <= _MOST_REDIRECTS:
            asked.append(turn)
            try:
                response = await self._download(url, origin, asker, cookies)
            except RetryLaterError as error:
                self._tries[origin] = error.tries
                raise
            except Exception as error:  # whatever it is, there is no answer
                self._tries.pop(origin, None)
                state, reason = outcome_of_error(error)
                if _is_our_doing(error, state):
                    raise
                if len(asked) == 1 and isinstance(error, CannotResolveHostError):
                    return Fetched(reason=reason, unknown_host=error)
                return Fetched(reason=reason)
            url = _target(response) or url
        self._tries.pop(origin, None)
        body = b""
        if response.status // 100 == _SUCCESS:
            body = leading_lines(response.body, is_cut="download_stopped" in response.flags)
        return Fetched(response.status, body, is_sure=not is_perhaps_of_a_proxy(response))

    async def _download(self, url: str, origin: str, asker: Asker, cookies: CookieJar) -> Response:
        meta: dict[str, Any] = {_OURS: True, "dont_obey_robotstxt": True, "dont_redirect": True}
        meta |= {RETRY_LATER: True, IN_SPITE_OF_PAUSES: asker.in_spite_of_pauses, COOKIES: cookies}
        meta |= {"retry_times": self._tries.get(origin, 0), VIA: asker.via or site_of(origin)}
        request = Request(url, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        assert self._crawler.engine is not None
        hosts = self._crawler.get_extension(Hosts)
        with nullcontext() if hosts is None else hosts.stepping_aside(request):
            return await self._crawler.engine.download_async(request)

    def headers_received(self, request: Request) -> None:
        """Let a body be as large as it says: it is stopped in time."""
        if _OURS in request.meta:
            request.meta["download_maxsize"] = 0

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Count the bytes of a body, which are still compressed if it is.

        Raises:
            StopDownload: it is enough; what came is handed on.
        """
        if _OURS not in request.meta:
            return
        # From now on this is the limit for decompressing.
        request.meta["download_maxsize"] = self._crawler.settings.getint("DOWNLOAD_MAXSIZE")
        received = self._received.get(request, 0) + len(data)
        self._received[request] = received
        if received > ROBOTS_BYTES:
            raise StopDownload(fail=False)


def _target(response: Response) -> str | None:
    """Return where an answer redirects to, None where it does not or where no robots.txt can be."""
    location = response.headers.get("Location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        target = without_dot_segments(urljoin(response.url, safe_url(location)))
        parts = urlsplit(target)
    except ValueError:
        return None
    return target if parts.scheme in {"http", "https"} and parts.hostname else None


def _is_our_doing(error: Exception, state: State) -> bool:
    """Whether an error tells of us and not of the site."""
    return isinstance(
        error,
        (
            *(StoppedError, NoContactError, OwnFailureError, DeferredError, OwnTroubleError),
            ProxyDoubtError,
        ),
    ) or state in {State.BLOCKED_ADDRESS, State.DEFERRED, State.INTERNAL_ERROR}


LIFETIME: Final = timedelta(hours=24)  # RFC 9309, 2.4: no longer
UNREACHABLE_LIFETIME: Final = timedelta(hours=1)

# Of the robots.txt files whose rules are kept; as rules they take some 15 times the memory.
_MOST_BYTES: Final = 4 * 1024 * 1024
_LEAST_WEIGHT: Final = 1024  # bytes; what the rules of an empty file weigh


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an origin.

    Attributes:
        rules: what may be requested.
        until: when robots.txt is to be asked for again, in UTC.
        unknown_host: the error, where there is no such host, so that nothing can be requested.
    """

    rules: RobotsRules
    until: datetime
    unknown_host: CannotResolveHostError | None = None


class KnownRobots:
    """The rules of origins, from the process's memory, the durable one, or the site.

    A reader that is cancelled leaves the others their answer. What is used least recently is
    forgotten once the files behind the rules are 4 MiB.
    """

    def __init__(
        self,
        fetch: Callable[[str, Asker], Awaitable[Fetched]],
        token: str,
        *,
        memory: Callable[[], WebMemory | None] = lambda: None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._fetch = fetch
        self._token = token
        self._memory = memory
        self._now = now
        self._known: OrderedDict[str, tuple[Known, int]] = OrderedDict()
        self._bytes = 0
        self._asking: dict[str, asyncio.Task[Known]] = {}

    def at_hand(self, origin: str) -> Known | None:
        """Return the rules of an origin if they are known without asking anybody."""
        return self._recall(origin)

    async def of(self, origin: str, asker: Asker = NOBODY) -> Known:
        """Return the rules of an origin.

        Raises:
            Exception: what the fetch raised; nothing is remembered of it.
        """
        if (known := self._recall(origin)) is not None:
            return known
        task = self._asking.get(origin)
        if task is None:
            task = asyncio.create_task(self._learn(origin, asker))
            self._asking[origin] = task
            task.add_done_callback(lambda _: self._asking.pop(origin))
        return await asyncio.shield(task)

    async def _learn(self, origin: str, asker: Asker) -> Known:
        memory = self._memory()
        if memory is not None and (answer := await memory.robots(origin)) is not None:
            known = self._dated(rules_of(answer, self._token), answer.asked_at)
            is_pause = known.rules.unreachable is not None and asker.in_spite_of_pauses
            if self._is_fresh(known) and not is_pause:
                return self._keep(origin, known, len(answer.body))
        asked_at = utc_text(self._now())
        fetched = await self._fetch(origin, asker)
        answer = RobotsAnswer(asked_at, fetched.status, fetched.body)
        # To look a host up once more bothers no site.
        if memory is not None and fetched.unknown_host is None and fetched.is_sure:
            await memory.keep_robots(origin, answer)
        rules = rules_of(answer, self._token)
        if fetched.reason is not None:
            rules = replace(rules, unreachable=fetched.reason)
        known = replace(self._dated(rules, asked_at), unknown_host=fetched.unknown_host)
        return self._keep(origin, known, len(answer.body))

    @staticmethod
    def _dated(rules: RobotsRules, asked_at: str) -> Known:
        lifetime = LIFETIME if rules.unreachable is None else UNREACHABLE_LIFETIME
        return Known(rules, datetime.fromisoformat(asked_at) + lifetime)

    def _is_fresh(self, known: Known) -> bool:
        # One from the future is from before the clock was set right.
        return timedelta() < known.until - self._now() <= LIFETIME

    def _recall(self, origin: str) -> Known | None:
        if origin not in self._known:
            return None
        known, _ = self._known[origin]
        if not self._is_fresh(known):
            return None
        self._known.move_to_end(origin)
        return known

    def _keep(self, origin: str, known: Known, size: int) -> Known:
        _, old_weight = self._known.pop(origin, (None, 0))
        weight = size + _LEAST_WEIGHT
        self._known[origin] = (known, weight)
        self._bytes += weight - old_weight
        while self._bytes > _MOST_BYTES:
            _, (_, freed) = self._known.popitem(last=False)
            self._bytes -= freed
        return known
