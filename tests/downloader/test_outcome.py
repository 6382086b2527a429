from __future__ import annotations

import pytest
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import NoRouteError

from crawler.downloader.exceptions import (
    AnswerTooLargeError,
    BlockedAddressError,
    DecodedTooLargeError,
    ForbiddenByRobotsError,
    NoSuchHostError,
    UndecodableError,
)
from crawler.downloader.media_type import is_html, is_json
from crawler.downloader.outcome import outcome_of_error, state_of_status
from crawler.states import State


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, None),
        (203, None),
        (204, State.EMPTY),
        (304, State.NETWORK_ERROR),
        (400, State.FORBIDDEN),
        (401, State.FORBIDDEN),
        (403, State.FORBIDDEN),
        (404, State.NOT_FOUND),
        (408, State.TIMEOUT),
        (410, State.GONE),
        (429, State.RATE_LIMITED),
        (451, State.FORBIDDEN),
        (500, State.SERVER_ERROR),
        (503, State.SERVER_ERROR),
        (599, State.SERVER_ERROR),
        (600, State.SERVER_ERROR),
        (0, State.SERVER_ERROR),
        (999, State.BLOCKED),
    ],
)
def test_the_state_of_a_status(status: int, state: State | None) -> None:
    assert state_of_status(status) is state


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ForbiddenByRobotsError(), State.ROBOTS),
        (DownloadTimeoutError("x"), State.TIMEOUT),
        (CannotResolveHostError("x"), State.NETWORK_ERROR),
        (NoSuchHostError("x"), State.NO_SUCH_HOST),
        (BlockedAddressError("x"), State.BLOCKED_ADDRESS),
        (DownloadConnectionRefusedError("x"), State.NETWORK_ERROR),
        (ResponseDataLossError("x"), State.NETWORK_ERROR),
        (DownloadCancelledError(""), State.TOO_LARGE),
        (DownloadCancelledError("… larger than download max size (5) …"), State.TOO_LARGE),
        (AnswerTooLargeError("its header is larger than 5 bytes"), State.TOO_LARGE),
        (DecodedTooLargeError("more than 5 bytes"), State.TOO_LARGE),
        (UndecodableError("the coded body breaks off before its end"), State.NETWORK_ERROR),
        (IgnoreRequest("max redirections reached"), State.NETWORK_ERROR),
        (OSError("x"), State.NETWORK_ERROR),
        (TunnelError("x"), State.NETWORK_ERROR),
        (NoRouteError("x"), State.NETWORK_ERROR),
        (ValueError("Invalid IPv6 URL"), State.NETWORK_ERROR),
        (KeyError("x"), State.INTERNAL_ERROR),
        (MemoryError(), State.INTERNAL_ERROR),
        (AssertionError("in\ntwo lines"), State.INTERNAL_ERROR),
    ],
)
def test_the_state_of_an_error(error: Exception, state: State) -> None:
    found, detail = outcome_of_error(error)
    assert found is state
    assert detail


@pytest.mark.parametrize(
    ("body", "is_so"),
    [
        (b'{"title": "Bridge", "html": "<p>Text</p>"}\n', True),
        (b'\xef\xbb\xbf [{"id": 1}]', True),
        (b')]}\',\n{"a": 1}', True),
        (b"[1, 2]", True),
        (b"{}", True),
        (b"<html><p>{}</p></html>", False),
        (b"{{ title }} <p>Text</p>", False),
        (b"[Update] <p>Text</p>", False),
        (b'{"title": "cut off', False),
        (b"", False),
    ],
)
def test_json_is_no_page_whatever_it_is_labelled(body: bytes, is_so: bool) -> None:
    assert is_json(body) is is_so
    if is_so:
        assert not is_html("text/html; charset=utf-8", body)
