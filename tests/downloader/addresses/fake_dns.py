"""The real resolver, asking a list in place of the domain name system."""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from typing import Any

import yaml

from crawler.downloader.resolver import GuardedResolver

_ANSWERS = {
    host: deque(answers)
    for host, answers in yaml.safe_load(os.environ.get("FAKE_DNS", "{}")).items()
}


def getaddrinfo(host: str, port: int, **more: Any) -> list[tuple[Any, ...]]:
    """Give each answer of a host once, the last one for ever.

    AGAIN in place of addresses is a failure that may pass, SLOW before them a pause.
    """
    if host not in _ANSWERS:
        raise socket.gaierror(socket.EAI_NONAME, host)
    answers = _ANSWERS[host]
    addresses = answers.popleft() if len(answers) > 1 else answers[0]
    if addresses == ["AGAIN"]:
        raise socket.gaierror(socket.EAI_AGAIN, host)
    if addresses[0] == "SLOW":
        time.sleep(2)
    found: list[tuple[Any, ...]] = []
    for address in addresses[addresses[0] == "SLOW" :]:
        found += socket.getaddrinfo(address, port, **more)
    return found


class FakeDns(GuardedResolver):
    getaddrinfo = staticmethod(getaddrinfo)
