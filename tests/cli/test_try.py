from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.articles import article_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
RULE = '[[rule]]\ndomain = "news.example"\ntitle = "h1"\nauthor = ".none"\n'
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(article_html().replace("<h1>", "<h1>Again: "), encoding="utf-8")
    return path


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(RULE, encoding="utf-8")
    return path


def test_each_field_is_shown_with_its_origin(command: Callable[..., Outcome], page: Path) -> None:
    outcome = command("try", page, "--url", NEWS, "--json")
    assert outcome.code == 0
    fields = {row.pop("field"): row for row in outcome.json["fields"]}
    assert fields["title"] == {"value": "The old footbridge stays open", "origin": "json-ld"}
    assert fields["authors"]["value"] == ["Ada Okafor"]
    assert fields["body"]["value"].startswith("The council of the small town")
    assert (outcome.json["state"], outcome.json["rule"]) == ("ok", None)


def test_the_default_stands_beside_what_a_rule_finds(
    command: Callable[..., Outcome], page: Path, rules: Path
) -> None:
    outcome = command("try", page, "--url", NEWS, "--rules", rules, "--json")
    assert outcome.json["rule"] == "rules.toml:1"
    assert outcome.json["detail"] == "rules.toml:1 finds no author"
    fields = {row.pop("field"): row for row in outcome.json["fields"]}
    assert fields["title"] == {
        "value": "Again: The old footbridge stays open",
        "origin": "rule",
        "default": {"value": "The old footbridge stays open", "origin": "json-ld"},
    }
    table = command("try", page, "--url", NEWS, "--rules", rules).stdout
    (title,) = (line for line in table.splitlines() if line.startswith(" title"))
    cells = re.split(r" {2,}", title.strip())
    assert cells == [
        "title",
        "Again: The old footbridge stays open",
        "rule",
        "The old footbridge stays open",
        "json-ld",
    ]
    assert "  the same" in table


def test_a_file_needs_the_url_that_it_came_from(
    command: Callable[..., Outcome], page: Path
) -> None:
    outcome = command("try", page)
    assert outcome.code == 2
    assert "--url: say where" in outcome.stderr
    assert command("try", page, "--url", "ftp://a.example/").code == 2


def test_a_url_is_asked_with_the_manners_of_a_crawl(
    web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> None:
    web.page(NEWS, article_html())
    web.page("http://news.example/robots.txt", "User-agent: *\nDisallow: /no", headers={})
    outcome = run_crawler("try", NEWS, "--json", web=web)
    assert (outcome.code, outcome.json["state"]) == (0, "ok"), outcome.stderr
    refused = run_crawler("try", "http://news.example/no", "--json", web=web)
    assert (refused.code, refused.json["state"]) == (1, "robots")
    assert web.count("http://news.example/no") == 0


@pytest.mark.parametrize(
    ("contact", "code", "told"),
    [("", 2, "a crawl of public sites must say"), ("a@b.example", 1, "blocked-address")],
)
def test_no_address_is_asked_that_a_crawl_would_not_ask(
    run_crawler: Callable[..., Outcome], contact: str, code: int, told: str
) -> None:
    url = "http://198.51.100.7/a" if contact else NEWS  # a documentation address
    outcome = run_crawler("try", url, settings={"CRAWLER_CONTACT": contact})
    assert outcome.code == code
    assert told in outcome.stdout + outcome.stderr


def test_a_kept_page_is_a_test_that_names_the_field_which_changed(
    command: Callable[..., Outcome], page: Path, rules: Path, tmp_path: Path
) -> None:
    cases = tmp_path / "tests" / "cases"
    words = ("try", page, "--url", NEWS, "--rules", rules, "--save", cases)
    assert command(*words).code == 0
    assert len(list(cases.iterdir())) == 3  # the page, what is expected, the tests
    good = pytest_of(cases)
    assert good.returncode == 0, good.stdout
    assert "1 passed" in good.stdout

    rules.write_text(RULE.replace('"h1"', '"title"'), encoding="utf-8")
    changed = pytest_of(cases)
    assert changed.returncode == 1
    assert "1 failed" in changed.stdout
    told = "title: was 'Again: The old footbridge stays open' (rule), is 'The old foot"
    assert told in changed.stdout

    assert command(*words).code == 0
    assert pytest_of(cases).returncode == 0


def pytest_of(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run pytest on a folder as its author would, without the options of this project."""
    options = ("-q", "-c", "/dev/null", "-p", "no:cacheprovider", "-vv")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", str(folder), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )


def test_what_is_no_article_is_told_and_cannot_be_kept(
    command: Callable[..., Outcome], page: Path, tmp_path: Path
) -> None:
    page.write_bytes(
        (PROJECT / "tests/extraction/classify/pages/login/barrier-en.html").read_bytes()
    )
    outcome = command("try", page, "--url", "http://news.example/login", "--save", tmp_path / "c")
    assert outcome.code == 2
    assert "there is nothing to keep" in outcome.stderr
    assert not (tmp_path / "c").exists()
