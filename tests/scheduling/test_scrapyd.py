"""The project is deployed to a real Scrapyd, and a job of it does what `crawler run` does."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.local_web import LocalWeb

pytest.importorskip("scrapyd_client", reason="Scrapyd is not installed; the extra [test] has it")

PROJECT = Path(__file__).parents[2]
PARTS = ("crawler", "pyproject.toml", "scrapy.cfg", "README.md", "LICENSE")
NEWS = "http://news.example/bridge"
SECONDS = 90.0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that can be told from the one which is installed."""
    copy = tmp_path / "project"
    copy.mkdir()
    for part in PARTS:
        if (PROJECT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(PROJECT / part, copy / part, ignore=ignored)
        else:
            shutil.copy(PROJECT / part, copy / part)
    settings = copy / "crawler/settings.py"
    name = 'BOT_NAME = "frontmatter-crawler'
    text = settings.read_text()
    assert name in text
    settings.write_text(text.replace(name, f"{name}-of-the-egg"))
    return copy


class Scrapyd:
    """A server that goes on."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, service: str, **fields: str) -> Any:
        """Ask by GET, or by POST where there are fields."""
        data = urllib.parse.urlencode(fields).encode() if fields else None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/{service}", data, timeout=SECONDS) as answer:
            return json.loads(answer.read())

    def await_job(self, job: str) -> None:
        """Wait until a job has finished."""
        deadline = time.monotonic() + SECONDS
        while job not in [ended["id"] for ended in self.ask("listjobs.json")["finished"]]:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.fixture
def scrapyd(tmp_path: Path, web: LocalWeb) -> Iterator[Scrapyd]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home = tmp_path / "scrapyd"
    home.mkdir()
    config = f"[scrapyd]\nhttp_port = {port}\npoll_interval = 0.1\n"
    (home / "scrapyd.conf").write_text(config)
    # What is installed goes above an egg; so the server is to know of no installed project.
    hidden = f"import sys\nsys.path[:] = [path for path in sys.path if path != {str(PROJECT)!r}]\n"
    (home / "sitecustomize.py").write_text(hidden)
    with (home / "scrapyd.log").open("w") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("scrapyd")],
            cwd=home,
            env=environment(web) | {"PYTHONPATH": str(home)},
            stdout=log,
            stderr=log,
        )
        try:
            server = Scrapyd(f"http://127.0.0.1:{port}")
            deadline = time.monotonic() + SECONDS
            while True:
                try:
                    server.ask("daemonstatus.json")
                    break
                except OSError:
                    assert process.poll() is None, (home / "scrapyd.log").read_text()
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield server
        finally:
            process.terminate()
            process.wait(SECONDS)


@pytest.mark.timeout(300)
def test_the_project_is_deployed_as_it_is_and_its_jobs_enrich_items(
    project: Path,
    scrapyd: Scrapyd,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    with (project / "scrapy.cfg").open("a") as configuration:
        configuration.write(f"url = {scrapyd.url}/\n")
    deployed = subprocess.run(
        [Path(sys.executable).with_name("scrapyd-deploy"), "--version", "1"],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert '"status": "ok"' in deployed.stdout, deployed.stdout + deployed.stderr
    shutil.rmtree(project)  # the egg has all that is needed

    web.page(NEWS, article_html())
    items, output = tmp_path / "items", tmp_path / "output"
    write_item(items, "a", original_url=NEWS)
    scheduled = scrapyd.ask(
        "schedule.json",
        project="crawler",
        spider="items",
        items=str(items),
        output=str(output),
        setting="CRAWLER_WAYBACK=",
    )
    assert scheduled["status"] == "ok", scheduled
    scrapyd.await_job(scheduled["jobid"])

    log = tmp_path / f"scrapyd/logs/crawler/items/{scheduled['jobid']}.log"
    assert "(bot: frontmatter-crawler-of-the-egg)" in log.read_text()
    assert 'state: "ok"' in (output / "items/a.md").read_text()
    (run,) = (output / ".crawler/runs.jsonl").read_text().splitlines()
    assert json.loads(run)["exitCode"] == 0
    assert json.loads(run)["sources"]["visited"] == {"ok": 1}
