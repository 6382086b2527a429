from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from crawler.downloader.resolver import Lookup, LookupCache, Trouble, look_up

PUBLIC = Lookup((ip_address("8.8.8.8"),))
FAILED = Lookup(trouble=Trouble.NO_ANSWER)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def failing(error: Exception) -> Any:
    def getaddrinfo(*_: object, **__: object) -> Any:
        raise error

    return getaddrinfo


def test_an_address_is_its_own_answer() -> None:
    found = look_up("0x7f.1", socket.getaddrinfo, flags=socket.AI_NUMERICHOST)
    assert found == Lookup((ip_address("127.0.0.1"),))
    mapped = look_up("::ffff:127.0.0.1", socket.getaddrinfo, flags=socket.AI_NUMERICHOST)
    assert mapped == Lookup((ip_address("::ffff:127.0.0.1"),))


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), Trouble.UNKNOWN_HOST),
        (socket.gaierror(socket.EAI_NODATA, "x"), Trouble.UNKNOWN_HOST),
        (UnicodeError("label empty or too long"), Trouble.UNKNOWN_HOST),
        (ValueError("embedded null character"), Trouble.UNKNOWN_HOST),
        (socket.gaierror(socket.EAI_AGAIN, "x"), Trouble.NO_ANSWER),
        (OSError(24, "Too many open files"), Trouble.OURS),
        (OSError(5, "Input/output error"), Trouble.NO_ANSWER),
        (socket.gaierror(socket.EAI_MEMORY, "x"), Trouble.OURS),
        (socket.gaierror(socket.EAI_FAIL, "x"), Trouble.NO_ANSWER),
    ],
)
def test_a_host_without_an_address_is_told_from_a_failure_to_ask(
    error: Exception, trouble: Trouble
) -> None:
    assert look_up("news.example", failing(error)) == Lookup(trouble=trouble)


def test_addresses_are_believed_for_a_while() -> None:
    clock = Clock()
    cache = LookupCache(seconds=300, size=10, clock=clock)
    cache.put("news.example", PUBLIC)
    clock.now += 299
    assert cache.fresh("news.example") == PUBLIC
    clock.now += 1
    assert cache.fresh("news.example") is None
    assert cache.last("news.example") == PUBLIC


def test_trouble_is_remembered_but_asked_about_again() -> None:
    cache = LookupCache(seconds=300, size=10, clock=Clock())
    cache.put("news.example", FAILED)
    assert cache.fresh("news.example") is None
    assert cache.last("news.example") == FAILED


def test_the_cache_keeps_the_hosts_that_were_looked_up_last() -> None:
    cache = LookupCache(seconds=300, size=2, clock=Clock())
    for host in ("a.example", "b.example", "a.example", "c.example"):
        cache.put(host, PUBLIC)
    assert [cache.last(f"{name}.example") for name in "abc"] == [PUBLIC, None, PUBLIC]
    cache.forget("a.example")
    assert cache.last("a.example") is None
