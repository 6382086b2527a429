"""The workflow of GitHub Actions: what it covers, and its own steps, as far as they run here."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cronsim import CronSim
from ruamel.yaml import YAML

from tests.web.command import environment

ROOT = Path(__file__).parents[1]
WORKFLOW: Any = YAML(typ="safe").load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
JOBS = WORKFLOW["jobs"]
EXTRAS = re.compile(r"'\.\[([a-z,]+)\]'")


def script(job: str, name: str) -> str:
    [found] = [step["run"] for step in JOBS[job]["steps"] if step.get("name") == name]
    return str(found)


def run_step(folder: Path, job: str, name: str, **env: str) -> str:
    """Run a step as GitHub does, in a folder whose .venv is the environment of the tests."""
    venv = folder / ".venv"
    if not venv.exists():
        venv.symlink_to(sys.prefix)
    kept = {key: value for key, value in environment().items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script(job, name)],
        cwd=folder,
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1"} | env,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a copy of what is in the repository, without what lies about in the folder."""
    copy = tmp_path / "checkout"
    copy.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    return copy


def test_each_python_is_tried_with_the_oldest_and_the_newest_dependencies() -> None:
    matrix = JOBS["test"]["strategy"]["matrix"]
    assert set(matrix["resolution"]) == {"lowest-direct", "highest"}
    assert PROJECT["requires-python"] == f">={matrix['python'][0]}"
    minors = [int(python.removeprefix("3.")) for python in matrix["python"]]
    assert minors == list(range(minors[0], minors[-1] + 1))
    named = [text.rpartition(" :: ")[2] for text in PROJECT["classifiers"]]
    assert [name for name in named if re.fullmatch(r"3\.\d+", name)] == matrix["python"]


def test_each_dependency_says_from_which_version_on() -> None:
    """The lowest version is what the workflow tries, so there has to be one."""
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    without = [
        text
        for group in groups
        for text in group
        if ">=" not in text and not text.startswith((f"{PROJECT['name']}[", "types-"))
    ]
    assert without == []


def test_it_runs_by_night_and_may_only_read() -> None:
    [schedule] = WORKFLOW["on"]["schedule"]
    next(CronSim(schedule["cron"], datetime(2026, 1, 1)))  # noqa: DTZ001 - any
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "schedule" in JOBS["fuzz"]["if"]
    scripts = [step.get("run", "") for job in JOBS.values() for step in job["steps"]]
    assert not [text for text in scripts if "${{" in text]  # strangers name branches


def test_the_extras_that_it_installs_are_there() -> None:
    scripts = [step.get("run", "") for job in JOBS.values() for step in job["steps"]]
    named = {
        extra for text in scripts for group in EXTRAS.findall(text) for extra in group.split(",")
    }
    assert named <= PROJECT["optional-dependencies"].keys()
    assert {"test", "dev", "package"} <= named


def test_the_step_of_the_tests_finds_them(checkout: Path) -> None:
    found = run_step(checkout, "test", "Tests", PYTEST_ADDOPTS="--collect-only -qq -n 0")
    assert "tests/test_workflow.py: " in found


def test_the_code_is_in_the_form_that_it_asks_for(checkout: Path) -> None:
    if shutil.which("ruff", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("without the extra `dev`: the job that lints has it")
    run_step(checkout, "lint", "Lint")
    run_step(checkout, "lint", "Format")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_package_is_built_checked_and_runs(checkout: Path) -> None:
    run_step(checkout, "package", "Build the sdist, and the wheel from it")
    run_step(checkout, "package", "Check what PyPI will show")
    [wheel] = (checkout / "dist").glob("*.whl")
    [sdist] = (checkout / "dist").glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]
    for data in ("demo/items/", "py.typed", "commands/templates/source.tmpl", "ledger/schema.sql"):
        assert [name for name in names if data in name], data
    assert sdist.stat().st_size > wheel.stat().st_size
    told = run_step(checkout, "package", "Run the wheel")
    assert "6 items" in told
    assert "and its test test_news.py" in told


@pytest.mark.slow
def test_the_long_fuzz_takes_its_numbers_from_where_it_is_told(checkout: Path) -> None:
    [step] = [step for step in JOBS["fuzz"]["steps"] if step.get("name") == "Fuzz"]
    code = "".join(file.read_text("utf-8") for file in (ROOT / "tests/fuzz").glob("*.py"))
    assert [name for name in step["env"] if f'environ.get("{name}"' not in code] == []
    few = dict.fromkeys(step["env"], "3")
    told = run_step(checkout, "fuzz", "Fuzz", **few, PYTEST_ADDOPTS="-n 0 -k random_articles")
    assert "passed" in told or "skipped" in told
