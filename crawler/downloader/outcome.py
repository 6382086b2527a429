"""What an answer, or the lack of one, means for the URL that was asked; parked domains."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from OpenSSL.SSL import Error as SSLError
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.web.client import RequestGenerationFailed, RequestTransmissionFailed

from crawler.downloader.contact import NoContactError
from crawler.downloader.exceptions import (
    AnswerTooLargeError,
    BlockedAddressError,
    DecodedTooLargeError,
    DeferredError,
    ForbiddenByRobotsError,
    NoRecordError,
    NoSuchHostError,
    UndecodableError,
)
from crawler.downloader.http11 import UNSENT
from crawler.downloader.own_trouble import OwnTroubleError
from crawler.downloader.proxies import ProxyDoubtError
from crawler.sanitize import plain_text
from crawler.states import State
from crawler.urls.registered_domain import registered_domain

# Hosts of parking services, which hold nothing but parked names.
_PARKING: Final = frozenset({"bodis.com", "parkingcrew.net", "parklogic.com", "sedoparking.com"})
# Registrars and marketplaces publish pages of their own, too; these paths sell one name.
_OFFERS: Final = {
    "above.com": ("/marketplace/",),
    "afternic.com": ("/forsale/", "/domain/"),
    "atom.com": ("/name/",),
    "buydomains.com": ("/lander/",),
    "dan.com": ("/buy-domain/",),
    "domainmarket.com": ("/buynow/",),
    "dynadot.com": ("/market/",),
    "godaddy.com": ("/forsale/", "/domainsearch/"),
    "hugedomains.com": ("/domain_profile.cfm",),
    "sedo.com": ("/search/details",),
}
# Scripts that only parking pages load: AdSense for Domains and the landers of parking services.
_SCRIPT: Final = re.compile(
    rb"<script\b[^>]{0,300}?\bsrc\s{0,9}=\s{0,9}[\"']?(?:https?:)?//("
    rb"(?:www\.)?google\.com(?=/adsense/domains/)|"
    rb"img1\.wsimg\.com(?=/parking-lander/)|"
    rb"(?:[a-z0-9-]{1,63}\.)?(?:sedoparking\.com|parkingcrew\.net|bodis\.com)(?=/))",
    re.IGNORECASE,
)
_HEAD_BYTES: Final = 64 * 1024


def parked(asked: str, answered: str, body: bytes) -> str | None:
    """Return what shows that a name is parked; None: nothing does.

    Args:
        asked: the URL that was requested.
        answered: the URL that answered, at the end of all redirects.
        body: what it answered.
    """
    domain = registered_domain(answered)
    is_elsewhere = domain != registered_domain(asked)
    is_offer = urlsplit(answered).path.lower().startswith(_OFFERS.get(domain, ()))
    if is_elsewhere and (domain in _PARKING or is_offer):
        return f"parked: redirected to {domain}"
    script = _SCRIPT.search(body[:_HEAD_BYTES])
    return None if script is None else f"parked: loads a script of {script[1].decode().lower()}"


_DETAIL_LENGTH: Final = 200
_BY_STATUS: Final = {
    404: State.NOT_FOUND,
    408: State.TIMEOUT,
    410: State.GONE,
    429: State.RATE_LIMITED,
    999: State.BLOCKED,  # "Request denied", as LinkedIn and Yahoo say it to robots
}
_BY_ERROR: Final[dict[type[Exception], tuple[State, str]]] = {
    NoContactError: (State.NETWORK_ERROR, "no CRAWLER_CONTACT is set for a public site"),
    DownloadTimeoutError: (State.TIMEOUT, "no complete answer in time"),
    NoSuchHostError: (State.NO_SUCH_HOST, "the host name does not exist"),
    CannotResolveHostError: (State.NETWORK_ERROR, "the host name could not be looked up"),
    DownloadConnectionRefusedError: (State.NETWORK_ERROR, "the connection was refused"),
    ResponseDataLossError: (State.NETWORK_ERROR, "the answer broke off"),
    DecodedTooLargeError: (State.TOO_LARGE, "larger than DOWNLOAD_MAXSIZE once decompressed"),
}
# Errors of our own, whose message is the evidence.
_TELLING_ERRORS: Final[dict[type[Exception], State]] = {
    AnswerTooLargeError: State.TOO_LARGE,
    BlockedAddressError: State.BLOCKED_ADDRESS,
    DeferredError: State.DEFERRED,
    ForbiddenByRobotsError: State.ROBOTS,
    NoRecordError: State.NOT_RECORDED,
    ProxyDoubtError: State.NETWORK_ERROR,
    UndecodableError: State.NETWORK_ERROR,
    OwnTroubleError: State.INTERNAL_ERROR,
}
# What Scrapy and Twisted raise of connections, requests and answers (ValueError: of redirects to
# what is no URL); all else is a fault of ours.
_OF_THE_NETWORK: Final = (
    *(IgnoreRequest, UnsupportedURLSchemeError, TunnelError, OSError, ValueError, SSLError),
    *(ConnectError, ConnectionDone, ConnectionLost, ConnectionAborted, RequestGenerationFailed),
    *(RequestTransmissionFailed, UNSENT),
)


def state_of_status(status: int) -> State | None:
    """Return the state that an HTTP status means by itself; None: the body decides."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    match status // 100:  # the classes of RFC 9110, section 15
        case 2:
            return State.EMPTY if status in {204, 205} else None
        case 4:
            return State.FORBIDDEN
        case 3:
            return State.NETWORK_ERROR  # a redirect that could not be followed
    return State.SERVER_ERROR  # a status that is none counts as one of them


def outcome_of_error(error: BaseException) -> tuple[State, str]:
    """Return the state and the evidence for a request that had no usable answer."""
    for kind, outcome in _BY_ERROR.items():
        if isinstance(error, kind):
            return outcome
    message = str(error)
    for kind, state in _TELLING_ERRORS.items():
        if isinstance(error, kind):
            return state, plain_text(message, limit=_DETAIL_LENGTH)
    match error:
        case DownloadFailedError():
            reasons = getattr(error.__cause__, "reasons", None) or ()
            told = ", ".join(_told(reason.value) for reason in reasons)
            return State.NETWORK_ERROR, f"the connection failed: {told or type(error).__name__}"
        case DownloadCancelledError():  # by Scrapy for the size alone, and without a word midway
            return State.TOO_LARGE, "larger than DOWNLOAD_MAXSIZE"
        case IgnoreRequest() if "max redirections" in message:
            return State.NETWORK_ERROR, "redirected too often"
    detail = plain_text(f"{type(error).__name__}: {message}", limit=_DETAIL_LENGTH)
    is_theirs = isinstance(error, _OF_THE_NETWORK)
    return State.NETWORK_ERROR if is_theirs else State.INTERNAL_ERROR, detail


def _told(reason: BaseException) -> str:
    """Return what made a connection fail: the text of a TLS error, the kind of any other."""
    if isinstance(reason, SSLError) and reason.args and isinstance(reason.args[0], list):
        texts = (str(part[-1]) for part in reason.args[0])
        return plain_text("TLS: " + ", ".join(texts), limit=_DETAIL_LENGTH)
    return type(reason).__name__
