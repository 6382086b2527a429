"""How this project and its extras are installed: never by a name that is not ours in an index."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from ruamel.yaml import YAML

from crawler.extras import how_to_get

PROJECT = Path(__file__).parents[1]
NAME = "frontmatter-crawler"
METADATA: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
FOR_USERS = METADATA["optional-dependencies"].keys() - {"bench", "dev", "package", "peers", "test"}

INSTALL = re.compile(
    r"(?:\bpip[x3]?\s+(?:install|run|download|wheel)|\buvx?\s+(?:add|tool|run|pip)|\buvx|\beasy_install"
    r"|\bpoetry\s+add|\bpdm\s+add|\bconda\s+install)\b"
    r"(?P<words>(?:[^`|&;\n]|\n(?![\n#]))*)"  # a command, also one that wraps over a line
)
BARE = re.compile(rf"(?<![\w./-]){NAME}(?![\w-])(?:\[[\w, -]*\])?(?!\s*@\s*git\+|\[|[\w./-]*\.whl)")
IS_REQUIREMENT = re.compile(
    rf"(?:dependencies|requires)\s*=\s*\[[^=]*?[\"']{NAME}(?:\[[\w, -]*\])?\s*(?:[<>=~!;].*)?[\"']"
)


def bare_installs(text: str) -> list[str]:
    """Commands that install by the bare name, and requirements of other projects that have it."""
    commands = [found[0] for found in INSTALL.finditer(text) if BARE.search(found["words"])]
    return commands + IS_REQUIREMENT.findall(text)


def texts() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [PROJECT / name for name in listed.stdout.split("\0") if name]
    kinds = {".md", ".py", ".yml", ".yaml", ".toml", ".txt", ".sh", ".cfg", ".tmpl", ".jinja", ""}
    ours = {Path(__file__), PROJECT / "pyproject.toml"}  # it names its own extras
    return [f for f in files if f.is_file() and f.suffix in kinds and f not in ours]


@pytest.mark.parametrize(
    "text",
    [
        f"run: pip install {NAME}",
        f"`pip install '{NAME}[images]'`",
        f"It needs `pip install\n'{NAME}[topics]'`.",
        f"pip install '{NAME}[poet]' ./my-pages",
        f"python -m pip install -U {NAME}>=0.2",
        f"uvx --from {NAME} crawler run",
        f"pipx install {NAME}",
        f'dependencies = ["{NAME}"]',
        f'dependencies = ["scrapy", "{NAME}[poet]>=0.1"]',
    ],
)
def test_an_install_by_the_bare_name_is_found(text: str) -> None:
    assert bare_installs(text)


@pytest.mark.parametrize(
    "text",
    [
        "pip install -e '.[images,topics]'",
        f"pip install '{NAME}[images] @ git+https://REPOSITORY@COMMIT'",
        f"pip install './{NAME}[images]'",
        f"pip install dist/{NAME}-0.2.0-py3-none-any.whl",
        f"an installed\n`{NAME}` goes above",
        f'BOT_NAME = "{NAME}"',
        f'the product token ("{NAME}" of "{NAME}/1.0")',
    ],
)
def test_other_installs_are_not(text: str) -> None:
    assert bare_installs(text) == []


def test_nothing_says_to_install_by_the_bare_name() -> None:
    found = {path.relative_to(PROJECT): bare_installs(path.read_text("utf-8")) for path in texts()}
    assert len(found) > 500, "the files were not found"
    assert {path: told for path, told in found.items() if told} == {}


@pytest.mark.parametrize("extra", sorted(FOR_USERS))
def test_a_hint_names_what_the_extra_has_and_not_this_project(extra: str) -> None:
    told = how_to_get(extra)
    start = f"the extra '{extra}': pip install "
    assert told.startswith(start)
    named = {Requirement(word.strip("'")).name for word in told.removeprefix(start).split()}
    wanted = map(Requirement, METADATA["optional-dependencies"][extra])
    assert named == {requirement.name for requirement in wanted}


def test_where_nobody_knows_what_an_extra_has_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.extras._PROJECT", "no-such-project-of-ours")
    assert how_to_get("images") == "the extra 'images'"


@pytest.mark.parametrize("job", ["enrich", "fix"])
def test_the_workflow_installs_nothing_until_its_source_is_filled_in(
    tmp_path: Path, job: str
) -> None:
    path = PROJECT / f"docs/examples/github-actions/{job}.yml"
    steps = YAML(typ="safe").load(path.read_text())["jobs"][job]["steps"]
    (install,) = (step for step in steps if step.get("name") == "Install")
    pip = tmp_path / "pip"
    pip.write_text('#!/bin/sh\nprintf "%s|" pip "$@"\n')
    pip.chmod(0o755)

    def run(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-c", install["run"]],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"} | env,
            capture_output=True,
            text=True,
            check=False,
        )

    as_it_is = run(install["env"])
    assert as_it_is.returncode != 0
    assert as_it_is.stdout == ""
    assert "CRAWLER_REPOSITORY: fill it in" in as_it_is.stderr
    given = dict.fromkeys(install["env"], "")
    given |= {"CRAWLER_REPOSITORY": "https://git.example/us/crawler"}
    assert run(given).returncode != 0
    commit = "0" * 40
    done = run(given | {"CRAWLER_COMMIT": commit})
    assert done.stdout == f"pip|install|{NAME} @ git+https://git.example/us/crawler@{commit}|"
