"""The workflow that releases a tag: its own steps, as far as they run here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from crawler import __version__
from tests.test_installing import FOR_USERS
from tests.test_workflow import checkout, run_step  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[1]
RELEASE: Any = YAML(typ="safe").load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
STEPS = {step["name"]: step["run"] for step in RELEASE["jobs"]["build"]["steps"] if "run" in step}
AGREE = "See that the tag, the version and the CHANGELOG agree"
NOTES = "Take the notes from the CHANGELOG"
FRESH = "Install it into a fresh environment, without and with each extra"
WITHOUT_INDEX = re.compile(r"No matching distribution|Failed to establish a new connection")


def run(name: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", STEPS[name]],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), **env},
        capture_output=True,
        text=True,
        timeout=390,
        check=False,
    )


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """A checkout of version 1.2.3, with two releases in its CHANGELOG."""
    (tmp_path / "crawler").mkdir()
    (tmp_path / "crawler/__init__.py").write_text('"""It."""\n\n__version__ = "1.2.3"\n')
    changes = "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-27\n\n### Added\n- A.\n\n"
    (tmp_path / "CHANGELOG.md").write_text(f"{changes}## [1.2.2] - 2026-01-01\n\n- Old.\n")
    return tmp_path


def test_a_tag_that_agrees_goes_on(tagged: Path) -> None:
    assert run(AGREE, tagged, TAG="v1.2.3").returncode == 0


@pytest.mark.parametrize(
    ("tag", "changes", "said"),
    [
        ("v1.2.4", None, "the tag is v1.2.4, the version 1.2.3"),
        ("1.2.3", None, "the tag is 1.2.3, the version 1.2.3"),
        ("v1.2.3", "## [1.2.3]\n", "CHANGELOG.md has no dated section for 1.2.3"),
        ("v1.2.3", "## [1.2.30] - 2026-11-27\n", "CHANGELOG.md has no dated section for 1.2.3"),
    ],
)
def test_a_tag_that_does_not_agree_is_no_release(
    tagged: Path, tag: str, changes: str | None, said: str
) -> None:
    if changes is not None:
        (tagged / "CHANGELOG.md").write_text(changes)
    done = run(AGREE, tagged, TAG=tag)
    assert (done.returncode, done.stdout.strip()) == (1, said)


def test_the_notes_are_those_of_the_version(tagged: Path) -> None:
    assert run(NOTES, tagged, TAG="v1.2.3").returncode == 0
    assert (tagged / "notes.md").read_text().strip() == "### Added\n- A."


def test_this_version_can_be_released() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert run(AGREE, ROOT, TAG=f"v{__version__}").returncode == 0


def test_only_the_job_that_uploads_may_say_who_it_is() -> None:
    jobs = RELEASE["jobs"]
    assert RELEASE["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "permissions" not in jobs["build"]
    assert jobs["publish"]["needs"] == "build"
    assert jobs["announce"]["needs"] == "publish"
    scripts = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert not [script for script in scripts if "${{" in script]


def test_each_extra_that_users_have_is_tried() -> None:
    assert set(re.findall(r"\b(\w+):\w+", STEPS[FRESH])) == FOR_USERS


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.xdist_group("heavy")
def test_it_works_from_a_fresh_environment_without_and_with_each_extra(checkout: Path) -> None:  # noqa: F811
    run_step(checkout, "package", "Build the sdist, and the wheel from it")
    done = run(FRESH, checkout, TMPDIR=str(checkout.parent))
    if WITHOUT_INDEX.search(done.stderr):
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stdout + done.stderr
    assert __version__ in done.stdout
    assert "6 items" in done.stdout
