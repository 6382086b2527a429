"""The example of docs/rules.md is what the commands print."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.rules import read_rules

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "page.html").write_text(BLOCKS["html"], encoding="utf-8")
    (tmp_path / "rules.toml").write_text(BLOCKS["toml"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def test_the_example_prints_what_the_docs_show(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _, shown = BLOCKS["console"].partition("\n")
    monkeypatch.setattr(sys, "argv", command.removeprefix("$ ").split())
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    printed = [line.rstrip() for line in capsys.readouterr().out.rstrip().splitlines()]
    assert printed == shown.splitlines()


def test_all_keys_are_explained_and_no_others(folder: Path) -> None:
    table = PAGE.read_text().partition("## Keys")[2].partition("\n\nA value")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    explained = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    rules = read_rules(folder / "rules.toml")
    known = {name for name in type(rules[0]).__dataclass_fields__ if name != "place"}
    renamed = {"paths": "path", "since": "from"}
    assert explained == {renamed.get(name, name) for name in known}
