"""`--files-from`, `--changed-since`, `--log-format` and the log of runs, as a user meets them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.command import arguments, environment, run_crawler
from tests.web.git import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
OTHER = "http://other.example/market"
LOST = "http://other.example/lost"


@pytest.fixture
def repository(tmp_path: Path, write_item: Callable[..., Path]) -> Repository:
    repository = Repository.create(tmp_path / "site")
    write_item(repository.path / "items", "a", original_url=NEWS)
    write_item(repository.path / "items", "sub/b", original_url=OTHER)
    repository.commit("first")
    return repository


@pytest.fixture
def items(repository: Repository) -> Path:
    return repository.path / "items"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def due(outcome: Outcome) -> list[str]:
    assert outcome.code == 0, outcome.stderr
    return [line.partition("\t")[2] for line in outcome.stdout.splitlines()]


def test_a_run_may_be_of_what_a_push_brought(
    command: Callable[..., Outcome],
    repository: Repository,
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    before = repository.head()
    write_item(items, "sub/c d", original_url=LOST)
    repository.commit("second")
    words = ("run", items, "-o", output, "--dry-run", "--changed-since")
    assert due(command(*words, before)) == [LOST]
    assert due(command(*words, "HEAD")) == []
    assert due(command(*words, "0" * 40)) == [LOST, NEWS, OTHER]


@pytest.mark.parametrize("ends", ["\0", "\n"])
def test_a_file_may_list_the_items(
    command: Callable[..., Outcome], items: Path, output: Path, tmp_path: Path, ends: str
) -> None:
    listed = tmp_path / "list"
    listed.write_text(f"{items}/sub/b.md{ends}{items}/gone.md{ends}")
    words = ("run", items, "-o", output, "--dry-run", "--files-from", listed)
    assert due(command(*words)) == [OTHER]


def listings(items: Path) -> dict[str, bytes]:
    names = [f"{items}/a.md", f"{items}/größe.md"]
    lines = "".join(f"{name}\n" for name in names)
    quoted = "".join(
        chr(byte) if byte < 0x7F else f"\\{byte:03o}" for byte in f"{items}/größe.md".encode()
    )
    return {
        "plain": lines.encode(),
        "no end of the last line": lines.rstrip().encode(),
        "CRLF": lines.replace("\n", "\r\n").encode(),
        "NUL": lines.replace("\n", "\0").encode(),
        "BOM": b"\xef\xbb\xbf" + lines.encode(),
        "UTF-16": lines.encode("utf-16"),
        "UTF-16 with CRLF": lines.replace("\n", "\r\n").encode("utf-16"),
        "UTF-16 BE": b"\xfe\xff" + lines.encode("utf-16-be"),
        "blank lines": b"\n" + lines.replace("\n", "\n\n").encode(),
        "Git's quotes": f'{names[0]}\n"{quoted}"\n'.encode(),
        "Git's quotes around all": f'"{names[0]}"\r\n"{quoted}"\r\n'.encode(),
        "dots": f"{items}/./a.md\n{items}/sub/../größe.md\n".encode(),
    }


@pytest.mark.parametrize("way", listings(Path("/")))
def test_a_list_may_be_written_in_many_ways(
    command: Callable[..., Outcome],
    items: Path,
    output: Path,
    tmp_path: Path,
    write_item: Callable[..., Path],
    way: str,
) -> None:
    write_item(items, "größe", original_url=LOST)
    (tmp_path / "list").write_bytes(listings(items)[way])
    outcome = command("run", items, "-o", output, "--dry-run", "--files-from", tmp_path / "list")
    assert sorted(due(outcome)) == [NEWS, LOST]
    assert outcome.stderr == ""


@pytest.mark.parametrize(
    "escaped",
    [r"a\tb", r"a\nb", r"a\\b", r"a\"b", r"\001", r"\303\274", r"\360\237\230\200 \a\b\v\f"],
)
def test_git_itself_quotes_the_names(
    command: Callable[..., Outcome],
    repository: Repository,
    items: Path,
    output: Path,
    tmp_path: Path,
    write_item: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    escaped: str,
) -> None:
    monkeypatch.chdir(repository.path)
    name = escaped.encode().decode("unicode_escape").encode("latin-1").decode()
    new = write_item(items, "new", original_url=LOST)
    new.rename(items / f"{name}.md")
    repository.git("add", "-A")
    told = repository.git("diff", "--cached", "--name-only")
    assert told.startswith('"')
    (tmp_path / "list").write_text(told)
    words = ("run", "items", "-o", output, "--dry-run", "--files-from", tmp_path / "list")
    assert due(command(*words)) == [LOST]


def test_names_that_nothing_is_known_of_are_told_in_one_line(
    command: Callable[..., Outcome],
    items: Path,
    output: Path,
    tmp_path: Path,
) -> None:
    (tmp_path / "list").write_text(f"a.md\n{items}/a.md\n{items}/notes.txt\n{items}/typo.md\n")
    words = ("run", items, "-o", output, "--dry-run", "--files-from", tmp_path / "list")
    outcome = command(*words)
    assert due(outcome) == [NEWS]
    (line,) = outcome.stderr.splitlines()
    assert f"3 of 4 names that were listed are no items below {items}: " in line


def test_an_item_that_has_been_deleted_is_known(
    command: Callable[..., Outcome], items: Path, output: Path, tmp_path: Path
) -> None:
    assert len(due(command("run", items, "-o", output, "--dry-run"))) == 2
    (items / "a.md").unlink()
    (tmp_path / "list").write_text(f"{items}/a.md\n")
    words = ("run", items, "-o", output, "--dry-run", "--files-from", tmp_path / "list")
    outcome = command(*words)
    assert (due(outcome), outcome.stderr) == ([], "0 sources due\n")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--changed-since", "nowhere"], "Git knows no revision 'nowhere'"),
        (["--files-from", "/no/list"], "no such file"),
        (["--files-from", "-", "--changed-since", "HEAD"], "do not go together"),
    ],
)
def test_a_selection_that_cannot_be_made_ends_with_2(
    command: Callable[..., Outcome], items: Path, output: Path, words: list[str], reason: str
) -> None:
    outcome = command("run", items, "-o", output, *words)
    assert outcome.code == 2
    assert reason in outcome.stderr
    assert not output.exists()


@pytest.mark.parametrize("ends", [None, "\0"])
def test_an_item_whose_name_is_no_utf_8_is_an_invalid_item(
    items: Path, output: Path, ends: str | None, tmp_path: Path
) -> None:
    bad = os.fsencode(items / "sub") + b"/b\xff.md"
    try:
        os.rename(os.fsencode(items / "sub/b.md"), bad)  # noqa: PTH104 - bytes
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    words = ["run", str(items), "-o", str(output), "--dry-run"]
    if ends is not None:
        (tmp_path / "list").write_bytes(bad + b"\0" + os.fsencode(items / "a.md") + b"\0")
        words += ["--files-from", str(tmp_path / "list")]
    outcome = run_crawler(*words)
    assert outcome.code == 3
    assert "sub/b\ufffd.md:1: the name is not UTF-8" in outcome.stderr
    assert outcome.stdout.splitlines() == [f"new\t{NEWS}"]


@pytest.mark.parametrize("name", ["größe.md", "ä/b.md"])
def test_in_a_locale_without_utf_8_a_name_that_is_not_ascii_is_invalid_and_the_way_out_is_told(
    items: Path, output: Path, write_item: Callable[..., Path], name: str
) -> None:
    write_item(items, name.removesuffix(".md"), original_url=LOST)
    words = arguments("run", items, "-o", output, "--dry-run")
    plain = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        words, env=environment() | plain, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 3
    assert b"is not UTF-8; set LC_ALL=C.UTF-8 or PYTHONUTF8=1" in done.stderr
    assert NEWS.encode() in done.stdout
    done = subprocess.run(
        words,
        env=environment() | plain | {"PYTHONUTF8": "1"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert LOST.encode() in done.stdout


def test_the_log_for_machines_has_a_visit_a_line_and_each_run_a_record(
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    web.page(NEWS, article_html())
    write_item(items, "lost", original_url=LOST)

    def crawl(files: str, *words: str) -> tuple[int, list[Any]]:
        command = arguments("run", items, "-o", output, "--log-format", "json", *words)
        done = subprocess.run(
            [*command, "--files-from=-"],
            env=environment(web),
            input=files,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]

    code, log = crawl(f"{items}/a.md\0{items}/lost.md\0")
    assert code == 0
    assert {(line["state"], line["url"]) for line in log if line.get("event") == "visited"} == {
        ("ok", NEWS),
        ("not-found", LOST),
    }
    assert web.count(OTHER) == 0

    code, log = crawl("", "--set=CRAWLER_REVISIT_OLD=soon")
    assert (code, len(log)) == (2, 1)
    assert (log[0]["event"], log[0]["level"]) == ("failed", "error")
    assert "CRAWLER_REVISIT_OLD" in log[0]["message"]

    code, log = crawl(f"{items}/a.md\n")
    assert code == 0
    runs = [json.loads(line) for line in (output / ".crawler/runs.jsonl").read_text().splitlines()]
    assert [run["exitCode"] for run in runs] == [0, 0]
    assert runs[0]["sources"]["visited"] == {"ok": 1, "not-found": 1}
    assert runs[0]["options"] == {"paths": [str(items)], "pathCount": 1, "fileCount": 2}
    assert runs[1]["sources"]["due"] == 0
