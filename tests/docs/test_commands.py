"""The commands of README.md and of the documents, run as a reader would with items of his own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from tests.web.command import Outcome, environment
from tests.web.git import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.local_web import LocalWeb

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{f.name}" for f in (ROOT / "docs").glob("*.md"))]
ELSEWHERE = tomllib.loads(Path(__file__).with_name("elsewhere.toml").read_text("utf-8"))
SITE = "https://news.example"
BRIDGE = "items/2024-05-14-a-bridge.md"
INLINE = re.compile(  # whole, and not "crawler discover …"
    r"(?:[A-Z_]+=\S+ |.+ \| )?(?:crawler|scrapy) -{0,2}[a-z][\w-]*(?: (?!(?:.* )?…( |$)).*\S)"
)
OPTION = re.compile(r"(?:-s CRAWLER_|-s [A-Z_]+=|--only ).+")
FILLED_IN = {
    r"CC-NEWS-….warc.gz|FILE\.warc\.gz": "seen.warc.gz",
    r"(?:YOUR_)?ITEMS\b": "items",
    r"FILE_OR_URL\b": BRIDGE,
    r"URL…": f"{SITE}/feed",
    r"\bURL(?:_OR_FILE)?\b": f"{SITE}/bridge",
    r"\bFILE --url": "page.html --url",
    r"\bFILE\b": BRIDGE,
    r"\bGLOB\b": "2024-*",
    r"\bGIT_REV\b|\$BEFORE\b": "HEAD",
    r"\bNAME=VALUE\b": "items=items",
    r"\[(--[^]]+)\]": r"\1",
    r"^\.venv/bin/": "",
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def commands(page: str) -> Iterator[str]:
    """Each line of the blocks of a page for a shell, and what stands in its text as a command."""
    in_table = False
    text = (ROOT / page).read_text("utf-8")
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        in_table = token.type == "table_open" or (in_table and token.type != "table_close")
        if token.type == "code_block" or token.info == "sh":
            block = token.content.replace("\\\n", " ")
            yield from (re.sub(r"\s{2,}(?:#.*)?", " ", line).strip() for line in block.splitlines())
        elif token.info == "console":
            yield from re.findall(r"^\$ (.*)$", token.content, re.MULTILINE)
        for part in token.children or ():
            said, in_recipe = part.content, page == "README.md" and in_table
            if part.type != "code_inline":
                continue
            if INLINE.fullmatch(said) or (in_recipe and said.startswith("crawler ")):
                yield said
            elif in_recipe and OPTION.fullmatch(said):
                yield f"crawler run ITEMS {said} --force"


def told_elsewhere(page: str, command: str) -> bool:
    return any(command.startswith(entry["starts"]) for entry in ELSEWHERE.get(page, ()))


def run_here(page: str) -> list[str]:
    return [line for line in commands(page) if line and not told_elsewhere(page, line)]


@pytest.fixture
def folder(
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
) -> Path:
    """What the documents take for there: items in Git, an output folder, rules, topics, a WARC."""
    for name in ("bridge", "pond"):
        web.page(f"{SITE}/{name}", article_html(title=f"On the {name}"))
    entry = f"<item><title>Fed</title><link>{SITE}/pond</link></item>"
    feed = f'<rss version="2.0"><channel><title>Feed</title>{entry}</channel></rss>'
    web.page(f"{SITE}/feed", feed, headers={"Content-Type": "application/rss+xml"})
    web.page(
        "https://blog.example/",
        f'<link rel="alternate" type="application/rss+xml" href="{SITE}/feed">',
    )
    places = f"<url><loc>{SITE}/pond</loc></url>"
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    web.page(f"{SITE}/sitemap.xml", sitemap, headers={"Content-Type": "application/xml"})

    repository = Repository.create(tmp_path / "news")
    here = repository.path
    write_item(here / "items", Path(BRIDGE).name, original_url=f"{SITE}/bridge")
    repository.git("add", ".")
    repository.git("commit", "-q", "-m", "first")
    write_item(here / "items", "2024-09-17-a-pond", original_url=f"{SITE}/pond")
    write_item(here / "_news/2024", "bridge", original_url=f"{SITE}/bridge")
    repository.git("add", ".")
    repository.git("commit", "-q", "-m", "second")
    (here / "_data/topics").mkdir(parents=True)
    (here / "_data/topics/bridges.yml").write_text("name: Bridges\nkeywords: [bridge]\n")
    rules = (ROOT / "docs/rules.md").read_text("utf-8")
    for kind, name in (("html", "page.html"), ("toml", "rules.toml")):
        (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", rules, re.MULTILINE | re.DOTALL)
        (here / name).write_text(found, "utf-8")
    done = run_crawler("run", "items", "--record", "seen.warc.gz", web=web, cwd=here)
    assert done.code == 0, done.stderr
    shutil.copy(here / "seen.warc.gz", here / "pages.warc.gz")
    return here


@pytest.fixture
def run(
    folder: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], Outcome]:
    """Run a command in the folder: the crawler's without its pauses, all else by a shell."""
    monkeypatch.setenv("HOME", str(folder.parent))
    env = {name: value for name, value in environment(web).items() if "PYTEST" not in name}
    env["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"  # as the documents say, without scrapy.cfg
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])

    def run(command: str) -> Outcome:
        if command.startswith("crawler ") and not re.search(r"[|&;<>$]", command):
            return run_crawler(*shlex.split(command)[1:], web=web, cwd=folder)
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.mark.parametrize("page", [page for page in PAGES if run_here(page)])
def test_the_commands_of_a_page_do_not_fail(page: str, run: Callable[[str], Outcome]) -> None:
    failed = []
    for command in run_here(page):
        filled_in = command
        for pattern, text in FILLED_IN.items():
            filled_in = re.sub(pattern, text, filled_in)
        done = run(filled_in)
        if done.code != 0:
            failed.append(f"{command}: {done.code}\n{done.stdout[-600:]}{done.stderr[-900:]}")
    assert not failed, "\n".join(failed)


def test_the_python_of_the_guide_does_not_fail(folder: Path, run: Callable[[str], Outcome]) -> None:
    guide = (ROOT / "docs/python.md").read_text("utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    (folder / "guide.py").write_text(program, "utf-8")
    done = run("python -W error guide.py")
    assert done.code == 0, done.stderr


@pytest.mark.parametrize("page", sorted(ELSEWHERE))
def test_what_is_run_elsewhere_is_there_still(page: str) -> None:
    lines = list(commands(page))
    for entry in ELSEWHERE[page]:
        assert any(line.startswith(entry["starts"]) for line in lines), entry
        assert ("test" in entry) != ("reason" in entry), entry
        file, _, name = entry.get("test", "").partition("::")
        assert (ROOT / file).exists(), entry
        assert not name or f"def {name}(" in (ROOT / file).read_text("utf-8"), entry


def test_the_readme_shows_what_the_demo_prints(
    tmp_path: Path, run_crawler: Callable[..., Outcome]
) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (block,) = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    _, demo, diff = re.split(r"^\$ ", block, flags=re.MULTILINE)
    printed = run_crawler("demo", cwd=tmp_path)
    assert printed.code == 0, printed.stderr
    assert_shown(demo, printed.stdout)
    command = diff.partition("\n")[0]
    compared = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert_shown(diff, compared.stdout)


def assert_shown(block: str, printed: str) -> None:
    """Each line of a block, below its command, is printed in this order; "…" is anything."""
    left = printed
    for line in filter(None, block.splitlines()[1:]):
        found = re.search(f"^{'.*'.join(map(re.escape, line.split('…')))}", left, re.MULTILINE)
        assert found, f"{line!r} is not, or not there, in\n{printed}"
        left = left[found.end() :]
