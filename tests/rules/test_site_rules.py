from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from crawler.options import OptionError
from crawler.rules import Rule, SiteRules

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2025, 6, 1)
RULES = SiteRules(
    (
        Rule("old", "news.example", title=("h1",)),
        Rule("new", "news.example", since=date(2025, 3, 1), title=("h2",)),
        Rule("sport", "news.example", paths=("/sport/*", "/sports/*"), title=("h3",)),
        Rule("blog", "blog.news.example", title=("h4",)),
    )
)


@pytest.mark.parametrize(
    ("url", "on", "place"),
    [
        ("https://news.example/a", date(2025, 2, 28), "old"),
        ("https://news.example/a", date(2025, 3, 1), "new"),
        ("https://www.NEWS.example./a?b", TODAY, "new"),
        ("https://news.example:8443/a", TODAY, "new"),
        ("https://news.example/sport/a/b", TODAY, "sport"),
        ("https://news.example/sports/a", TODAY, "sport"),
        ("https://news.example/Sport/a", TODAY, "new"),
        ("https://a.blog.news.example/a", TODAY, "blog"),
        ("https://badnews.example/a", TODAY, None),
        ("https://example/a", TODAY, None),
        ("about:blank", TODAY, None),
    ],
)
def test_the_rule_is_that_of_the_nearest_domain_path_and_day(
    url: str, on: date, place: str | None
) -> None:
    rule = RULES.rule_for(url, on)
    assert (rule and rule.place) == place


def test_rules_are_read_anew_for_each_run(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    settings = {"CRAWLER_RULES": str(path)}
    for title in ("h1", "h2"):
        path.write_text(f'[[rule]]\ndomain = "a.example"\ntitle = "{title}"\n', encoding="utf-8")
        (rule,) = SiteRules.from_settings(settings).rules
        assert rule.title == (title,)


def test_without_a_file_there_are_no_rules() -> None:
    assert SiteRules.from_settings({"CRAWLER_RULES": ""}).rules == ()


def test_bad_rules_name_the_setting_and_the_place(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"^CRAWLER_RULES: .*none\.toml:1: there is no such file"):
        SiteRules.from_settings({"CRAWLER_RULES": str(tmp_path / "none.toml")})
