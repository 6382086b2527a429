from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Crawled
    from tests.web.command import Outcome


@pytest.fixture
def output(crawled: Crawled, tmp_path: Path) -> Path:
    """A copy of what a crawl has written, to be changed."""
    return shutil.copytree(crawled.output, tmp_path / "output")


def rows(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_both_tables_are_written_and_counted(
    command: Callable[..., Outcome], output: Path, tmp_path: Path
) -> None:
    to = tmp_path / "to"
    done = command("export", "-o", output, "--to", to)
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout == f"{to}/articles.jsonl: 2 articles\n{to}/links.jsonl: 3 links\n"
    assert [row["state"] for row in rows(to / "links.jsonl")] == ["ok", "ok", "not-found"]
    files = {row["textFile"] for row in rows(to / "articles.jsonl")}
    assert all((output / str(file)).is_file() for file in files)
    assert len(files) == 2


def test_texts_can_be_left_out(
    command: Callable[..., Outcome], output: Path, tmp_path: Path
) -> None:
    words = ("export", "-o", output, "--to", tmp_path, "--no-texts", "--json")
    done = command(*words)
    assert done.json["articles"] == {"file": f"{tmp_path}/articles.jsonl", "rows": 2}
    assert all("text" not in row for row in rows(tmp_path / "articles.jsonl"))


@pytest.mark.parametrize(("since", "count"), [("1d", 3), ("2999-01-01", 0), ("2020-01-01", 3)])
def test_only_what_was_seen_since_then_is_there(
    command: Callable[..., Outcome], output: Path, tmp_path: Path, since: str, count: int
) -> None:
    done = command("export", "-o", output, "--to", tmp_path, "--since", since, "--json")
    assert done.json["links"]["rows"] == count
    assert done.json["articles"]["rows"] == min(count, 2)


def test_broken_files_are_told_with_their_lines_and_the_others_are_exported(
    command: Callable[..., Outcome], output: Path, tmp_path: Path
) -> None:
    lost = output / "items/sub/lost.md"
    lines = lost.read_text().splitlines(keepends=True)
    (number,) = (n for n, line in enumerate(lines, 1) if line.startswith("    httpStatus:"))
    lines[number - 1] = "    httpStatus: none\n"
    lost.write_text("".join(lines))
    (source,) = (output / "sources").rglob("*.md")
    source.write_bytes(source.read_bytes()[:-30])
    (output / "items/foreign.md").write_bytes(b"---\ntitle: \xff\n---\n")
    done = command("export", "-o", output, "--to", tmp_path / "to", "--json")
    assert done.code == 3
    assert done.stderr.splitlines() == [
        f"{output}/items/foreign.md:2: is not UTF-8",
        f"{lost}:{number}: source.httpStatus: expected int, got str",
        f"{source}:1: is cut off",
    ]
    assert [problem["line"] for problem in done.json["invalid"]] == [2, number, 1]
    assert done.json["links"]["rows"] == 2
    assert done.json["articles"]["rows"] == 1


def test_items_that_were_not_enriched_are_counted(
    command: Callable[..., Outcome], crawled: Crawled, tmp_path: Path
) -> None:
    words = ("export", crawled.items, "-o", crawled.output, "--to", tmp_path, "--json")
    assert command(*words).json["plain"] == 2


def test_what_makes_no_sense_ends_with_2(
    command: Callable[..., Outcome], tmp_path: Path, output: Path
) -> None:
    nothing = command("export", "-o", tmp_path / "none")
    assert nothing.code == 2
    assert "there are no enriched items in" in nothing.stderr
    assert command("export", "-o", output, "--since", "soon", "--to", tmp_path / "to").code == 2
    assert command("export", tmp_path / "none", "-o", output, "--to", tmp_path / "to").code == 2
    (tmp_path / "file").write_text("")
    assert command("export", "-o", output, "--to", tmp_path / "file").code == 2
