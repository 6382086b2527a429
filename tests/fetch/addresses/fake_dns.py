"""The real resolver, asking a list in place of the domain name system."""

from __future__ import annotations

import os
import socket
from collections import deque
from typing import Any

import yaml

from crawler.fetch.addresses.resolver import GuardedResolver

_ANSWERS = {
    host: deque(answers)
    for host, answers in yaml.safe_load(os.environ.get("FAKE_DNS", "{}")).items()
}


def getaddrinfo(host: str, port: int, **more: Any) -> list[tuple[Any, ...]]:
    """Give each answer of a host once, the last one for ever; AGAIN is a failure that may pass."""
    if host not in _ANSWERS:
        raise socket.gaierror(socket.EAI_NONAME, host)
    answers = _ANSWERS[host]
    addresses = answers.popleft() if len(answers) > 1 else answers[0]
    if addresses == ["AGAIN"]:
        raise socket.gaierror(socket.EAI_AGAIN, host)
    found: list[tuple[Any, ...]] = []
    for address in addresses:
        found += socket.getaddrinfo(address, port, **more)
    return found


class FakeDns(GuardedResolver):
    getaddrinfo = staticmethod(getaddrinfo)
