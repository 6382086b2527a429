"""The command line in a process of its own."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from tests.web.fork_server import ForkServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.web.local_web import LocalWeb
    from tests.web.replayed_web import ReplayedWeb

_PROXY_NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it printed."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Its standard output as a JSON document."""
        return json.loads(self.stdout)


def environment(web: LocalWeb | ReplayedWeb | None = None) -> dict[str, str]:
    """Environment in which all requests go to a local web that plays every host."""
    gone = {*_PROXY_NAMES, *(name.upper() for name in _PROXY_NAMES)}
    env = {name: value for name, value in os.environ.items() if name not in gone}
    if web is not None:
        env |= {"http_proxy": web.proxy_url, "https_proxy": web.proxy_url}
        env["SSL_CERT_FILE"] = str(web.ca_file)
    return env


def arguments(*words: object, settings: Mapping[str, object] | None = None) -> list[str]:
    """Command line for these words; crawls are fast unless `settings` say otherwise."""
    quick: dict[str, object] = {"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0}
    quick["CRAWLER_BACKOFF_SECONDS"] = 0.05
    quick |= {"CRAWLER_WAYBACK": "", "CRAWLER_WAYBACK_DELAY": 0}
    quick |= {"CRAWLER_EXTRACTION_WORKERS": 1, **(settings or {})}  # less to start
    options = [f"--set={name}={value}" for name, value in quick.items()]
    takes_settings = words and words[0] in {"run", "demo", "discover", "watch", "try"}
    return [
        sys.executable,
        "-m",
        "crawler",
        *map(str, words),
        *(options if takes_settings else ()),
    ]


def run_crawler(
    *words: object,
    web: LocalWeb | ReplayedWeb | None = None,
    settings: Mapping[str, object] | None = None,
    cwd: Path | None = None,
    seconds: float = 60.0,
) -> Outcome:
    """Run `crawler WORDS` to its end.

    Where PYTHONPATH is set, by an interpreter of its own, for what it finds there as it starts.
    """
    command, env = arguments(*words, settings=settings), environment(web)
    if "PYTHONPATH" in env:
        done = subprocess.run(
            command, env=env, cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False
        )
        return Outcome(done.returncode, done.stdout, done.stderr)
    with TemporaryFile() as stdout, TemporaryFile() as stderr:
        code = _fork_server().run(
            command[3:],
            env=env,
            cwd=str(cwd or Path.cwd()),
            output=(stdout.fileno(), stderr.fileno()),
            seconds=seconds,
        )
        stdout.seek(0)
        stderr.seek(0)
        return Outcome(code, stdout.read().decode(), stderr.read().decode())


@cache
def _fork_server() -> ForkServer:
    server = ForkServer()
    atexit.register(server.close)
    return server
