"""Processes of the command line that begin where its modules are loaded already.

Each of some seven hundred crawls of the tests would load them anew, for most of a second. Here a
process that has loaded them forks for each command, which is a process of its own as before, with
its own environment, folder and output. Tests that send signals, or measure, start an interpreter.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MODULES = ("crawler.cli.app", "crawler.session", "scrapy.core.engine")  # no settings: they read
_LONGEST = 1 << 20  # the environment


class ForkServer:
    """Runs commands in forks of one process that has loaded the command line."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fork-")
        self._path = f"{self._folder.name}/socket"
        command = [sys.executable, "-m", "tests.web.fork_server", self._path]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def run(
        self,
        words: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str,
        output: tuple[int, int],
        seconds: float,
    ) -> int:
        """Run `crawler WORDS`; return its exit code, or the negative number of its signal.

        Args:
            output: descriptors of its standard output and its standard error.

        Raises:
            subprocess.TimeoutExpired: it took longer, and was killed.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.connect(self._path)
            job = json.dumps({"words": list(words), "env": dict(env), "cwd": cwd}).encode()
            socket.send_fds(connection, [job], list(output))
            pid = int(connection.recv(64))
            connection.settimeout(seconds)
            try:
                return int(connection.recv(64))
            except TimeoutError:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(["crawler", *words], seconds) from None

    def close(self) -> None:
        """End it; commands that run go on."""
        self._process.communicate()
        self._folder.cleanup()


def _serve(path: str) -> dict[str, Any]:
    """Fork for each command; return, in the process of one, what it is to do."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(path)
    listening.listen()
    os.write(1, b"ready\n")
    signal.signal(
        signal.SIGCHLD, signal.SIG_IGN
    )  # those that wait for a command are not waited for
    if os.fork() == 0:
        sys.stdin.read()  # until the tests have ended
        os.kill(os.getppid(), signal.SIGTERM)
        os._exit(0)
    while True:
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            return _wait_for_command(connection)
        connection.close()


def _wait_for_command(connection: socket.socket) -> dict[str, Any]:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    data, output, _, _ = socket.recv_fds(connection, _LONGEST, 2)
    pid = os.fork()
    if pid:
        _tell_end(connection, pid)
    connection.close()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, place in zip((nothing, *output), range(3), strict=True):
        os.dup2(given, place)
        os.close(given)
    job: dict[str, Any] = json.loads(data)
    return job


def _tell_end(connection: socket.socket, pid: int) -> NoReturn:
    connection.send(str(pid).encode())
    _, status = os.waitpid(pid, 0)
    with suppress(OSError):  # nobody may be left to hear of it
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _main() -> None:
    for module in _MODULES:
        __import__(module)
    job = _serve(sys.argv[1])
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    sys.path[0] = job["cwd"]
    sys.argv = ["crawler", *job["words"]]
    runpy.run_module("crawler", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
