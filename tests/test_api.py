"""The public Python API."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import crawler
from crawler import ItemError, RunError, State, extract_article, read_item, run
from crawler.options import OptionError
from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
QUICK = {"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0}


@pytest.fixture
def through_web(web: LocalWeb, monkeypatch: pytest.MonkeyPatch) -> LocalWeb:
    """A web that this process and its children see as the whole internet."""
    wanted = environment(web)
    for name in (*_proxy_names(), "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        if name in wanted:
            monkeypatch.setenv(name, wanted[name])
    return web


def _proxy_names() -> list[str]:
    names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]
    return [*names, *(name.upper() for name in names)]


@pytest.mark.parametrize("name", crawler.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(crawler, name)
    assert value.__name__ == name
    assert inspect.getdoc(value)


def test_a_name_that_is_not_public_is_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        crawler.nothing  # noqa: B018  # the look-up is what is tested


def test_what_is_not_used_is_not_loaded() -> None:
    script = (
        "import sys, crawler; crawler.read_item; "
        "print([name for name in ('scrapy', 'trafilatura', 'typer') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_article_is_extracted_from_text_and_from_bytes(
    article_html: Callable[..., str],
) -> None:
    html = article_html(title="Brücke")
    from_text = extract_article(html, NEWS)
    assert from_text.title == "Brücke"
    assert "Engineers had reported in spring" in from_text.markdown
    assert extract_article(html.encode(), NEWS) == from_text
    assert extract_article(html.encode("utf-16"), NEWS) == from_text


def test_an_item_is_read(tmp_path: Path, write_item: Callable[..., Path]) -> None:
    path = write_item(tmp_path, "a", original_url=NEWS, related=["http://other.example/a"])
    item = read_item(path)
    assert item.source.urls == (NEWS,)
    assert [link.web_url for link in item.related] == ["http://other.example/a"]
    assert item.data["title"] == "The old footbridge stays open"


def test_a_bad_item_says_where_and_why(tmp_path: Path) -> None:
    path = tmp_path / "bad.md"
    path.write_text("---\ntitle: a\noriginalUrl: 7\n---\n")
    with pytest.raises(ItemError) as caught:
        read_item(path)
    problem = caught.value.problem
    assert (problem.file, problem.line) == (str(path), 3)
    assert str(caught.value) == f"{path}:3: originalUrl is not a text"


def test_a_run_can_be_made_twice_in_one_process(
    through_web: LocalWeb,
    tmp_path: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    through_web.page(NEWS, article_html())
    path = write_item(tmp_path / "items", "a", original_url=NEWS)
    output = tmp_path / "output"

    first = run(path, output, settings=QUICK)
    assert first.ended == "finished"
    assert first.visited == {State.OK: 1}
    assert first.held == {State.OK: 1}
    assert (first.items, first.due, first.done, first.failed, first.written) == (1, 1, 1, 0, 1)
    assert list(first.hosts) == ["news.example"]
    assert (output / "items" / "a.md").exists()

    through_web.forget()
    folders = [str(tmp_path / "items")]
    second = run(folders, str(output), only=["a.*"], settings=QUICK)
    assert (second.items, second.due, second.written, second.unchanged) == (1, 0, 0, 1)
    assert through_web.requests == []


def test_a_run_that_cannot_be_done_says_so(
    through_web: LocalWeb, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RunError, match="exit code 2"):
        run(tmp_path / "nowhere", tmp_path / "output")
    assert "nowhere: No such file or directory" in capfd.readouterr().err


def test_an_option_that_makes_no_sense_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no state 'lost'"):
        run(tmp_path, tmp_path / "output", retry=["lost"])
    with pytest.raises(OptionError, match="limit"):
        run(tmp_path, tmp_path / "output", limit=0)
    assert not (tmp_path / "output").exists()
