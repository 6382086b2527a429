"""The examples of docs/examples do what the docs say: their own text is what is run here."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cronsim import CronSim
from ruamel.yaml import YAML

from tests.web.command import environment
from tests.web.git import GIT_ENVIRONMENT, Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.web.local_web import LocalWeb

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
BIN = Path(sys.executable).parent
FIRST = "http://first.example/a"
SECOND = "http://second.example/b"
INSTALLED = "/opt/crawler/bin/crawler"


@pytest.fixture
def news(
    tmp_path: Path, web: LocalWeb, article_html: Callable[..., str], write_item: Callable[..., Path]
) -> Path:
    """A folder with one item, on a web with its article and that of a second one."""
    web.page(FIRST, article_html())
    said = "The lock was emptied on Monday for the first time in a dozen years, and nobody fell in."
    web.page(SECOND, article_html(title="Second", paragraphs=[said, "It is to be filled again."]))
    write_item(tmp_path / "news/items", "first", original_url=FIRST)
    return tmp_path / "news"


def run_in(folder: Path, command: str, web: LocalWeb, env: Mapping[str, str]) -> None:
    """Run a command of an example by the shell."""
    proxies = {name: value for name, value in environment(web).items() if name not in os.environ}
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **proxies, **env},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == ""


def test_the_crontab_crawls_every_six_hours(news: Path, web: LocalWeb) -> None:
    lines = (EXAMPLES / "crontab").read_text().splitlines()
    setting, entry = (line for line in lines if not line.startswith("#"))
    assert f"{setting}\n{entry}\n" in (EXAMPLES.parent / "schedule.md").read_text()
    *fields, command = entry.split(maxsplit=5)
    times = CronSim(" ".join(fields), datetime(2026, 1, 1))  # noqa: DTZ001 - the clock on the wall
    assert [next(times).strftime("%H:%M") for _ in range(4)] == ["00:17", "06:17", "12:17", "18:17"]
    assert "%" not in command, "cron takes it for the end of a line"
    here = command.replace("/srv/news", str(news)).replace(INSTALLED, str(BIN / "crawler"))
    assert here != command
    run_in(news.parent, here, web, dict([setting.split("=", 1)]))
    assert 'state: "ok"' in (news / "output/items/first.md").read_text()
    assert f"ok {FIRST}" in (news / "crawl.log").read_text()


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (systemd)"
)
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    units = []
    for unit in sorted((EXAMPLES / "systemd").iterdir()):
        units.append(tmp_path / unit.name)
        # It looks whether the program is there.
        units[-1].write_text(unit.read_text().replace(INSTALLED, str(BIN / "crawler")))
    assert len(units) == 3
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["crawler.service", "crawler-watch.service"])
def test_the_commands_of_the_units_are_understood(
    name: str, news: Path, web: LocalWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (EXAMPLES / "systemd" / name).read_text()
    (command,) = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    program, subcommand, *words = shlex.split(command)
    assert program == INSTALLED
    (contact,) = re.findall(r"^Environment=(CRAWLER_CONTACT=.+)$", text, re.MULTILINE)
    if subcommand == "watch":
        words.append("--every=0s")  # refused once all others are known to be right
    done = subprocess.run(
        [BIN / "crawler", subcommand, *words],
        cwd=news,
        env=environment(web) | dict([contact.split("=", 1)]),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    log = [json.loads(line) for line in done.stderr.splitlines()]
    if subcommand == "watch":
        assert (done.returncode, log[-1]["message"]) == (2, "every: '0s' is too short")
    else:
        assert done.returncode == 0
        assert 'state: "ok"' in (news / "output/items/first.md").read_text()


def workflow(name: str) -> Any:
    return YAML(typ="safe").load((EXAMPLES / f"github-actions/{name}.yml").read_text())


class Runner:
    """Runs the steps of the workflow as GitHub does, each in a shell of its own."""

    def __init__(self, folder: Path, origin: Repository, web: LocalWeb) -> None:
        self._folder = folder
        self._origin = origin
        self._web = web
        self._runs = 0

    def run(self, event: str, job: str = "enrich", **env: str) -> list[int]:
        """Run a job on a fresh clone, with the ledger of the run before from the cache.

        Returns the exit codes of steps that failed; after one, only those run that ask for it.
        """
        steps = workflow(job)["jobs"][job]["steps"]
        failed: list[int] = []
        self._runs += 1
        clone = self._origin.clone(self._folder / f"run-{self._runs}")
        ledger = self._folder / f"run-{self._runs - 1}/output/.crawler"
        if ledger.exists():
            shutil.copytree(ledger, clone.path / "output/.crawler")
        for step in steps:
            if "run" not in step or step["name"] == "Install":
                continue
            condition = step.get("if", "true")
            assert condition in {
                "true",
                "${{ !cancelled() }}",
                "github.event_name == 'push'",
                "github.event_name != 'push'",
            }
            if condition != "${{ !cancelled() }}" and failed:
                continue
            always = condition in {"true", "${{ !cancelled() }}"}
            if always or ("==" in condition) == (event == "push"):
                code = self._step(clone.path, step["run"], env)
                failed += [code] if code else []
        return failed

    def _step(self, folder: Path, script: str, env: Mapping[str, str]) -> int:
        configuration = {k: v for k, v in GIT_ENVIRONMENT.items() if k.startswith("GIT_CONFIG_")}
        given = environment(self._web) | configuration | env
        given["PATH"] = f"{BIN}{os.pathsep}{given['PATH']}"
        given["CRAWLER_CONTACT"] = "https://example.com/bot"
        given["GITHUB_STEP_SUMMARY"] = str(self._folder / "summary.md")
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=folder,
            env=given,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return done.returncode


@pytest.mark.timeout(300)
def test_the_workflow_enriches_what_a_push_brings_and_commits_it(
    news: Path, tmp_path: Path, web: LocalWeb, write_item: Callable[..., Path]
) -> None:
    origin = Repository.create(tmp_path / "origin")
    origin.git("config", "receive.denyCurrentBranch", "updateInstead")
    origin.write("readme.txt", "news")
    before = origin.commit("empty")
    shutil.copytree(news / "items", origin.path / "items")
    origin.commit("first item")
    runner = Runner(tmp_path, origin, web)

    assert runner.run("push", BEFORE=before) == []
    assert 'state: "ok"' in (origin.path / "output/items/first.md").read_text()
    assert origin.git("log", "--format=%an %s", "-1") == "github-actions[bot] Enrich items"
    assert ".crawler" not in origin.git("ls-files")

    web.forget()
    before = origin.head()
    write_item(origin.path / "items", "zwei Wörter", original_url=SECOND)
    (origin.path / "items/bad.md").write_text("---\n[\n---\n")
    origin.commit("second item, and a bad one")
    assert runner.run("push", BEFORE=before) == [3], "the bad item makes the job red"
    pages = [request.host for request in web.requests if request.path != "/robots.txt"]
    assert pages == ["second.example"]
    assert len(list((origin.path / "output/items").iterdir())) == 2

    web.forget()
    (origin.path / "items/bad.md").unlink()
    origin.commit("without the bad one")
    head = origin.head()
    assert runner.run("schedule") == []
    assert (tmp_path / "summary.md").read_text().count("sources give what is asked of them") == 3
    assert origin.head() == head
    assert web.requests == []


@pytest.mark.timeout(300)
def test_the_workflow_opens_a_pull_request_that_fixes_a_link_and_brings_it_up_to_date(
    news: Path, tmp_path: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    moved = "http://first.example/moved-for-good"
    web.redirect(FIRST, moved)
    web.page(moved, article_html())
    origin = Repository.create(tmp_path / "origin")
    origin.git("config", "receive.denyCurrentBranch", "updateInstead")
    shutil.copytree(news / "items", origin.path / "items")
    origin.commit("first item")
    before = (origin.path / "items/first.md").read_text()
    runner = Runner(tmp_path, origin, web)
    asked = tmp_path / "asked"
    github = tmp_path / "bin" / "gh"  # stands for GitHub's program: a request is there only once
    github.parent.mkdir()
    github.write_text(
        f'#!/bin/sh\necho "$2" >> "{asked}"\n[ "$2" = edit ] || [ "$(wc -l < "{asked}")" = 1 ]\n'
    )
    github.chmod(0o755)
    words = {
        "RUNNER_TEMP": str(tmp_path),
        "GH_TOKEN": "x",
        "PATH": f"{github.parent}:/usr/bin:/bin",
    }

    assert runner.run("schedule", "fix", **words) == []
    assert not asked.exists(), "nothing is known yet"
    runner.run("schedule")
    for expected in (["create"], ["create", "create", "edit"]):
        assert runner.run("schedule", "fix", **words) == []
        assert asked.read_text().split() == expected
        fixed = origin.git("show", "crawler/fix-links:items/first.md")
        assert fixed.strip() == before.replace(FIRST, moved).strip()
        assert (origin.path / "items/first.md").read_text() == before
    body = (tmp_path / "body.md").read_text()
    assert f'+originalUrl: "{moved}"' in body
    fix = workflow("fix")
    assert fix["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert "${{" not in "".join(step.get("run", "") for step in fix["jobs"]["fix"]["steps"])


def test_the_docs_name_every_example_and_no_other() -> None:
    linked = re.findall(r"\(examples/([^)]+)\)", (EXAMPLES.parent / "schedule.md").read_text())
    folders = ("github-actions", "grafana", "systemd")
    files = [
        EXAMPLES / "crontab",
        *(path for name in folders for path in (EXAMPLES / name).iterdir()),
    ]
    assert sorted(linked) == sorted(path.relative_to(EXAMPLES).as_posix() for path in files)


def test_the_workflow_runs_on_pushes_of_items_and_by_the_clock() -> None:
    enrich = workflow("enrich")
    assert enrich["on"]["push"]["paths"] == ["items/**"]
    (schedule,) = enrich["on"]["schedule"]
    next(CronSim(schedule["cron"], datetime(2026, 1, 1)))  # noqa: DTZ001 - any
    assert enrich["permissions"] == {"contents": "write"}
    steps = enrich["jobs"]["enrich"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0
    (cache,) = (step for step in steps if step.get("uses", "").startswith("actions/cache@"))
    assert cache["with"]["path"] == "output/.crawler"
    scripts = "".join(step.get("run", "") for step in steps)
    assert "${{" not in scripts, "what strangers name would be run by the shell"
