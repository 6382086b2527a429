"""Sites of enriched items, built by real generators with the files of docs/publish.md."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

GUIDE = (Path(__file__).parents[2] / "docs/publish.md").read_text("utf-8")
BLOCK = re.compile(
    r"^```\w+\n(?:#|//|<!--) (?P<file>[\w./-]+?)(?: -->)?\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
COMMAND = re.compile(r"^    crawler run (?P<items>\S+) --in-place -o output$", re.MULTILINE)
SITE = "http://news.example"
OF_THE_ARTICLE: Final = "Only the article says this of the bridge."


@pytest.fixture
def site(
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
) -> Callable[..., Path]:
    """Make the site of a generator, with an item that a run has enriched in place."""

    def make(name: str, *, settings_of_the_guide: bool = True) -> Path:
        folder = tmp_path / name
        items = {"jekyll": "_news", "hugo": "content/news", "eleventy": "news"}[name]
        assert items in COMMAND.findall(GUIDE)
        for file, text in BLOCK.findall(GUIDE):
            if file.startswith(f"{name}/") and (
                settings_of_the_guide or not file.endswith("_config.yml")
            ):
                path = tmp_path / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        text = [OF_THE_ARTICLE, "The council of Upper Mill met on Monday, and then again."] * 8
        title = "Page {{ 1 }} <b> & the “bridge”"
        web.page(f"{SITE}/a", article_html(title=title, paragraphs=text))
        web.page(f"{SITE}/b", article_html(title="Behind it"))
        write_item(
            folder / items,
            "2024-05-14-bridge",
            original_url=f"{SITE}/a",
            related=[f"{SITE}/b", f"{SITE}/gone"],
            body="My own words of it.\n",
            title="The item",
            date="2024-05-14",
        )
        done = run_crawler("run", items, "--in-place", "-o", "output", web=web, cwd=folder)
        assert done.code == 0, done.stderr
        assert list((folder / "output/sources").rglob("*.md"))
        return folder

    return make


def build(folder: Path, program: str, *words: str) -> dict[str, str]:
    """Build a site; return its pages by their paths. Skips the test without the program."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        [found, *words], cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    root = folder / ("public" if program == "hugo" else "_site")
    return {
        page.relative_to(root).as_posix(): page.read_text("utf-8") for page in root.rglob("*.html")
    }


def check(pages: dict[str, str], *, has_article: bool) -> None:
    """See the item with what was added to it, and no page of a source."""
    [(name, page)] = [(name, page) for name, page in pages.items() if "bridge" in name]
    assert not [other for other in pages if "output" in other or "sources" in other]
    assert len(pages) == 1, name
    assert "<h1>The item</h1>" in page
    assert "My own words of it." in page
    assert re.search(r'<p class="source">\s*<a href="http://news.example/a">Page', page)
    assert "The Example Courier" in page
    assert f'<a href="{SITE}/b">Behind it</a>' in page
    assert f'<a href="{SITE}/gone">{SITE}/gone</a>' in page
    assert (OF_THE_ARTICLE in page) is has_article
    assert "<b>" not in page


def test_jekyll_shows_the_item_with_its_article_and_no_source(site: Callable[..., Path]) -> None:
    pages = build(site("jekyll"), "jekyll", "build", "--quiet")
    check(pages, has_article=True)
    assert "(lost)" in next(iter(pages.values()))


def test_jekyll_without_the_guide_publishes_the_sources(site: Callable[..., Path]) -> None:
    pages = build(site("jekyll", settings_of_the_guide=False), "jekyll", "build", "--quiet")
    assert [name for name in pages if name.startswith("output/sources/")]


def test_hugo_shows_the_item_with_its_article_and_no_source(site: Callable[..., Path]) -> None:
    folder = site("hugo")
    shutil.copyfile(folder / "hugo.toml", folder / "config.toml")  # for older ones
    check(build(folder, "hugo", "--quiet"), has_article=True)


def test_eleventy_shows_the_item_and_no_source(site: Callable[..., Path]) -> None:
    check(build(site("eleventy"), "eleventy", "--quiet"), has_article=False)


def test_the_ledger_is_not_for_git(site: Callable[..., Path]) -> None:
    folder = site("hugo")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    told = subprocess.run(
        ["git", "status", "--porcelain", "-uall"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ".crawler" not in told
    assert "output/sources/" in told
