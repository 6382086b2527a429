from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from crawler.rules import MAX_BYTES, RulesError, read_rules

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
# The old design.
[[rule]]
domain = "News.Example."
title = "h1"
remove = [
    ".promo",  # a comment
]

[[rule]]
domain = "news.example"
from = 2025-03-01
path = ["/news/*", "/sport/*"]
author = ["a[rel=author]", "meta[name=author]::attr(content)"]
javascript = true
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rules.toml"


def complaint(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError) as raised:
        read_rules(path)
    return [line.removeprefix(f"{path}:") for line in str(raised.value).splitlines()]


def test_rules_come_in_their_order_with_their_places(path: Path) -> None:
    path.write_text(GOOD, encoding="utf-8")
    old, new = read_rules(path)
    assert (old.place, old.domain, old.since) == ("rules.toml:2", "news.example", None)
    assert (old.title, old.remove, old.javascript) == (("h1",), (".promo",), False)
    assert (new.place, new.since) == ("rules.toml:9", date(2025, 3, 1))
    assert new.paths == ("/news/*", "/sport/*")
    assert new.author == ("a[rel=author]", "meta[name=author]::attr(content)")
    assert new.javascript


def test_a_text_of_several_lines_that_looks_like_a_rule_shifts_no_line(path: Path) -> None:
    text = '[[rule]]\ndomain = "a.example"\ntitle = """h1,\n\\\n  h2"""\nbdy = "p"\n'
    assert complaint(path, text)[0].startswith("6: 'bdy' is not known; a rule has domain, path")


def test_the_line_of_what_is_no_toml_is_told(path: Path) -> None:
    (line,) = complaint(path, '[[rule]]\ndomain = "a.example"\ntitle = h1\n')
    assert line.startswith("3: is not TOML: ")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('titel = "h1"', "'titel' is not known"),
        ('title = "h1["', "title has the bad selector 'h1['"),
        ('title = ["h1", "a:nonsense(b)"]', "title has the bad selector 'a:nonsense(b)'"),
        ("title = 3", "title is neither a text nor a list of texts"),
        ("title = []", "title is empty"),
        ('title = " "', "title is empty"),
        ('body = "p::text"', "body takes whole elements, not 'p::text'"),
        ('from = "2025-03-01"', "from is not a date such as 2025-03-01"),
        ("from = 2025-03-01T10:00:00", "from is not a date such as 2025-03-01"),
        ('javascript = "yes"', "javascript is not true or false"),
        ('path = "news/*"', 'path does not begin with "/"'),
    ],
)
def test_a_bad_key_is_told_with_its_line(path: Path, line: str, reason: str) -> None:
    (told,) = complaint(path, f'[[rule]]\ndomain = "a.example"\nimage = "img"\n{line}\n')
    assert told.startswith(f"4: {reason}")


@pytest.mark.parametrize(
    "domain", ["https://a.example", "a.example/news", "*.a.example", "a.example:80", "", "a b"]
)
def test_a_domain_is_a_host_name(path: Path, domain: str) -> None:
    (told,) = complaint(path, f'\n[[rule]]\ntitle = "h1"\ndomain = "{domain}"\n')
    assert told == "4: domain is not a host name such as news.example"


def test_a_date_that_does_not_exist_is_told_with_its_line(path: Path) -> None:
    (told,) = complaint(path, '[[rule]]\ndomain = "a.example"\nfrom = 2025-02-30\n')
    assert told.startswith("3: is not TOML: ")


def test_a_rule_needs_a_domain_and_something_to_say(path: Path) -> None:
    assert complaint(path, '[[rule]]\nfrom = 2025-03-01\n\n[[rule]]\ntitle = "h1"\n') == [
        "1: the rule says nothing of its pages",
        "1: the rule has no domain",
        "4: the rule has no domain",
    ]


def test_two_rules_for_the_same_pages_and_days_are_told(path: Path) -> None:
    rule = '[[rule]]\ndomain = "a.example"\ntitle = "h1"\n'
    assert complaint(path, rule + rule.replace("h1", "h2")) == [
        "4: is for the same pages and days as the rule of line 1"
    ]


def test_what_is_no_rule_is_told(path: Path) -> None:
    (told,) = complaint(path, 'version = 1\n[[rule]]\ndomain = "a.example"\ntitle = "h1"\n')
    assert told == "1: 'version' is not known; rules are [[rule]]"
    (told,) = complaint(path, '[rule]\ndomain = "a.example"\n')
    assert told == "1: a rule begins with [[rule]]"


def test_a_table_below_a_rule_is_told_with_its_line(path: Path) -> None:
    text = '[[rule]]\ndomain = "a.example"\ntitle = "h1"\n[rule.when]\nx = 1\n'
    (told,) = complaint(path, text)
    assert told.startswith("4: 'when' is not known")


def test_mistakes_are_told_in_order_and_not_all_of_a_hundred(path: Path) -> None:
    keys = "".join(f"x{number} = 1\n" for number in range(100))
    told = complaint(path, f'[[rule]]\ndomain = "a.example"\ntitle = "h1"\n{keys}')
    assert [line.partition(":")[0] for line in told[:10]] == [str(n) for n in range(4, 14)]
    assert told[10:] == ["and 90 more"]


def test_what_cannot_be_read_is_told(path: Path) -> None:
    with pytest.raises(RulesError, match=r"rules\.toml:1: there is no such file"):
        read_rules(path)
    path.write_bytes(b"[[rule]]\ntitle = '\xff'\n")
    with pytest.raises(RulesError, match=r":2: is not UTF-8"):
        read_rules(path)
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(RulesError, match="is larger than"):
        read_rules(path)
