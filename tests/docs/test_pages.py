"""The documents as a whole: where links lead, what the first page reaches, and its picture."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from markdown_it.token import Token

    from tests.web.command import Outcome

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "docs/README.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SVG = "{http://www.w3.org/2000/svg}"


def tokens(page: Path) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8")):
        yield token
        yield from token.children or []


@cache
def links(page: Path) -> list[tuple[Path, str]]:
    """Files of ours, and places in them, that a page links to or shows."""
    found = [str(token.attrGet("href") or token.attrGet("src") or "") for token in tokens(page)]
    split = [urlsplit(url) for url in found if url]
    return [
        ((page.parent / url.path).resolve() if url.path else page, url.fragment)
        for url in split
        if not url.scheme
    ]


@cache
def anchors(page: Path) -> set[str]:
    """The headings of a page, as GitHub and others name them."""
    inside = list(tokens(page))
    headings = [
        inside[number + 1].content
        for number, token in enumerate(inside)
        if token.type == "heading_open"
    ]
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_somewhere(page: Path) -> None:
    dead = [
        f"{file.name}#{place}"
        for file, place in links(page)
        if not file.exists() or (place and file.suffix == ".md" and place not in anchors(file))
    ]
    assert dead == []


def test_the_first_page_reaches_every_other_one() -> None:
    named = {file for file, _ in links(FIRST)}
    missed = {page.name for page in (ROOT / "docs").glob("*.md")} - {file.name for file in named}
    assert missed == set()
    assert FIRST in {file for file, _ in links(ROOT / "README.md")}


@pytest.mark.slow
def test_the_picture_shows_what_the_demo_writes(
    tmp_path: Path, run_crawler: Callable[..., Outcome]
) -> None:
    done = run_crawler("demo", "-o", "out", cwd=tmp_path)
    assert done.code == 0, done.stderr
    picture = ET.parse(ROOT / "docs/overview.svg").getroot()
    shown = {
        group.attrib["id"]: [text.text or "" for text in group.iter(f"{SVG}text")]
        for group in picture.iter(f"{SVG}g")
    }
    for group, folder in (("item", "demo-items"), ("enriched", "items")):
        (path,) = (tmp_path / "out" / folder).glob("*-two-boats-three-crossings-fewer.md")
        left = path.read_text("utf-8")
        assert len(shown[group]) >= 8
        for line in shown[group]:  # in this order, each a whole line save for its ellipses
            pattern = ".*".join(map(re.escape, line.split("…")))
            found = re.search(rf"^{pattern}$", left, re.MULTILINE)
            assert found, f"{line!r} is not, or not there, in {folder}"
            left = left[found.end() :]
