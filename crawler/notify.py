"""Tells people and programs what a run has brought: a digest, once a run, where there is news.

People are told through Apprise (https://appriseit.com), programs by a JSON webhook that is signed
as Standard Webhooks says (https://www.standardwebhooks.com). What is told has no word of strangers
in it: links, states, counts and what the monitors say.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit
from uuid import uuid4

from crawler import config
from crawler.extras import how_to_get
from crawler.ledger.events import EventKind
from crawler.options import OptionError
from crawler.sanitize import plain_text
from crawler.summary import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from apprise import Apprise

_LISTED: Final = 20  # links of each kind
_PAUSES: Final = (0.0, 1.0, 4.0)  # seconds before each try
_TIMEOUT: Final = 10.0  # seconds
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what a secret begins with
_SECRET_BYTES: Final = (24, 64)
# Their lines would have addresses with passwords and tokens in them.
_TALKATIVE: Final = ("apprise", "urllib3", "requests")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a signed POST of JSON goes; `secret` is b"" where it is not signed."""

    url: str
    secret: bytes

    @classmethod
    def parse(cls, url: str, secret: str) -> Self:
        """Read what the environment says.

        Raises:
            OptionError: one makes no sense; neither is told, since both may be secret.
        """
        try:
            parts = urlsplit(url)
            is_plain = url.isascii() and url.isprintable() and " " not in url
            is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and is_plain
        except ValueError:
            is_web = False
        if not is_web:
            told = "it is no http or https address in ASCII"
            raise OptionError(f"{config.WEBHOOK_VARIABLE}: {told}")
        return cls(url, _secret(secret) if secret else b"")

    def request(self, body: bytes) -> urllib.request.Request:
        """Return the request for a message, signed as of now."""
        name, at = f"msg_{uuid4().hex}", str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "frontmatter-crawler",
            "webhook-id": name,
            "webhook-timestamp": at,
        }
        if self.secret:
            signed = hmac.digest(self.secret, f"{name}.{at}.".encode() + body, hashlib.sha256)
            headers["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
        return urllib.request.Request(self.url, body, headers)  # noqa: S310 - http or https


def _secret(said: str) -> bytes:
    least, most = _SECRET_BYTES
    try:
        secret = base64.b64decode(said.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not least <= len(secret) <= most:
        told = f"it is not {_SECRET_PREFIX} and {least} to {most} bytes in Base64"
        raise OptionError(f"{config.WEBHOOK_SECRET_VARIABLE}: {told}")
    return secret


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the message to another place than the one that was named."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Notifier:
    """Whom to tell of what.

    Attributes:
        services: those of Apprise.
        webhook: where the record of the run goes as JSON.
        kinds: what is news, see `config.NOTIFY_ON`.
    """

    services: Apprise | None
    webhook: Webhook | None
    kinds: frozenset[str]

    @classmethod
    def from_environment(
        cls, settings: Mapping[str, Any], environ: Mapping[str, str] = os.environ
    ) -> Self | None:
        """Return whom to tell; None: nobody.

        Raises:
            OptionError: an address makes no sense, or Apprise is not installed.
        """
        urls = environ.get(config.NOTIFY_VARIABLE, "").split()
        webhook = environ.get(config.WEBHOOK_VARIABLE, "").strip()
        kinds = frozenset(config.NOTIFY_ON.of(settings))
        if not urls and not webhook:
            return None
        secret = environ.get(config.WEBHOOK_SECRET_VARIABLE, "").strip()
        return cls(
            _services(urls) if urls else None,
            Webhook.parse(webhook, secret) if webhook else None,
            kinds,
        )

    def tell(self, output: str, record: Mapping[str, Any]) -> Iterator[str]:
        """Tell of a run, and yield what could not be told, without any secret.

        Args:
            output: the output folder, as it was named.
            record: of the run, see `crawler.run_log.run_record`.
        """
        news = digest(record, self.kinds)
        if news is None:
            return
        title, body = news
        for service in self.services or ():
            try:
                is_told = service.notify(title=f"{title} ({output})", body=body)
            except Exception:  # noqa: BLE001 - its words may have secrets, and others are to be told
                is_told = False
            if not is_told:
                yield f"{config.NOTIFY_VARIABLE}: {service.service_name} could not be told"
        if self.webhook is not None and (reason := self._post(output, record)):
            yield f"{config.WEBHOOK_VARIABLE}: {reason}"

    def _post(self, output: str, record: Mapping[str, Any]) -> str | None:
        """Post the record, several times where that may help; return why it could not be done."""
        assert self.webhook is not None
        kind = "run.failed" if record["exitCode"] == ExitCode.NOT_DONE else "run.ended"
        message = {"type": kind, "timestamp": record["endedDateTime"]}
        message |= {"data": {"output": output, **record}}
        request = self.webhook.request(json.dumps(message).encode())
        opener = urllib.request.build_opener(_NoRedirects)
        reason = None
        for pause in _PAUSES:
            time.sleep(pause)
            try:
                with opener.open(request, timeout=_TIMEOUT):
                    return None
            except urllib.error.HTTPError as error:
                reason = f"the answer was HTTP {error.code}"
                if error.code < 500 and error.code != 429:  # noqa: PLR2004 - as it says of itself
                    break
            except (ValueError, HTTPException):  # whose words may have the address in them
                reason = "the address cannot be asked, or the answer makes no sense"
                break
            except OSError as error:
                reason = plain_text(str(getattr(error, "reason", error)))
        return reason


def _services(urls: Iterable[str]) -> Apprise:
    for name in _TALKATIVE:
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(logging.NullHandler())
    try:
        from apprise import Apprise  # noqa: PLC0415 - an extra, and it loads for long
    except ImportError as error:
        told = f"it needs {how_to_get('notify')} ({error})"
        raise OptionError(f"{config.NOTIFY_VARIABLE}: {told}") from error
    services = Apprise()
    for number, url in enumerate(urls, 1):
        if not services.add(url):
            told = f"number {number} is no address that Apprise knows"
            raise OptionError(f"{config.NOTIFY_VARIABLE}: {told}")
    return services


def digest(record: Mapping[str, Any], kinds: frozenset[str]) -> tuple[str, str] | None:
    """Return a title and a text about a run; None where it brought no news of these kinds."""
    title: list[str] = []
    lines: list[str] = []
    if config.RUN_FAILED in kinds and record["exitCode"] == ExitCode.NOT_DONE:
        title.append("the run could not be done")
        lines += [record["ended"], ""]
    if config.MONITOR_FAILED in kinds and (failed := record["failedMonitors"]):
        title.append(f"{len(failed)} failed monitors" if len(failed) > 1 else "a monitor failed")
        lines += [*(f"{one['name']}: {one['message']}" for one in failed), ""]
    for kind in EventKind:
        count = record["happened"][kind]
        if kind in kinds and count:
            title.append(f"{count} {kind}")
            lines += [f"{kind} ({count}):", *_events(record["events"], kind, count), ""]
    if not title:
        return None
    return ", ".join(title), "\n".join([*lines, "`crawler report ITEMS` tells more."])


def _events(events: Iterable[Mapping[str, Any]], kind: EventKind, count: int) -> Iterator[str]:
    told = [event for event in events if event["event"] == kind][:_LISTED]
    for event in told:
        words = ""
        if kind is EventKind.CHANGED:
            words = f" ({event.get('wordsBefore', 0)} → {event.get('words', 0)} words)"
        elif kind is not EventKind.BACK:
            words = f" ({event['state']})"
        elif since := event.get("since"):
            words = f" (had failed since {since[:10]})"
        yield f"- {event['source']}{words}"
    if count > len(told):
        yield f"- … and {count - len(told)} more"
