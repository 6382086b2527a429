"""The shared corpus as a web of real pages, where it is there."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.closed_port import closed_port

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
SHARED = (PROJECT / os.environ.get("CRAWLER_SHARED", "../shared")).resolve()
CORPUS, REPLAY = SHARED / "corpus", SHARED / "tools" / "replay_web.py"

needs_corpus = pytest.mark.skipif(
    not REPLAY.is_file(), reason="the shared tools are absent: set CRAWLER_SHARED to their folder"
)


@dataclass(frozen=True, slots=True)
class ReplayedWeb:
    """Where the corpus is played: a proxy, who vouches for its hosts, and what it was asked."""

    proxy_url: str
    ca_file: Path
    log: Path


@contextmanager
def replayed_web(folder: Path, *words: str) -> Iterator[ReplayedWeb]:
    """Play the corpus; WORDS are the faults that it plays."""
    port = closed_port()
    web = ReplayedWeb(f"http://127.0.0.1:{port}", folder / "ca.pem", folder / "requests.jsonl")
    command = [sys.executable, REPLAY, CORPUS / "pages.warc.gz", "--port", str(port)]
    command += ["--ca", web.ca_file, "--log", web.log, *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert "replaying" in process.stderr.readline()
            yield web
        finally:
            process.kill()
