"""What docs/export.md says, done with what a crawl has written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

GUIDE = (Path(__file__).parents[2] / "docs/export.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SITE = "http://news.example"


@pytest.fixture
def folder(
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    web.page(f"{SITE}/a", article_html(title="A"))
    web.page(f"{SITE}/b", article_html(title="B"))
    urls = [f"{SITE}/b", f"{SITE}/gone"]
    write_item(tmp_path / "items", "2024-05-14-a-bridge", original_url=f"{SITE}/a", related=urls)
    run_crawler("run", "items", web=web, cwd=tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_and_the_queries_of_the_guide_do_what_it_says(
    folder: Path, run_crawler: Callable[..., Outcome]
) -> None:
    commands = re.findall(r"^    crawler (.*?)(?:  +#.*)?$", GUIDE, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        done = run_crawler(*command.split(), cwd=folder)
        assert done.code == 0, done.stderr
    run_crawler("export", "--format", "parquet", cwd=folder)
    (sql,) = (text for kind, text in BLOCK.findall(GUIDE) if kind == "sql")
    hosts, articles, texts = (
        duckdb.sql(query).fetchall() for query in sql.split(";") if query.strip()
    )
    assert hosts == [("news.example", 1)]
    assert [(title, author, day) for title, author, day, _ in articles] == [
        ("A", "Ada Okafor", "2024-05-14"),
        ("B", "Ada Okafor", "2024-05-14"),
    ]
    assert [(position, title) for position, title, _ in texts] == [(None, "A"), (0, "B")]
    assert all(len(text) > 200 for *_, text in texts)


def test_the_python_of_the_guide_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = (text for kind, text in BLOCK.findall(GUIDE) if kind == "python")
    exec(compile(program, "docs/export.md", "exec"), {})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "items/2024-05-14-a-bridge.md A"
    assert second.startswith("sources/news.example/b-")
    assert (folder / "output" / second.split()[0]).is_file()
