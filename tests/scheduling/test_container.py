"""The Containerfile: what a linter says of it, and its own steps in a root of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from compose_spec import PyCompose
from dockerfile_parse import DockerfileParser
from ruamel.yaml import YAML

from tests.test_release import WITHOUT_INDEX
from tests.test_workflow import checkout  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.local_web import LocalWeb

ROOT = Path(__file__).parents[2]
FILE = ROOT / "Containerfile"
COMPOSE = ROOT / "docs/examples/container/compose.yaml"


def instructions(folder: Path) -> list[tuple[str, str]]:
    """Its instructions in order, with their words."""
    shutil.copy(FILE, folder / "Dockerfile")
    parser = DockerfileParser(path=str(folder))
    steps = [(step["instruction"], step["value"]) for step in parser.structure]
    return [step for step in steps if step[0] != "COMMENT"]


def of(name: str, steps: list[tuple[str, str]]) -> list[str]:
    return [value for instruction, value in steps if instruction == name]


def test_a_linter_finds_nothing_wrong_with_the_containerfile() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_what_runs_is_nobody_and_has_no_tools_to_build_with(tmp_path: Path) -> None:
    steps = instructions(tmp_path)
    last = max(number for number, (name, _) in enumerate(steps) if name == "FROM")
    assert of("USER", steps[last:]) == ["10001:10001"]
    assert not [run for run in of("RUN", steps[last:]) if "pip" in run or "apt" in run]
    assert of("COPY", steps[last:]) == ["--from=build /opt/crawler /opt/crawler"]


def test_what_is_copied_is_let_through(tmp_path: Path) -> None:
    """The files of the build, and none beside them: no ledger, no item, no secret."""
    copied = " ".join(
        value for value in of("COPY", instructions(tmp_path)) if "--from" not in value
    )
    names = {name for name in copied.split() if not name.startswith((".", "/"))}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == names
    assert "*" in ignored


def test_the_compose_file_is_one_and_takes_everything_away_that_is_not_needed() -> None:
    PyCompose.from_yaml(COMPOSE.read_text()).validate()
    compose = YAML(typ="safe").load(COMPOSE.read_text())
    (service,) = compose["services"].values()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert int(service["stop_grace_period"].removesuffix("s")) > 20


@pytest.mark.skipif(shutil.which("proot") is None, reason="proot is not installed")
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("heavy")
def test_its_steps_make_a_crawler_that_watches_and_says_how_it_is(
    checkout: Path,  # noqa: F811
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    """With the system of this machine as the base, and /opt, /news and /src of its own."""
    steps = instructions(tmp_path)
    for name in ("src", "opt/crawler", "news/items", "news/output"):
        (tmp_path / "root" / name).mkdir(parents=True)
    build = max(number for number, (name, _) in enumerate(steps) if name == "FROM")
    for copied in of("COPY", steps[:build]):
        *sources, _ = copied.split()
        for source in sources:
            to = tmp_path / "root/src" / source
            copy = shutil.copytree if (checkout / source).is_dir() else shutil.copy
            copy(checkout / source, to)
    inside = ["proot", "-b", f"{tmp_path / 'root/src'}:/src", "-b", f"{tmp_path / 'root/opt'}:/opt"]
    inside += ["-b", f"{tmp_path / 'root/news'}:/news"]

    for command in of("RUN", steps[:build]):
        done = subprocess.run(
            [*inside, "-w", "/src", "/bin/sh", "-ec", command],
            env={"PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
        if WITHOUT_INDEX.search(done.stderr):
            pytest.skip("no package index can be reached")
        assert done.returncode == 0, done.stdout + done.stderr

    web.page("http://news.example/a", article_html())
    write_item(tmp_path / "root/news/items", "a", original_url="http://news.example/a")
    (entrypoint,) = map(json.loads, of("ENTRYPOINT", steps))
    (words,) = map(json.loads, of("CMD", steps))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    words = [word.replace("0.0.0.0:9180", f"127.0.0.1:{port}") for word in words]
    environ = {
        "PATH": "/opt/crawler/bin:/usr/bin:/bin",
        "HOME": "/news",
        "PYTHONDONTWRITEBYTECODE": "1",
        "http_proxy": web.proxy_url,
    }
    with subprocess.Popen(
        [*inside, "-w", "/news", *entrypoint, *words, "--set=DOWNLOAD_DELAY=0"],
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stderr is not None
            for line in running.stderr:
                assert json.loads(line)
                if '"run-ended"' in line:
                    break
            (health,) = of("HEALTHCHECK", steps)
            check = json.loads(health.partition("CMD ")[2].replace("9180", port))
            assert subprocess.run([sys.executable, *check[1:]], check=False).returncode == 0
        finally:
            os.kill(running.pid, signal.SIGTERM)
            _end(running)
    assert 'state: "ok"' in (tmp_path / "root/news/output/items/a.md").read_text()


def _end(running: subprocess.Popen[str]) -> None:
    """Wait for the end; proot hands a signal on to what it traces."""
    deadline = time.monotonic() + 30
    while running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    running.kill()
