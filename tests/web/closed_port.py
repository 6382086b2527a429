"""A port of this machine that nobody listens on."""

from __future__ import annotations

import socket


def closed_port() -> int:
    """Return a port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
