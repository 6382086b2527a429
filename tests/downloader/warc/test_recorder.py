"""Crawls that are recorded, and read again from the record."""

from __future__ import annotations

import gzip
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

PAGE = "https://news.example/bridge"
OTHER = "http://other.example/market"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "out.warc.gz"


@pytest.fixture
def record(
    tmp_path: Path, web: LocalWeb, file: Path, run_crawler: Callable[..., Outcome]
) -> Callable[..., Outcome]:
    def run(*words: object, output: str = "output", **settings: object) -> Outcome:
        folders = (tmp_path / "items", "-o", tmp_path / output)
        words = ("--json", "--record", file, *words)
        return run_crawler("run", *folders, *words, web=web, settings=settings)

    return run


def records(file: Path) -> list[Any]:
    """Type, URL, head and payload of each record but warcinfo, with their digests checked."""
    found = []
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            if record.rec_type != "warcinfo":
                url = record.rec_headers.get_header("WARC-Target-URI")
                found.append((record.rec_type, url, record.http_headers, record.raw_stream.read()))
    return found


def test_a_crawl_is_read_again_from_its_record_without_a_network(
    record: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    web: LocalWeb,
    file: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    packed = gzip.compress(article_html().encode())
    web.redirect("http://news.example/old", PAGE)
    web.page(PAGE, packed, headers={"Content-Encoding": "gzip"})
    web.page(OTHER, article_html(title="Market"))
    lost, pdf = "http://other.example/lost", "http://pdf.example/"
    web.page(pdf, b"%PDF-", headers={"Content-Type": "application/pdf"})
    related = [OTHER, lost, pdf]
    write_item(tmp_path / "items", "a", original_url="http://news.example/old", related=related)

    first = record()
    words = ("-o", tmp_path / "again", "--json", "--replay", file)
    again = run_crawler("run", tmp_path / "items", *words)

    assert first.json["sources"]["visited"] == {"ok": 2, "not-found": 1, "not-html": 1}
    assert again.json["sources"]["visited"] == first.json["sources"]["visited"], again.stderr
    texts = [
        (tmp_path / folder / "items" / "a.md").read_text("utf-8") for folder in ("output", "again")
    ]
    assert _without_times(texts[0]) == _without_times(texts[1])
    answers = {url: payload for kind, url, _, payload in records(file) if kind == "response"}
    assert answers[PAGE] == packed  # as it was on the wire
    assert "https://news.example/robots.txt" in {url for _, url, _, _ in records(file)}
    with file.open("rb") as stream:
        kinds = [record.headers["WARC-Type"] for record in FastIterator(stream)]
    assert kinds.count("request") == len(web.requests)


def test_no_site_is_asked_twice_for_what_is_recorded_once(
    record: Callable[..., Outcome],
    web: LocalWeb,
    file: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    for number in range(40):  # what is stopped at its headers, and then what could follow it
        pdf, page = f"http://s{number}.example/pdf", f"http://s{number}.example/page"
        web.page(pdf, b"%PDF-", headers={"Content-Type": "application/pdf"})
        web.page(page, article_html())
        write_item(tmp_path / "items", f"{number}", original_url=pdf, related=[page])
    record()
    asked = [request.url for request in web.requests]
    assert sorted(asked) == sorted(set(asked))
    assert sorted(url for kind, url, _, _ in records(file) if kind == "request") == sorted(asked)


def _without_times(text: str) -> list[str]:
    return [line for line in text.splitlines() if "fetchedDateTime" not in line]


def test_requests_are_told_as_sent_but_for_what_the_proxy_is_told(
    record: Callable[..., Outcome],
    web: LocalWeb,
    file: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_item(tmp_path / "items", "a", original_url=f"{OTHER}?a=1")
    web.page(f"{OTHER}?a=1", article_html())
    with_password = web.proxy_url.replace("http://", "http://me:secret@")
    monkeypatch.setattr(type(web), "proxy_url", property(lambda _: with_password))
    assert record().code == 0
    head = next(head for kind, url, head, _ in records(file) if kind == "request" and "?a=1" in url)
    assert head.protocol + " " + head.statusline == "GET /market?a=1 HTTP/1.1"
    assert head.get_header("Host") == "other.example"
    assert "frontmatter-crawler" in head.get_header("User-Agent")
    assert head.get_header("Proxy-Authorization") is None
    assert b"secret" not in gzip.decompress(file.read_bytes())


def test_the_address_of_a_site_is_kept_where_it_was_asked_directly(
    run_crawler: Callable[..., Outcome],
    web: LocalWeb,
    file: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(tmp_path / "items", "a", original_url=web.url("/a?b=1"))
    web.page("/a?b=1", article_html())
    words = ("run", tmp_path / "items", "-o", tmp_path / "output", "--record", file)
    done = run_crawler(*words, settings={"CRAWLER_ALLOWED_NETWORKS": "127.0.0.0/8"})
    assert done.code == 0, done.stderr
    with file.open("rb") as stream:
        heads = [dict(record.rec_headers.headers) for record in ArchiveIterator(stream)]
    addresses = [head.get("WARC-IP-Address") for head in heads if head["WARC-Type"] == "response"]
    assert addresses == ["127.0.0.1", "127.0.0.1"]


def test_a_page_that_has_not_changed_is_a_revisit_and_read_as_the_page_it_was(
    record: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    web: LocalWeb,
    file: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(tmp_path / "items", "a", original_url=OTHER)
    web.page(OTHER, article_html(), headers={"ETag": '"1"'})
    record()
    assert record("--older-than", "0s").json["sources"]["visited"] == {"not-modified": 1}
    kinds = [kind for kind, url, _, _ in records(file) if url == OTHER and kind != "request"]
    assert kinds == ["response", "revisit"]
    words = ("-o", tmp_path / "again", "--json", "--replay", file)
    again = run_crawler("run", tmp_path / "items", *words)
    assert again.json["sources"]["visited"] == {"ok": 1}


def test_what_the_guard_refused_is_not_in_the_record(
    record: Callable[..., Outcome],
    web: LocalWeb,
    file: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    inside = "http://10.1.2.3/secret"
    write_item(tmp_path / "items", "a", original_url=inside, related=[OTHER])
    web.page(OTHER, article_html())
    done = record()
    assert done.json["sources"]["visited"] == {"blocked-address": 1, "ok": 1}
    assert {url for _, url, _, _ in records(file)} == {
        OTHER,
        "http://other.example/robots.txt",
    }


def test_a_record_that_cannot_be_written_ends_the_run_and_no_source_is_to_blame(
    record: Callable[..., Outcome],
    web: LocalWeb,
    file: Path,
    tmp_path: Path,
    write_item: Callable[..., Path],
) -> None:
    file.mkdir()
    write_item(tmp_path / "items", "a", original_url=OTHER)
    done = record()
    assert done.code == 2
    assert "out.warc.gz cannot be written" in done.stderr
    assert not list((tmp_path / "output").rglob("*.md"))


def test_a_record_needs_a_name_that_says_what_it_is(
    run_crawler: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "items").mkdir()
    done = run_crawler("run", tmp_path / "items", "--record", tmp_path / "out.txt", cwd=tmp_path)
    assert done.code == 2
    assert "does not end in .warc.gz" in done.stderr


def test_a_crawl_that_is_killed_has_recorded_all_that_its_ledger_knows(
    web: LocalWeb,
    file: Path,
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    record: Callable[..., Outcome],
) -> None:
    for number in range(40):
        url = f"http://s{number}.example/"
        write_item(tmp_path / "items", f"{number:02}", original_url=url)
        web.page(url, article_html(title=f"Number {number}"), delay=0.05)
    words = ("run", tmp_path / "items", "-o", tmp_path / "output", "--record", file)
    with subprocess.Popen(
        arguments(*words), env=environment(web), stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 30
        while len(list((tmp_path / "output").rglob("*.md"))) < 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    written = {path.name for path in (tmp_path / "output" / "items").glob("*.md")}
    done = record()  # opens it again, and goes on
    assert done.json["sources"]["due"] <= 40 - len(written)
    pages = {url for kind, url, _, _ in records(file) if kind in {"response", "revisit"}}
    assert {f"http://s{number}.example/" for number in range(40)} <= pages
