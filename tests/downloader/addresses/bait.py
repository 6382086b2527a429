"""A port that nobody may connect to."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALL_OF_THIS_MACHINE = ("0.0.0.0", "::")


class Bait:
    """Takes connections to addresses of this machine on one port, which is chosen if it is 0."""

    def __init__(self, addresses: Sequence[str] = _ALL_OF_THIS_MACHINE, port: int = 0) -> None:
        self.port = port
        self._sockets: list[socket.socket] = []
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            if family == socket.AF_INET6 and not socket.has_ipv6:
                continue
            listening = socket.create_server((address, self.port), family=family, backlog=500)
            listening.setblocking(False)
            self.port = listening.getsockname()[1]
            self._sockets.append(listening)

    def connections(self) -> int:
        """How many have connected since this was last asked."""
        return sum(map(_drain, self._sockets))

    def close(self) -> None:
        for listening in self._sockets:
            listening.close()


def _drain(listening: socket.socket) -> int:
    count = 0
    while True:
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1
