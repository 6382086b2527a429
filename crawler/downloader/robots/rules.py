"""What a robots.txt allows (RFC 9309), for whom, and for which origin."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from protego import Protego

if TYPE_CHECKING:
    from crawler.ledger.records import RobotsAnswer


_PORTS: Final = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return "scheme://host:port" of an absolute http or https URL; the port is always there.

    Raises:
        ValueError: the URL has another scheme, or no such port can be.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise ValueError(f"{url!r} is no http or https URL")
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    return f"{parts.scheme}://[{host}]:{port}" if ":" in host else f"{parts.scheme}://{host}:{port}"


def robots_url(origin: str) -> str:
    """Return the URL of an origin's robots.txt, with the port only where it is not the usual."""
    scheme = origin.partition(":")[0]
    return f"{origin.removesuffix(f':{_PORTS[scheme]}')}/robots.txt"


_TOKEN: Final = re.compile(r"[A-Za-z0-9_.-]+")
_COMPATIBLE: Final = re.compile(r"\(\s*compatible\s*;\s*([A-Za-z0-9_.-]+)", re.IGNORECASE)


def product_token(user_agent: str) -> str:
    """Return the product token of a User-Agent in lower case, "" where it names none.

    It is the name of the first product (RFC 9110, 10.1.5): "frontmatter-crawler" of
    "frontmatter-crawler/1.0 (+https://example.com/bot)". A crawler that calls itself a browser
    gives its own name in the comment: "examplebot" of "Mozilla/5.0 (compatible; ExampleBot/2.1)".
    """
    if match := _COMPATIBLE.search(user_agent):
        return match[1].lower()
    first = _TOKEN.match(user_agent.strip())
    return first[0].lower() if first else ""


ROBOTS_BYTES: Final = 500 * 1024  # what a crawler must parse at least (RFC 9309, 2.5)

_TOO_MANY_REQUESTS: Final = 429
_STATUSES: Final = range(100, 600)  # RFC 9110, 15: any other is to be taken for a 5xx
_SERVER_ERROR: Final = 5
_SUCCESS: Final = 2
_LONGEST_PERIOD: Final = 10**9  # seconds; a longer one may be more than a float can hold

_AGENT_LINE: Final = re.compile(
    r"^([ \t]*user[- \t]?agent[ \t]*(?::|[ \t])[ \t]*)([^#\n]*)", re.IGNORECASE | re.MULTILINE
)
_NOBODY: Final = "!"  # is part of no product token


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one origin for one crawler.

    Attributes:
        delay: seconds between two requests that the site asks for (Crawl-delay, Request-rate);
            0.0 where it asks for none. Any number, however large.
        unreachable: why nothing is allowed since robots.txt could not be asked; None where it
            could.
        is_silent: whether that is since no HTTP answer came at all.
    """

    delay: float = 0.0
    unreachable: str | None = None
    is_silent: bool = False
    _parsed: Protego | None = None
    _token: str = ""

    def allows(self, url: str) -> bool:
        """Whether an absolute URL of the origin may be requested."""
        if self.unreachable is not None:
            return False
        return self._parsed is None or self._parsed.can_fetch(url, self._token)


def rules_of(answer: RobotsAnswer, token: str) -> RobotsRules:
    """Return the rules for the crawler with this product token, in lower case.

    A successful answer is parsed whatever its type. 4xx, and redirects that lead nowhere, mean that
    there are no rules (RFC 9309, 2.3.1.3). 429, 5xx and no answer at all mean that nothing is
    allowed (2.3.1.4; an older copy is not used, since the rules may have changed).
    """
    status = answer.status
    if status is None:
        return RobotsRules(unreachable="no answer", is_silent=True)
    if status == _TOO_MANY_REQUESTS or status // 100 == _SERVER_ERROR or status not in _STATUSES:
        return RobotsRules(unreachable=f"HTTP {status}")
    if status // 100 != _SUCCESS:
        return RobotsRules()
    text = _AGENT_LINE.sub(lambda line: line[1] + _whom(line[2], token), _decoded(answer.body))
    parsed = Protego.parse(text)
    return RobotsRules(delay=_delay(parsed, token), _parsed=parsed, _token=token)


def sitemap_lines(body: bytes) -> list[str]:
    """Return what the `Sitemap:` lines of a robots.txt name, as it stands there."""
    return list(Protego.parse(_decoded(body)).sitemaps)


def leading_lines(body: bytes, *, is_cut: bool = False) -> bytes:
    """Return the whole lines in the first 500 KiB of a robots.txt.

    Args:
        is_cut: the body is itself only the beginning of one, so that its last line may be half.
    """
    if len(body) <= ROBOTS_BYTES and not is_cut:
        return body
    part = body[:ROBOTS_BYTES]
    return part[: max(part.rfind(b"\n"), part.rfind(b"\r")) + 1]


def _decoded(body: bytes) -> str:
    """Decode a robots.txt, which has to be UTF-8 and is not always.

    What is no UTF-8 becomes U+FFFD, as it does where Protego decodes the escapes of a URL: a rule
    in Latin-1 matches the URLs in Latin-1.
    """
    is_utf16 = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = body.decode("utf-16" if is_utf16 else "utf-8-sig", "replace").replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _whom(value: str, token: str) -> str:
    """Return whom a User-agent line is for: our token, "*", or nobody that we are.

    Protego would take a group for "front" as one for "frontmatter-crawler", and would not know
    "frontmatter-crawler/1.0"; RFC 9309 compares product tokens.
    """
    name = value.strip().partition("/")[0].rstrip().lower()
    if name in {"", "*"}:
        return name
    return token if token and name.rstrip("*").split()[:1] == [token] else _NOBODY


def _delay(parsed: Protego, token: str) -> float:
    crawl_delay = parsed.crawl_delay(token) or 0.0
    rate = parsed.request_rate(token)  # the hours that it may name are not looked at
    period = min(rate.seconds, _LONGEST_PERIOD) / rate.requests if rate else 0.0
    return max(crawl_delay, period)
