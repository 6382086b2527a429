"""The package in docs/examples/page_object: its own tests, and a crawl with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "page_object"
FERRY = EXAMPLE / "fixtures" / "harbour_pages.HarbourPage" / "ferry"
NEWS = "http://harbour.example/ferry"


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLE))


def test_its_own_fixtures_pass_without_the_network(tmp_path: Path) -> None:
    cache = tmp_path / "suffixes"
    options = ("-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(EXAMPLE))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "fixtures"],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE), "TLDEXTRACT_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert not cache.exists()  # nobody has downloaded a list of suffixes


@pytest.mark.usefixtures("importable")
def test_a_crawl_reads_pages_by_it(
    web: LocalWeb,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    write_item(items, "a", original_url=NEWS)
    web.page(NEWS, (FERRY / "inputs" / "HttpResponse-body.html").read_text())
    settings = {"CRAWLER_PAGE_OBJECTS": "harbour_pages"}
    outcome = run_crawler("run", items, "-o", output, web=web, settings=settings)
    assert outcome.code == 0, outcome.stderr
    (held,) = run_crawler("explain", NEWS, "-o", output, "--json").json["sources"]
    fields = {one["field"]: (one["value"], one["origin"]) for one in held["held"]["fields"]}
    assert fields["title"] == ("The night ferry sails again", "page-object")
    assert fields["authors"] == (["Ines Calder", "Omar Lindqvist"], "page-object")
    text = next((output / "items").rglob("*.md")).read_text()
    assert "There were forty passengers" in text
    assert "Subscribe" not in text


@pytest.mark.usefixtures("importable")
def test_a_trial_shows_what_it_changes_and_keeps_that(
    run_crawler: Callable[..., Outcome], tmp_path: Path
) -> None:
    page = FERRY / "inputs" / "HttpResponse-body.html"
    settings = {"CRAWLER_PAGE_OBJECTS": "harbour_pages"}
    words = ("try", page, "--url", NEWS, "--json", "--save", tmp_path)
    tried = run_crawler(*words, settings=settings)
    assert tried.code == 0, tried.stderr
    assert tried.json["pageObject"] == "harbour_pages.HarbourPage"
    (title,) = (row for row in tried.json["fields"] if row["field"] == "title")
    assert title["origin"] == "page-object"
    assert title["default"] == {"value": "Harbour Post", "origin": "html"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", tmp_path, tmp_path],
        env={**os.environ, "PYTHONPATH": str(EXAMPLE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout


def test_a_package_that_cannot_be_imported_ends_a_run_before_it_has_begun(
    run_crawler: Callable[..., Outcome], write_item: Callable[..., Path], tmp_path: Path
) -> None:
    write_item(tmp_path / "items", "a", original_url=NEWS)
    settings = {"CRAWLER_PAGE_OBJECTS": "nobodys_pages"}
    words = ("run", tmp_path / "items", "-o", tmp_path / "output")
    outcome = run_crawler(*words, settings=settings)
    assert outcome.code == 2
    told = (
        "crawler: CRAWLER_PAGE_OBJECTS: nobodys_pages: ImportError: Module nobodys_pages not found"
    )
    assert outcome.stderr.strip() == told


def test_the_docs_show_the_example_as_it_is() -> None:
    source = (EXAMPLE / "harbour_pages" / "__init__.py").read_text()
    code = source[source.index("from crawler.") :]
    assert f"```python\n{code}```" in (EXAMPLE.parents[1] / "page-objects.md").read_text()
