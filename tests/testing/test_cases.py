from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from crawler.extraction.article import Article, Image, PageKind
from crawler.extraction.job import ExtractionJob, extract_page
from crawler.states import State
from crawler.testing.cases import Case, CaseError, Told, read_cases, told_fields, told_page
from tests.web.articles import article_html

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://news.example/bridge"
DAY = date(2025, 6, 1)


def case_in(folder: Path, html: bytes, content_type: str = "text/html") -> Case:
    job = ExtractionJob(html, URL, content_type)
    return Case.of_page(folder, job, extract_page(job), day=DAY, rules=None)


def test_a_case_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    html = article_html("Käse").replace("utf-8", "").encode("latin-1")
    case = case_in(tmp_path, html, "text/html; charset=iso-8859-1")
    case.write()
    (read,) = read_cases(tmp_path)
    assert read == case
    assert read.changes() == []
    assert str(read).startswith("https-news-example-bridge")


def test_a_page_that_is_kept_again_replaces_itself_and_no_other(tmp_path: Path) -> None:
    tests = tmp_path / "test_cases.py"
    case_in(tmp_path, b"<p>one</p>").write()
    tests.write_text("# mine\n")
    case_in(tmp_path, article_html().encode()).write()
    (read,) = read_cases(tmp_path)
    assert read.expected["title"] == Told("The old footbridge stays open", "json-ld")
    assert tests.read_text() == "# mine\n"


def test_changes_name_their_fields_and_show_where_they_begin(tmp_path: Path) -> None:
    case = case_in(tmp_path, article_html().encode())
    case.expected["body"] = Told(case.expected["body"].value.replace("upper", "lower"), "rule")
    case.expected["section"] = Told("Country", "json-ld")
    case.expected["ampUrl"] = Told("https://amp.example/", "link")
    del case.expected["language"]
    body, section, amp, language = sorted(
        case.changes(),
        key=lambda line: ["body", "section", "ampUrl", "language"].index(line.partition(":")[0]),
    )
    assert "by the lower path.' (rule), is" in body
    assert "by the upper path.' (text)" in body
    assert section == "section: was 'Country' (json-ld), is 'Town' (json-ld)"
    assert amp == "ampUrl: was 'https://amp.example/' (link), is nothing"
    assert language == "language: was nothing, is 'en' (html)"


def test_the_rules_are_those_of_the_day_on_which_the_page_was_kept(tmp_path: Path) -> None:
    rules = tmp_path / "site" / "rules.toml"
    rules.parent.mkdir()
    rules.write_text(
        '[[rule]]\ndomain = "news.example"\ntitle = "nav a"\n'
        '[[rule]]\ndomain = "news.example"\ntitle = "h2"\nfrom = 2025-06-02\n'
    )
    folder = tmp_path / "tests"
    job = ExtractionJob(article_html().encode(), URL, "text/html")
    Case.of_page(folder, job, extract_page(job), day=DAY, rules=rules).write()
    (case,) = read_cases(folder)
    assert case.changes() == [
        "title: was 'The old footbridge stays open' (json-ld), is 'Home' (rule)"
    ]


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON", '{"rules": 3, "url": ""}'])
def test_what_is_no_case_is_told_with_its_path(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.case.json").write_text(text)
    (tmp_path / "a.html").write_text("")
    with pytest.raises(CaseError, match=r"a\.case\.json: is no case"):
        read_cases(tmp_path)


def test_fields_are_called_as_they_are_written() -> None:
    article = Article(
        markdown="Text.",
        published="2025-01-01",
        images=(Image("https://a.example/a.jpg"),),
        free_to_read=False,
        origins={"markdown": "rule", "published": "meta"},
    )
    fields = told_fields(article)
    assert fields["body"] == Told("Text.", "rule")
    assert fields["publishedDateTime"] == Told("2025-01-01", "meta")
    assert fields["isAccessibleForFree"].value is False
    assert fields["images"].value[0]["url"] == "https://a.example/a.jpg"
    assert "kind" not in fields


def test_of_what_is_no_article_only_the_state_is_told() -> None:
    wall = Article(title="Log in", kind=PageKind(State.LOGIN, "a form"))
    assert told_page(wall) == {"state": Told("login", "text")}
    assert told_page(Article(title="A"))["state"].value == "empty"
