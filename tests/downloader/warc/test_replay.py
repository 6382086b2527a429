"""Crawls that are answered by WARC files."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

PAGE = "https://news.example/bridge"
TAKEN = "2024-05-20T10:00:00Z"


@pytest.fixture
def warc(tmp_path: Path) -> Callable[..., Path]:
    """Write answers (URL, status line, header fields, body) into a file."""

    def write(
        *answers: tuple[str, str, dict[str, str], bytes], name: str = "pages.warc.gz"
    ) -> Path:
        path = tmp_path / name
        with path.open("wb") as file:
            writer = WARCWriter(file, warc_version="1.1")
            for url, status, fields, body in answers:
                record = writer.create_warc_record(
                    url,
                    "response",
                    payload=BytesIO(body),
                    length=len(body),
                    http_headers=StatusAndHeaders(
                        status, list(fields.items()), protocol="HTTP/1.1"
                    ),
                    warc_headers_dict={"WARC-Date": TAKEN},
                )
                writer.write_record(record)
        return path

    return write


@pytest.fixture
def replay(
    tmp_path: Path, web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> Callable[..., Outcome]:
    """Crawl the items of this test from WARC files, without a contact and without a network."""

    def run(*files: Path, words: tuple[object, ...] = (), **settings: object) -> Outcome:
        archives = [word for file in files for word in ("--replay", file)]
        folders = (tmp_path / "items", "-o", tmp_path / "output")
        done = run_crawler("run", *folders, "--json", *archives, *words, settings=settings)
        assert web.requests == []
        return done

    return run


def entry(tmp_path: Path, name: str) -> dict[str, Any]:
    text = (tmp_path / "output" / "items" / f"{name}.md").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])["enrichment"]["source"]
    return found


def html(text: str, **fields: str) -> tuple[str, dict[str, str], bytes]:
    return "200 OK", {"Content-Type": "text/html; charset=utf-8", **fields}, text.encode()


def test_pages_of_several_files_are_read_as_if_they_came_from_their_sites(
    warc: Callable[..., Path],
    replay: Callable[..., Outcome],
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    moved, other = "http://news.example/old", "http://other.example/market"
    status, fields, body = html(article_html(title="Market"), **{"Content-Encoding": "gzip"})
    first = warc(
        (moved, "301 Moved", {"Location": PAGE}, b""),
        (PAGE, *html(article_html())),
        ("https://news.example/robots.txt", "200 OK", {}, b"User-agent: *\nDisallow: /"),
        name="1.warc.gz",
    )
    second = warc((other, status, fields, gzip.compress(body)), name="2.warc.gz")
    write_item(tmp_path / "items", "a", original_url=moved, related=[other])

    done = replay(first, second)

    assert done.json["sources"]["visited"] == {"ok": 2}, done.stderr
    source = entry(tmp_path, "a")
    assert source["finalUrl"] == PAGE
    assert source["fetchedDateTime"] == TAKEN
    assert "old footbridge" in (tmp_path / "output" / "items" / "a.md").read_text("utf-8")
    assert done.code == 0


def test_what_is_not_in_the_files_ends_as_not_recorded_and_harms_nothing_held(
    warc: Callable[..., Path],
    replay: Callable[..., Outcome],
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(tmp_path / "items", "a", original_url=PAGE)
    write_item(tmp_path / "items", "b", original_url="http://absent.example/")
    file = warc((PAGE, *html(article_html())))

    done = replay(file)

    assert done.json["sources"]["visited"] == {"ok": 1, "not-recorded": 1}
    assert entry(tmp_path, "b")["state"] == "not-recorded"
    assert entry(tmp_path, "b")["detail"] == "the WARC files have no answer for this URL"
    held = (tmp_path / "output" / "items" / "a.md").read_bytes()
    again = replay(warc(("http://x.example/", *html("x"))), words=("--force",))
    assert again.json["sources"]["visited"] == {"not-recorded": 2}
    assert (tmp_path / "output" / "items" / "a.md").read_bytes() == held


def test_failures_are_told_as_recorded_without_a_pause_or_a_second_try(
    warc: Callable[..., Path],
    replay: Callable[..., Outcome],
    tmp_path: Path,
    write_item: Callable[..., Path],
) -> None:
    urls = [f"http://busy.example/{number}" for number in range(8)]
    busy = ("503 Busy", {"Retry-After": "60", "Content-Type": "text/html"}, b"wait")
    large = ("200 OK", {"Content-Type": "text/html"}, b"x" * 3000)
    pdf = ("200 OK", {"Content-Type": "application/pdf"}, b"%PDF-")
    file = warc(
        *((url, *busy) for url in urls),
        ("http://large.example/", *large),
        ("http://pdf.example/", *pdf),
    )
    related = [*urls[1:], "http://large.example/", "http://pdf.example/"]
    write_item(tmp_path / "items", "a", original_url=urls[0], related=related)
    done = replay(
        file, DOWNLOAD_MAXSIZE=2000, DOWNLOAD_DELAY=30, RETRY_TIMES=2, CRAWLER_WAYBACK="wayback"
    )
    assert done.json["sources"]["visited"] == {
        "server-error": 8,
        "too-large": 1,
        "not-html": 1,
    }
    assert done.json["seconds"] < 20


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "is not a file"), (b"\x1f\x8b no", "damaged"), (b"letters", "Invalid WARC record")],
)
def test_a_file_that_cannot_be_used_ends_the_run_with_its_name(
    replay: Callable[..., Outcome],
    tmp_path: Path,
    write_item: Callable[..., Path],
    content: bytes | None,
    said: str,
) -> None:
    write_item(tmp_path / "items", "a", original_url=PAGE)
    file = tmp_path / "bad.warc.gz"
    if content is not None:
        file.write_bytes(content)
    done = replay(file)
    assert done.code == 2
    assert said in done.stderr
    assert "bad.warc.gz" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_is_not_answered_and_recorded_at_once(
    warc: Callable[..., Path], replay: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "items").mkdir()
    file = warc((PAGE, *html("x")))
    done = replay(file, words=("--record", tmp_path / "out.warc.gz"))
    assert done.code == 2
    assert "record:" in done.stderr
