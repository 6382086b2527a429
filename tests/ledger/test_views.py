"""The views of the ledger, as other programs read them."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import duckdb_extension_sqlite_scanner
import pytest

from crawler.extraction.article import Article
from crawler.ledger.records import DAMAGE, Attempt, Visit, decode_visit, encode_visit
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

DOCS = Path(__file__).parents[2] / "docs/sql.md"
NEWS, OTHER, LOST = (f"http://{name}.example/a" for name in ("news", "other", "lost"))
OF_FILES = {"lists": ("authors", "keywords", "images"), "flags": ("isAccessibleForFree",)}


@pytest.fixture
def output(
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
) -> Path:
    """An output folder: two items, of whose three links one is lost and one has a Greek text."""
    web.page(NEWS, article_html(image="http://news.example/bridge.png"))
    web.redirect(OTHER, f"{OTHER}/b")
    web.page(f"{OTHER}/b", article_html("Αγορά", paragraphs=["αγορά μεταφέρεται μέσα. " * 20]))
    write_item(tmp_path / "items", "bridge", original_url=NEWS, related=[LOST])
    write_item(tmp_path / "items", "market", original_url=OTHER)
    assert run_crawler("run", tmp_path / "items", "-o", tmp_path / "out", web=web).code == 0
    return tmp_path / "out"


def ledger_of(output: Path) -> Path:
    return output / ".crawler/ledger.sqlite3"


def rows(output: Path, view: str) -> list[dict[str, Any]]:
    with sqlite3.connect(f"file:{ledger_of(output)}?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(f"SELECT * FROM {view}")]


@pytest.mark.parametrize("table", ["articles", "links"])
def test_the_views_agree_with_the_files_field_by_field(
    table: str, output: Path, tmp_path: Path, run_crawler: Callable[..., Outcome]
) -> None:
    assert run_crawler("export", "-o", output, "--to", tmp_path / "export").code == 0
    lines = (tmp_path / f"export/{table}.jsonl").read_text("utf-8").splitlines()
    exported = {row["requestedUrl"]: row for row in map(json.loads, lines)}
    told = {row["requestedUrl"]: row for row in rows(output, table)}
    assert told.keys() == exported.keys() != set()
    compared = 0
    for url, row in told.items():
        for name in row.keys() & exported[url].keys() - {"images", "text"}:
            value = row[name]
            if name in OF_FILES["lists"] and value is not None:
                value = json.loads(value)
            if name in OF_FILES["flags"] and value is not None:
                value = bool(value)
            compared += value is not None
            assert value == exported[url][name], (url, name)
    assert compared > 20


def test_texts_are_texts(output: Path) -> None:
    (greek,) = [row for row in rows(output, "articles") if row["title"] == "Αγορά"]
    assert greek["text"].startswith("αγορά μεταφέρεται μέσα.")
    assert (greek["requestedUrl"], greek["finalUrl"]) == (OTHER, f"{OTHER}/b")
    raw = ledger_of(output).read_bytes()
    assert "αγορά μεταφέρεται".encode() in raw


def test_items_and_runs_are_counted(output: Path) -> None:
    bridge, market = sorted(rows(output, "items"), key=lambda row: str(row["itemFile"]))
    assert (bridge["itemFile"], bridge["links"], bridge["failing"]) == ("items/bridge.md", 2, 1)
    assert (market["itemFile"], market["links"], market["failing"]) == ("items/market.md", 1, 0)
    (run,) = rows(output, "runs")
    assert (run["exitCode"], run["due"], run["good"], run["lost"]) == (0, 3, 2, 1)
    line = (output / ".crawler/runs.jsonl").read_text().strip()
    assert json.loads(run["record"]) == json.loads(line)


def test_the_documentation_has_the_columns(output: Path) -> None:
    named = set(re.findall(r"`(\w+)`", DOCS.read_text()))
    for view in ("sources", "articles", "links", "items"):
        assert rows(output, view)[0].keys() - {"sourceId", "detail"} <= named, view


def test_datasette_shows_them(output: Path) -> None:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("datasette"),
            *(ledger_of(output), "--get", "/ledger/links.json?_shape=array&state=not-found"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (row,) = json.loads(done.stdout)
    assert (row["webUrl"], row["position"], row["itemFile"]) == (LOST, 0, "items/bridge.md")


def test_duckdb_reads_them_as_the_documentation_says(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(output.parent)
    folder = Path(duckdb_extension_sqlite_scanner.__file__).parent
    (extension,) = folder.rglob("*.duckdb_extension")
    ((attach, select),) = re.findall(
        r"```sql\n--[^\n]*\n(ATTACH[^;]*);\n(SELECT[^;]*);", DOCS.read_text()
    )
    with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as db:
        db.execute(f"LOAD '{extension}'")
        db.execute(attach.replace("output/", "out/"))
        found = db.execute(select).fetchall()
        types = dict(row[:2] for row in db.execute("DESCRIBE ledger.articles").fetchall())
    assert sum(count for _, count, _ in found) == 2
    assert types["text"] == types["publishedDateTime"] == "VARCHAR"
    assert types["wordCount"] == "INTEGER"


def stored(text: str) -> tuple[Visit, str]:
    attempt = Attempt("http://n.example/", State.OK, status=200)
    visit = Visit(State.OK, "2026-03-01T12:00:00Z", (attempt,), article=Article(markdown=text))
    return visit, encode_visit(visit)


@pytest.mark.parametrize(
    "text", ["", "plain", 'a "quoted" \\ line\n', "\x1f\u2028", "漢字 \U0001f600"]
)
def test_any_text_comes_back_as_it_was_stored_and_by_sql(text: str) -> None:
    visit, packed = stored(text)
    assert decode_visit(packed) == visit
    with sqlite3.connect(":memory:") as db:
        (told,) = db.execute("SELECT json_extract(?, '$.article.markdown')", (packed,)).fetchone()
    assert (told or "") == text


def test_half_a_character_breaks_no_text() -> None:
    _, packed = stored("a\ud83db")
    held = decode_visit(packed).article
    assert held is not None
    assert held.markdown == "a\ufffdb"


@pytest.mark.parametrize(
    ("part", "harmed"), [("plain", "plaim"), ("crc32", "crc33"), ('"crc32":', '"crc32":1')]
)
def test_a_record_that_is_not_as_it_was_stored_is_damaged(part: str, harmed: str) -> None:
    _, packed = stored("plain")
    with pytest.raises(DAMAGE):
        decode_visit(packed.replace(part, harmed))
