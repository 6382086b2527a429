"""Runs over links, and over names that some file system, shell or site generator trips over."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from crawler.items.item import read_item

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

SAFE = re.compile(r"[a-z0-9][a-z0-9-]{0,99}(\.(md|markdown))?")
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


def files_below(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and ".crawler" not in path.parts
    )


def test_items_in_a_folder_that_is_a_link_are_enriched(
    add_item: Callable[..., Path], crawl: Callable[..., Outcome], items: Path, output: Path
) -> None:
    real = items.rename(items.with_name("real"))
    items.symlink_to(real, target_is_directory=True)
    add_item("a")
    (items / "linked").symlink_to(real, target_is_directory=True)  # would never end
    assert crawl().code == 0
    assert files_below(output) == ["items/a.md"]
    assert crawl("--in-place").code == 0
    assert "article:begin" in (real / "a.md").read_text()


def test_an_item_that_is_a_link_to_elsewhere_is_not_written_in_place(
    add_item: Callable[..., Path], crawl: Callable[..., Outcome], items: Path, tmp_path: Path
) -> None:
    elsewhere = add_item("precious", folder=tmp_path / "elsewhere")
    precious = elsewhere.read_bytes()
    (items / "link.md").symlink_to(elsewhere)
    good = add_item("z")
    outcome = crawl("--in-place")
    assert outcome.code == 1
    assert elsewhere.read_bytes() == precious
    assert "article:begin" in good.read_text()
    (problem,) = outcome.json["problems"]
    assert problem.startswith(f"{items / 'link.md'}:1: not written: ")
    assert str(items / "link.md") in outcome.stderr


@pytest.mark.parametrize("link", ["items", "items/sub", "items/a.md", "sources"])
def test_a_link_in_the_output_folder_leads_nowhere(
    link: str,
    web: LocalWeb,
    article_html: Callable[..., str],
    add_item: Callable[..., Path],
    crawl: Callable[..., Outcome],
    output: Path,
    tmp_path: Path,
) -> None:
    web.page("http://related.example/b", article_html())
    add_item("a", related=["http://related.example/b"])
    add_item("sub/a")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("precious")
    (output / link).parent.mkdir(parents=True)
    (output / link).symlink_to(outside / "a.md" if link.endswith(".md") else outside)
    outcome = crawl()
    assert outcome.code == 1
    assert files_below(outside) == ["a.md"]
    assert (outside / "a.md").read_text() == "precious"
    problems = outcome.json["problems"]
    assert problems
    assert all(problem.startswith(f"{output / link}") for problem in problems)
    written = [path for path in files_below(output) if path.endswith(".md")]
    missed = {"items": 2, "items/sub": 1, "items/a.md": 1, "sources": 1}[link]
    assert len([name for name in written if not (output / name).is_symlink()]) == 3 - missed
    (output / link).unlink()
    assert crawl().code == 0
    assert len(files_below(output)) == 3


def test_names_that_differ_only_in_case_or_form_stay_apart_on_every_file_system(
    add_item: Callable[..., Path], crawl: Callable[..., Outcome], output: Path
) -> None:
    names = ["News", "news", "NEWS", "news.MD", "Sub/a", "sub/a", "SUB/A", "\u00e9", "e\u0301"]
    items = [add_item(name) for name in names]
    if len({path.stat().st_ino for path in items}) < len(items):
        pytest.skip("this file system does not tell such names apart")
    outcome = crawl()
    assert outcome.code == 0, outcome.stderr
    written = files_below(output / "items")
    assert len({name.casefold() for name in written}) == len(names)
    originals = {read_item(output / "items" / name).text for name in written}
    assert originals == {path.read_text() for path in items}
    assert crawl().json["files"]["written"] == 0


def test_every_name_becomes_one_that_is_safe_everywhere(
    add_item: Callable[..., Path], crawl: Callable[..., Outcome], items: Path, output: Path
) -> None:
    names = ["CON", "nul", "aux.x", "COM1", "lpt9", "con/nul", "_config", "_layouts/default"]
    names += [
        "-rf",
        "--force",
        "a b",
        "a\nb",
        "a\tb",
        "\u202egnp.exe",
        "{{ site.title }}",
        "{% x %}",
    ]
    names += [
        "a'b\"c`d$(id)",
        "a;b|c&d>e",
        "a:b",
        "a?b*c",
        "a\\b",
        "a.",
        "a..b",
        "~",
        "%2e",
    ]
    names += ["日本語", "x" * 252, "日" * 84, "f" * 255 + "/a", "<script>alert(1)<"]
    for name in names:
        add_item(f"{name}.md")
    (items / "_config.yml").write_text("title: Mine\n")
    (items / "Gemfile").write_text("gem 'jekyll'\n")
    bad = os.fsencode(items) + b"/\xff\xfe.md"
    with open(bad, "wb") as file:  # noqa: PTH123 - such a name is no text
        file.write(b"---\n---\n")
    outcome = crawl()
    assert outcome.json["files"]["failed"] == 0
    assert outcome.json["items"]["selected"] == len(names)
    (problem,) = outcome.json["problems"]
    assert problem.endswith("the name is not UTF-8")
    written = files_below(output / "items")
    assert len({name.casefold() for name in written}) == len(names)
    for name in written:
        for segment in name.split("/"):
            assert SAFE.fullmatch(segment)
            assert not re.match(r"(con|nul|aux|prn|com\d|lpt\d)(\.|$)", segment)
    assert not (output / "items" / "_config.yml").exists()


def test_addresses_give_safe_file_names(
    web: LocalWeb,
    add_item: Callable[..., Path],
    article_html: Callable[..., str],
    crawl: Callable[..., Outcome],
    output: Path,
) -> None:
    paths = [
        "_config.yml",
        "CON",
        "nul.md",
        "a/..%2f..%2fetc%2fpasswd",
        "%00",
        "x" * 1_500,
        "a%0Ab",
    ]
    paths += [
        "%7B%7Bx%7D%7D",
        "-rf",
        "%E6%97%A5",
        ".htaccess",
        "index.html",
        "A-b",
        "a-b",
        "a-B?c",
        "a-b?C",
    ]
    urls = [f"http://related.example/{path}" for path in paths]
    urls += ["http://con.example/a", "http://xn--mnchen-3ya.example/a"]
    for url in urls:
        web.page(url, article_html())
    add_item("a", related=urls)
    outcome = crawl()
    assert outcome.code == 0, outcome.stderr
    written = files_below(output / "sources")
    assert len({name.casefold() for name in written}) == len(urls)
    for name in written:
        folder, file = name.split("/")
        assert DOMAIN.fullmatch(folder)
        assert not folder.startswith("con.")
        assert SAFE.fullmatch(file)


@pytest.mark.parametrize("name", ["x" * 300, "a/" * 3_000], ids=["name", "path"])
@pytest.mark.parametrize("place", ["items", "output"])
def test_a_path_that_no_file_can_have_is_told_in_one_line(
    name: str,
    place: str,
    add_item: Callable[..., Path],
    items: Path,
    run_crawler: Callable[..., Outcome],
) -> None:
    add_item("a")
    words = [items / name, "-o", items] if place == "items" else [items, "-o", items / name]
    outcome = run_crawler("run", *words)
    assert outcome.code == 2
    assert "Traceback" not in outcome.stderr
    assert "file name too long" in outcome.stderr.lower()
