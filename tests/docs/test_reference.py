"""The API reference is made from docstrings, whole and without a warning."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name

import pytest

SCRIPT = Path(__file__).parents[2] / "docs/reference.py"
MODULES = re.findall(r'^    "(crawler[\w.]*)",$', SCRIPT.read_text("utf-8"), re.MULTILINE)
SAID = re.compile(r"(?<![\w.])crawler(?:\.\w+)+\b(?!\()")  # calls are of Scrapy's Crawler


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reference")
    done = subprocess.run(
        [sys.executable, "-W", "error", SCRIPT, folder],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    files = {name: folder / f"{name.replace('.', '/')}.html" for name in MODULES}
    return {name: file.read_text("utf-8") for name, file in files.items()}


def test_every_public_name_is_in_it_with_what_its_docstring_says(pages: dict[str, str]) -> None:
    for module, page in pages.items():
        names = getattr(import_module(module), "__all__", [])
        sections = {part.partition('"')[0]: part for part in page.split('<section id="')[1:]}
        assert set(names) <= sections.keys()
        assert sections, module
        for name, section in sections.items():
            assert 'class="docstring"' in section, f"{module}.{name} says nothing"


def test_what_a_docstring_points_to_is_there(pages: dict[str, str]) -> None:
    texts = [unescape(re.sub("<[^>]+>", "", page)) for page in pages.values()]
    said = {name for text in texts for name in SAID.findall(text)}
    assert len(said) > len(MODULES)
    assert [name for name in sorted(said) if not exists(name)] == []


def exists(name: str) -> bool:
    """Whether a module, or what is in one, has this dotted name."""
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True
