"""The engines that make HTML of what we write, as sites run them: many texts in one process."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_JEKYLL: Final = Path(__file__).with_name("jekyll.rb")
_BATCH: Final = 500  # texts of a line
# With raw HTML and links of any scheme, as many sites have it.
_HUGO_SITE: Final = """
baseURL = "https://site.example/"
disableKinds = ["home", "section", "taxonomy", "term", "RSS", "sitemap", "404", "robotsTXT"]
[markup.goldmark.renderer]
unsafe = true
[markup.goldmark.parser.attribute]
block = true
title = true
"""
# Hugo goes through the headings for it by code of its own.
_HUGO_PAGE: Final = "{{ .Content }}{{ with .TableOfContents }}{{ end }}"
_COMMONMARK: Final = MarkdownIt("commonmark", {"html": True})
_GFM: Final = MarkdownIt("gfm-like", {"html": True, "linkify": False})


class EngineCrash(AssertionError):  # noqa: N818 - what an engine did
    """An engine ended, or refused a text."""


def commonmark(texts: Sequence[str]) -> list[str]:
    """Render by markdown-it, as CommonMark has it."""
    return [_COMMONMARK.render(text) for text in texts]


def gfm(texts: Sequence[str]) -> list[str]:
    """Render by markdown-it, with GFM's tables and strikethrough."""
    return [_GFM.render(text) for text in texts]


def jekyll(texts: Sequence[str]) -> list[str]:
    """Render by Liquid and kramdown; skips the test where Jekyll is not installed.

    Raises:
        EngineCrash: a text cannot be rendered.
    """
    ruby = shutil.which("ruby")
    if ruby is None:
        pytest.skip("ruby is not installed (Debian: jekyll)")
    batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
    done = subprocess.run(
        [ruby, "-W0", str(_JEKYLL)],
        input="".join(f"{json.dumps(batch)}\n" for batch in batches),
        capture_output=True,
        text=True,
        check=False,
    )
    if "cannot load such file" in done.stderr:
        pytest.skip("Jekyll is not installed (Debian: jekyll)")
    assert done.returncode == 0, done.stderr
    answers = [answer for line in done.stdout.splitlines() for answer in json.loads(line)]
    for text, answer in zip(texts, answers, strict=True):
        if isinstance(answer, dict):
            raise EngineCrash(f"{answer['crash']}: {text!r}")
    return answers


def hugo(texts: Sequence[str]) -> list[str]:
    """Build a site of one page a text; skips the test where Hugo is not installed.

    Raises:
        EngineCrash: the build ends without the site; the message has one text that does it.
    """
    program = shutil.which("hugo")
    if program is None:
        pytest.skip("hugo is not installed (Debian: hugo)")
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "config.toml").write_text(_HUGO_SITE, "utf-8")
        layouts, content = site / "layouts" / "_default", site / "content"
        layouts.mkdir(parents=True)
        content.mkdir()
        (layouts / "single.html").write_text(_HUGO_PAGE, "utf-8")
        for number, text in enumerate(texts):
            page = f"---\ntitle: x\n---\n{text}"
            (content / f"p{number}.md").write_text(page, "utf-8", newline="")
        words = [program, "--source", folder, "--quiet"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            public = site / "public"
            pages = (public / f"p{number}" / "index.html" for number in range(len(texts)))
            # Hugo writes no file of nothing.
            return [page.read_text("utf-8") if page.exists() else "" for page in pages]
    if len(texts) == 1:
        raise EngineCrash(f"{(done.stdout + done.stderr)[-300:]}: {texts[0]!r}")
    half = len(texts) // 2
    return hugo(texts[:half]) + hugo(texts[half:])


ENGINES: Final[dict[str, Callable[[Sequence[str]], list[str]]]] = {
    "commonmark": commonmark,
    "gfm": gfm,
    "jekyll": jekyll,
    "hugo": hugo,
}
