"""Items that are made of WARC files."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path, article_html: Callable[..., str]) -> Path:
    """A file such as Common Crawl's CC-NEWS: pages of several hosts."""
    path = tmp_path / "news.warc.gz"
    pages = [
        ("https://www.news.example/bridge-stays", "200 OK", "text/html"),
        ("https://www.news.example/", "200 OK", "text/html"),
        ("https://www.news.example/feed", "200 OK", "application/rss+xml"),
        ("https://www.news.example/gone", "404 Not Found", "text/html"),
        ("http://www.news.example/bridge-stays?utm_source=x", "200 OK", "text/html"),
        ("https://other.example/market", "200 OK", "text/html"),
        ("https://known.example/known", "200 OK", "text/html"),
    ]
    with path.open("wb") as stream:
        writer = WARCWriter(stream)
        for url, status, kind in pages:
            body = article_html(title=url).encode()
            head = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=head,
                warc_headers_dict={"WARC-Date": "2024-05-14T08:30:00Z"},
            )
            writer.write_record(record)
    return path


def source_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8").split("---\n")[1])["enrichment"]["source"]


def test_pages_of_a_host_become_items_that_are_enriched_from_the_file(
    discover: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    tmp_path: Path,
    file: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "mine", original_url="https://known.example/known")
    done = discover("warc", file, "--host", "news.example", "--host", "known.example")
    assert done.code == 0, done.stderr
    assert done.json["discovery"] == {
        "asked": {"ok": 1},
        "created": 1,
        "known": 2,
        "unusable": 0,
        "left": 0,
    }
    assert sorted(path.name for path in items.iterdir()) == [
        "2024-05-14-bridge-stays.md",
        "mine.md",
    ]
    assert done.json["sources"]["visited"] == {"ok": 2}
    enriched = tmp_path / "output" / "items"
    assert source_of(enriched / "2024-05-14-bridge-stays.md")["state"] == "ok"
    assert source_of(enriched / "mine.md")["fetchedDateTime"] == "2024-05-14T08:30:00Z"
    assert web.requests == []


def test_scrapy_crawls_archives_too_and_without_hosts_creates_nothing(
    items: Path, tmp_path: Path, file: Path, write_item: Callable[..., Path]
) -> None:
    write_item(items, "mine", original_url="https://known.example/known")
    pairs = (f"replay={file}", f"items={items}", f"output={tmp_path / 'output'}", "_job=1")
    words = [word for pair in pairs for word in ("-a", pair)]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "warc", *words],
        cwd=PROJECT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "'crawler/state/ok': 1" in done.stderr
    assert [path.name for path in items.iterdir()] == ["mine.md"]
    assert source_of(tmp_path / "output" / "items" / "mine.md")["state"] == "ok"


def test_a_host_that_is_none_is_told(discover: Callable[..., Outcome], file: Path) -> None:
    done = discover("warc", file, "--host", "https://news.example/")
    assert done.code == 2
    assert "is no host name" in done.stderr
