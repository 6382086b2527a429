"""Notices that stand in the place of an article, and short articles about the same things."""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path
from typing import Any

import pytest

from crawler.extraction.extract import extract_article

PAGES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "notices.toml").read_text("utf-8")
)
CASES = [(state, page) for state, pages in PAGES.items() for page in pages]
NAMES = [f"{state}-{number}" for state, pages in PAGES.items() for number in range(len(pages))]
URL = "https://harbour.example/2024/05/swing-bridge-stays-open"
MENU = ("News", "Sport", "Culture", "Weather", "Jobs", "Contact", "Imprint", "Privacy policy")
MENU_OF_LINKS = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in MENU)


def alone(page: dict[str, Any]) -> str:
    title, heading = escape(page["title"]), escape(page.get("h1", ""))
    text = "".join(f"<p>{escape(line)}</p>" for line in page.get("text", ()))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
        + (f"<h1>{heading}</h1>" if heading else "")
        + f"{text}</body></html>"
    )


def within_a_site(page: dict[str, Any]) -> str:
    title, heading = escape(page["title"]), escape(page.get("h1", ""))
    text = "".join(f"<p>{escape(line)}</p>" for line in page.get("text", ()))
    name = "" if "Harbour Post" in title else " | Harbour Post"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}{name}</title>'
        '<link rel="stylesheet" href="/main.css"></head><body>'
        f'<header><a href="/">Harbour Post</a><ul class="menu">{MENU_OF_LINKS}</ul></header><main>'
        + (f"<h1>{heading}</h1>" if heading else "")
        + f'<div class="content">{text}</div></main>'
        f"<footer><p>Copyright 2024 Harbour Post. All rights reserved.</p>{MENU_OF_LINKS}</footer>"
        "</body></html>"
    )


def state_of(html: str) -> str:
    article = extract_article(html, URL)
    if article.kind is not None:
        return str(article.kind.state)
    return "ok" if article.markdown else "empty"


@pytest.mark.parametrize("shown", [alone, within_a_site])
@pytest.mark.parametrize(("state", "page"), CASES, ids=NAMES)
def test_a_notice_gets_its_state_and_an_article_stays_one(
    state: str, page: dict[str, Any], shown: Any
) -> None:
    assert state_of(shown(page)) == state
