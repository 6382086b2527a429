"""The guide and the example spiders, followed as a new user would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.local_web import LocalWeb

DOCS = Path(__file__).parents[2] / "docs"
SITE = "https://courier.example"
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
LONGEST_LISTING_SPIDER = 15  # lines

pytestmark = pytest.mark.xdist_group("heavy")


def blocks() -> list[tuple[str, str]]:
    text = (DOCS / "spiders.md").read_text("utf-8")
    return [(found["kind"], found["text"]) for found in BLOCK.finditer(text)]


@pytest.fixture
def site(web: LocalWeb, article_html: Callable[..., str]) -> LocalWeb:
    """The site that the guide speaks of."""
    teasers = "".join(
        f'<li class="teaser"><a href="/{name}">On {name}</a></li>' for name in ("bridge", "pond")
    )
    web.page(f"{SITE}/news", f"<ul>{teasers}</ul>")
    web.page(f"{SITE}/sections", "<h1>Sections</h1>")
    json = {"Content-Type": "application/json"}
    web.page(f"{SITE}/api/sport", '[{"link": "/match", "name": "The match"}]', headers=json)
    entries = "".join(
        f"<item><title>{name}</title><link>{SITE}/{name}</link></item>"
        for name in ("fed", "advert/boats")
    )
    rss = f'<rss version="2.0"><channel><title>Feed</title>{entries}</channel></rss>'
    web.page(f"{SITE}/feed", rss, headers={"Content-Type": "application/rss+xml"})
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    locations = f'<urlset xmlns="{schema}"><url><loc>{SITE}/mapped</loc></url></urlset>'
    web.page(f"{SITE}/sitemap.xml", locations, headers={"Content-Type": "application/xml"})
    for name in ("bridge", "pond", "match", "fed", "mapped"):
        web.page(f"{SITE}/{name}", article_html(title=f"On {name}"))
    return web


def shell(script: str, folder: Path, web: LocalWeb | None = None) -> None:
    known = environment(web)
    env = {name: value for name, value in known.items() if not name.startswith("PYTEST")}
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, script + done.stdout + done.stderr


def names(folder: Path) -> list[str]:
    return sorted(path.name.split("-", 3)[3] for path in folder.glob("*.md"))


@pytest.mark.timeout(400)
@pytest.mark.slow
def test_every_block_of_the_guide_does_what_it_says(tmp_path: Path, site: LocalWeb) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    kinds = [kind for kind, _ in blocks()]
    assert kinds.count("sh") >= 5
    assert set(kinds) == {"sh", "python", "toml"}  # nothing is printed that is not followed
    for kind, text in blocks():
        if kind == "sh":
            shell(text, folder, site)
        else:
            first, _, _ = text.partition("\n")
            assert first.startswith("# "), f"a block says no file: {first}"
            (folder / first.removeprefix("# ")).write_text(text)

    found = names(folder / "output" / "items")
    assert found == ["fed.md", "mapped.md", "on-bridge.md", "on-pond.md", "the-match.md"]
    assert names(folder / "enriched" / "items") == ["on-bridge.md", "on-pond.md"]
    for path in (folder / "output" / "items").glob("*.md"):
        assert 'state: "ok"' in path.read_text("utf-8")


def test_a_complete_spider_for_a_listing_page_takes_few_lines() -> None:
    spider = next(text for kind, text in blocks() if "class NewsSpider" in text)
    lines = spider.splitlines()[1:]  # below the name of its file
    assert len(lines) < LONGEST_LISTING_SPIDER


def test_the_example_spiders_pass_their_tests() -> None:
    shell("pytest -q -p no:cacheprovider -W error", DOCS / "examples")
