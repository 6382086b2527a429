"""`crawler fix` after a real crawl: what is proposed, what is written, and what stays."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from crawler.output.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

OLD, NEW = "http://news.example/old/bridge", "http://news.example/2024/bridge"
MARKET, MOVED_MARKET = "http://market.example/hall?id=7", "http://market.example/new-hall"
SOON, ELSEWHERE = "http://soon.example/ferry", "http://soon.example/today/ferry"
TRAPS = {
    "login": "http://login.example/bridge-stays-open",
    "home": "http://home.example/bridge-stays-open",
    "consent": "http://consent.example/bridge-stays-open",
    "parked": "http://parked.example/bridge-stays-open",
    "casino": "http://casino.example/bridge-stays-open",
    "wall": "http://wall.example/bridge-stays-open",
}

LOGIN = (
    "<title>Log in</title><form action=/login><input type=password name=p>"
    "<button>Log in</button></form>"
)
CONSENT = (
    "<title>Before you continue</title><form><p>We use cookies and process your data. "
    "Do you consent?</p><button>Accept all</button></form>"
)
WALL = "<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x.js></script>"
CASINO = "The best online slots of the year"


@pytest.fixture
def items(
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> Path:
    """Items whose addresses lead elsewhere, and what a crawl of them has learned."""
    items = tmp_path / "items"
    web.redirect(OLD, NEW, status=301)
    web.page(NEW, article_html())
    web.redirect(MARKET, MOVED_MARKET, status=308)
    web.page(MOVED_MARKET, article_html(title="Market moves indoors"))
    web.redirect(SOON, ELSEWHERE, status=302)
    web.page(ELSEWHERE, article_html())
    led_to = {
        "login": ("http://login.example/account/login?next=/a", LOGIN),
        "home": ("http://home.example/", article_html()),
        "consent": ("http://consent.example/consent?return=/a", CONSENT),
        "parked": ("http://sedoparking.com/parked.example", "<title>parked.example</title>"),
        "casino": ("http://casino.example/best-online-slots", article_html(title=CASINO)),
        "wall": ("http://wall.example/cdn/challenge", WALL),
    }
    for name, url in TRAPS.items():
        target, page = led_to[name]
        web.redirect(url, target, status=301)
        web.page(target, page)
        write_item(items, f"traps/{name}", original_url=url)
    write_item(items, "bridge", original_url=OLD, related=[MARKET], body="See " + OLD)
    write_item(items, "crlf", original_url=OLD, crlf=True, webUrl=None)
    write_item(items, "soon", original_url=SOON)
    run_crawler("run", items, "-o", tmp_path / "output", web=web)
    return items


@pytest.fixture
def fix(command: Callable[..., Outcome], tmp_path: Path, items: Path) -> Callable[..., Outcome]:
    return lambda *words: command("fix", items, "-o", tmp_path / "output", *words)


def contents(items: Path) -> dict[str, bytes]:
    return {
        path.relative_to(items).as_posix(): path.read_bytes()
        for path in sorted(items.rglob("*.md"))
    }


def test_a_dry_run_tells_what_and_why_and_changes_nothing(
    fix: Callable[..., Outcome], items: Path
) -> None:
    before = contents(items)
    told = fix("--json")
    assert told.code == 0
    assert contents(items) == before
    fixed = [
        (one["file"].removeprefix(f"{items}/"), one["field"], one["to"])
        for one in told.json["fixed"]
    ]
    assert fixed == [
        ("bridge.md", "originalUrl", NEW),
        ("bridge.md", "webUrl", NEW),
        ("bridge.md", "related[0].webUrl", MOVED_MARKET),
        ("crlf.md", "originalUrl", NEW),
    ]
    (first, *_) = told.json["fixed"]
    assert first["why"] == f"moved for good to {NEW}"
    assert (items / "bridge.md").read_text().splitlines()[
        first["line"] - 1
    ] == f'originalUrl: "{OLD}"'


def test_nothing_that_a_bad_night_may_fake_is_proposed(
    fix: Callable[..., Outcome], items: Path
) -> None:
    told = fix("--json").json
    names = {one["file"].rpartition("/")[2] for one in told["fixed"]}
    assert names == {"bridge.md", "crlf.md"}
    doubted = {one["file"].rpartition("/")[2]: one["reason"] for one in told["left"]}
    assert "has another title (The best online slots of the year)" in doubted["casino.md"]


def test_write_changes_exactly_these_values_and_the_next_run_finds_them_in_order(
    fix: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    tmp_path: Path,
) -> None:
    before = contents(items)
    done = fix("--write", "--json")
    assert (done.code, done.json["written"]) == (0, True)
    expected = dict(before)
    for name, url, to in (
        ("bridge.md", f'Url: "{OLD}"', f'Url: "{NEW}"'),
        ("bridge.md", f'webUrl: "{MARKET}"', f'webUrl: "{MOVED_MARKET}"'),
        ("crlf.md", f'Url: "{OLD}"', f'Url: "{NEW}"'),
    ):
        expected[name] = expected[name].replace(url.encode(), to.encode())
    assert contents(items) == expected
    run_crawler("run", items, "-o", tmp_path / "output", web=web)
    assert fix("--json", "--only", "bridge.md").json["fixed"] == []
    assert 'state: "ok"' in (tmp_path / "output" / "items" / "bridge.md").read_text()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_diff_is_one_that_git_applies(
    fix: Callable[..., Outcome], items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (items / "crlf.md").open("ab") as file:
        file.write(b"no end of the line")
    patch = fix().stdout
    assert patch.count("\n+++ ") == 2
    assert f"{items}/crlf.md" in patch
    (tmp_path / "p.patch").write_bytes(patch.encode())
    before = contents(items)
    depth = len(items.parts)  # the folder is named from the root on
    monkeypatch.chdir(items)
    subprocess.run(["git", "init", "--quiet"], check=True)
    subprocess.run(["git", "apply", f"-p{depth}", tmp_path / "p.patch"], check=True)
    applied = contents(items)
    for name, data in before.items():
        (items / name).write_bytes(data)
    fix("--write")
    assert applied == contents(items) != before


def test_rules_keep_what_they_name_and_their_mistakes_end_it(
    fix: Callable[..., Outcome], items: Path, tmp_path: Path
) -> None:
    keep = tmp_path / "keep.toml"
    keep.write_text('[[keep]]\nhost = "market.example"\n[[keep]]\nitem = "crlf.md"\n')
    told = fix("--write", "--json", "--keep", keep).json
    assert {one["field"] for one in told["fixed"]} == {"originalUrl", "webUrl"}
    assert [one["reason"] for one in told["kept"]] == [
        f"related[0].webUrl is kept by {keep}:1",
        f"originalUrl is kept by {keep}:3",
    ]
    keep.write_text("[[keep]]\nsite = 'a'\n")
    before = contents(items)
    refused = fix("--write", "--keep", keep)
    assert refused.code == 2
    assert f"{keep}:2: 'site' is not known" in refused.stderr
    assert contents(items) == before


def test_what_cannot_be_edited_is_refused_and_the_others_are_written(
    fix: Callable[..., Outcome], items: Path
) -> None:
    file = items / "bridge.md"
    text = file.read_text().replace(f'webUrl: "{OLD}"', f"webUrl: >-\n  {OLD}")
    file.write_text(text)
    told = fix("--write", "--json")
    assert told.code == 1
    line = text[: text.index("webUrl:")].count("\n") + 1
    (refused,) = told.json["refused"]
    assert refused["line"] == line
    assert refused["reason"] == "webUrl is a folded block of lines, which is not edited"
    assert f'originalUrl: "{NEW}"' in file.read_text()
    assert f"webUrl: >-\n  {OLD}" in file.read_text()


def test_a_file_that_must_not_be_written_is_told_and_stays(
    fix: Callable[..., Outcome], items: Path
) -> None:
    (items / "crlf.md").chmod(0o444)
    told = fix("--json")
    assert told.code == 1
    assert told.json["refused"][0]["reason"] == "not written: the file is read-only"
    (items / "crlf.md").chmod(0o644)
    (items / "crlf.md").write_text("no front matter")
    assert fix("--json").code == 3


def test_the_report_proposes_the_same(
    fix: Callable[..., Outcome], command: Callable[..., Outcome], items: Path, tmp_path: Path
) -> None:
    report = command("report", items, "-o", tmp_path / "output", "--format", "json").json
    links = [link for task in report["tasks"] for link in task["links"]]
    proposed = {(link["url"], link["suggestion"]) for link in links if "suggestion" in link}
    fixed = {(one["from"], one["to"]) for one in fix("--json").json["fixed"]}
    assert proposed == fixed == {(OLD, NEW), (MARKET, MOVED_MARKET)}


def test_items_that_were_enriched_in_place_are_mended_and_enriched_again(
    command: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    tmp_path: Path,
) -> None:
    words = (items, "-o", tmp_path / "in-place")
    before = (items / "bridge.md").read_bytes()
    run_crawler("run", *words, "--in-place", web=web)
    assert command("fix", *words, "--write").code == 0
    run_crawler("run", *words, "--in-place", web=web)
    assert command("strip", *words, "--write").code == 0
    expected = before.replace(f'Url: "{OLD}"'.encode(), f'Url: "{NEW}"'.encode())
    assert (items / "bridge.md").read_bytes() == expected.replace(
        f'webUrl: "{MARKET}"'.encode(), f'webUrl: "{MOVED_MARKET}"'.encode()
    )


def test_it_does_not_write_while_a_run_does_and_needs_a_ledger(
    fix: Callable[..., Outcome], command: Callable[..., Outcome], items: Path, tmp_path: Path
) -> None:
    with FileLock(Layout(tmp_path / "output").lock):
        assert fix("--write").code == 2
        assert fix().code == 0
    assert command("fix", items, "-o", tmp_path / "none").code == 2
    written = tmp_path / "output/items"
    refused = command("fix", written, "-o", tmp_path / "output", "--write")
    assert refused.code == 2
    assert f"{written} is what runs wrote into" in refused.stderr
    assert not (tmp_path / "none").exists()


def test_clean_takes_away_what_only_the_earlier_address_needed(
    fix: Callable[..., Outcome],
    command: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    tmp_path: Path,
) -> None:
    output = tmp_path / "output"
    before = {path.relative_to(output).as_posix() for path in (output / "sources").rglob("*.md")}
    fix("--write")
    run_crawler("run", items, "-o", output, web=web)
    cleaned = command("clean", items, "-o", output, "--write", "--json")
    removed = {one["file"] for one in cleaned.json["removed"]}
    assert len(removed) == 1
    assert removed <= before
    assert all(name.startswith("sources/market.example/hall-") for name in removed)
    assert command("clean", items, "-o", output, "--json").json["removed"] == []
    words = ("run", items, "-o", output, "--json")
    assert run_crawler(*words, web=web).json["files"]["written"] == 0
