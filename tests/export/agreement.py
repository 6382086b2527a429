"""Enriched files and exports read by others' means, to be compared field by field."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import duckdb
from pyarrow import parquet
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[dict[str, Any]]

BLOCK = re.compile(r"^enrichment:\n(?: .*\n)+", re.MULTILINE)
ARTICLE = re.compile(r"<!-- article:begin \S+ -->\n(?P<text>.*)\n<!-- article:end -->\n", re.DOTALL)
NOT_EXPORTED = {"schema", "digest", "itemDigest"}
FORMULA = re.compile("'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def rows_of_files(items: Path, sources: Path, *, prefix: str = "items/") -> dict[str, Rows]:
    """What the files say, by YAML 1.2 and regular expressions."""
    articles: Rows = []
    links: Rows = []
    for file in sorted(items.rglob("*.md")):
        text = file.read_text("utf-8").replace("\r\n", "\n")
        found = BLOCK.findall(text)
        block = YAML(typ="safe").load(found[-1])["enrichment"]
        name = {"itemFile": f"{prefix}{file.relative_to(items).as_posix()}"}
        added = {key: block[key] for key in ("topics", "filled") if key in block}
        source = block.get("source", {})
        links.append(name | source | added)
        for position, entry in enumerate(block.get("related", [])):
            links.append(name | {"position": position} | entry)
        if "textFile" in source:
            article = {key: source[key] for key in source if key != "conflicts"}
            article |= {key: block[key] for key in ("cluster", "topics") if key in block}
            (body,) = ARTICLE.findall(text)
            articles.append(article | {"text": body.strip("\n")})
    for file in sorted(sources.rglob("*.md")):
        _, front, body = file.read_text("utf-8").split("---\n", 2)
        fields = YAML(typ="safe").load(front)
        article = {key: fields[key] for key in fields if key not in NOT_EXPORTED}
        name = {"textFile": f"sources/{file.relative_to(sources).as_posix()}"}
        articles.append(name | article | {"text": body.strip("\n")})
    return {"articles": in_order(articles), "links": in_order(links)}


def in_order(rows: Rows) -> Rows:
    def place(row: dict[str, Any]) -> tuple[str, int]:
        return row.get("itemFile") or row["textFile"], row.get("position", -1)

    return sorted(rows, key=place)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def read_jsonl(file: Path) -> Rows:
    return [json.loads(line) for line in file.read_text("utf-8").split("\n")[:-1]]


def read_parquet(file: Path) -> Rows:
    rows: Rows = parquet.read_table(file).to_pylist()
    return rows


def read_by_duckdb(file: Path) -> Rows:
    """The rows as DuckDB has them, of JSON lines or Parquet; texts stay texts."""
    options = ", convert_strings_to_integers=false, timestampformat='x', dateformat='x'"
    table = f"read_json('{file}'{options})" if file.suffix == ".jsonl" else f"'{file}'"
    with duckdb.connect() as connection:
        told = connection.sql(f"SELECT to_json(r)::VARCHAR FROM {table} r").fetchall()
    return [json.loads(text) for (text,) in told]


def read_csv(file: Path, types: dict[str, Any]) -> Rows:
    """The rows of a CSV file, its apostrophes taken away and its cells read by their columns."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, strict=True))
    return [{name: _value(cell, types[name]) for name, cell in row.items() if cell} for row in rows]


def _value(cell: str, kind: Any) -> Any:
    if kind is str:
        return cell[1:] if FORMULA.match(cell) else cell
    return json.loads(cell)
