"""Who may import what: each library has one home, and only the edges know Scrapy."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
HOMES = {
    "trafilatura": ["crawler/extraction/body/"],
    "resiliparse": ["crawler/extraction/body/"],
    "frontmatter": ["crawler/items/front_matter.py"],
    "tldextract": ["crawler/urls/registered_domain.py"],
    "idna": ["crawler/urls/host.py"],
    "ahocorasick_rs": ["crawler/topics.py"],
    "imagesize": ["crawler/images/size.py"],
    "PIL": ["crawler/images/copies.py"],
    "protego": ["crawler/downloader/robots/rules.py"],
    "pycld2": ["crawler/extraction/metadata/language.py"],
    "msgspec": ["crawler/extraction/pool/", "crawler/export/"],
    "pyarrow": ["crawler/export/tables.py"],
    "feedparser": ["crawler/discovery/xml_feed.py"],
    "warcio": ["crawler/warc/"],
    "rensa": ["crawler/duplicates.py"],
    "watchfiles": ["crawler/watch/file_events.py"],
    "cronsim": ["crawler/watch/schedule.py"],
    "aiohttp": ["crawler/watch/server.py"],
    "prometheus_client": ["crawler/watch/"],
    "playwright": ["crawler/downloader/browser.py", "crawler/downloader/page_answers.py"],
    "web_poet": ["crawler/page_objects.py"],
    "parsel": ["crawler/rules.py"],
    "cssselect": ["crawler/rules.py"],
    "scrapy": [
        "crawler/addon.py",
        "crawler/cli/",
        "crawler/commands/",
        "crawler/crawl/",
        "crawler/downloader/",
        "crawler/settings.py",
        "crawler/spiderloader.py",
        "crawler/spiders/",
    ],
}


def imported_by(source: Path) -> set[str]:
    """Top-level packages that a file imports anywhere, for type checkers, too."""
    packages: set[str] = set()
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            packages.update(name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}:{node.lineno}: a relative import"
            packages.add(str(node.module).partition(".")[0])
    return packages


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    sources = (PROJECT / "crawler").rglob("*.py")
    return {path.relative_to(PROJECT).as_posix(): imported_by(path) for path in sources}


@pytest.mark.parametrize(("library", "homes"), HOMES.items())
def test_a_library_is_imported_only_where_it_is_at_home(
    imports: dict[str, set[str]], library: str, homes: list[str]
) -> None:
    importers = {path for path, packages in imports.items() if library in packages}
    assert importers, f"nothing imports {library}"
    strangers = {path for path in importers if not path.startswith(tuple(homes))}
    assert strangers == set()


@pytest.mark.parametrize(
    "library",
    ["trafilatura", "resiliparse", "frontmatter", "tldextract", "protego", "pycld2", "rensa"],
)
def test_one_module_alone_imports_a_library_that_is_wrapped(
    imports: dict[str, set[str]], library: str
) -> None:
    assert len([path for path, packages in imports.items() if library in packages]) == 1


def test_the_code_knows_nothing_of_its_tests(imports: dict[str, set[str]]) -> None:
    assert [path for path, packages in imports.items() if packages & {"tests", "pytest"}] == []


def test_no_module_is_imported_by_what_it_imports_itself() -> None:
    paths = {
        ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (PROJECT / "crawler").rglob("*.py")
    }
    imported: dict[str, set[str]] = {}
    for module, path in paths.items():
        names = {
            name
            for node in ast.parse(path.read_bytes()).body  # neither for types only, nor when called
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            for name in (str(node.module), f"{node.module}.{alias.name}")
        }
        imported[module] = names & paths.keys() - {"crawler"}
    TopologicalSorter(imported).prepare()  # raises CycleError, which names the circle


def test_the_command_line_needs_no_extra() -> None:
    extras = {"playwright", "PIL", "imagesize", "web_poet", "ahocorasick_rs", "pyarrow"}
    program = "import crawler.__main__, crawler.cli.app, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert extras.isdisjoint(done.stdout.split())
