"""Rules of what `crawler fix` never touches."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from crawler.items.find import FoundItem
from crawler.mends.keep import FIELD_NAMES, KEYS, read_keep_rules
from crawler.rules import RulesError

ITEM = FoundItem(Path("items/2024/bridge.md"), PurePosixPath("2024/bridge.md"))
BEFORE, AFTER = "https://www.news.example/old/bridge", "https://archive.example/web/bridge"


def keeps(tmp_path: Path, text: str, *, field: str = "webUrl") -> bool:
    file = tmp_path / "keep.toml"
    file.write_text(text, "utf-8")
    return any(rule.is_about(ITEM, field, BEFORE, AFTER) for rule in read_keep_rules(file))


@pytest.mark.parametrize(
    ("rule", "is_kept"),
    [
        ('host = "news.example"', True),
        ('host = "archive.example"', True),
        ('host = ["other.example", "WWW.News.Example."]', True),
        ('host = "ews.example"', False),
        ('path = "/old/*"', True),
        ('path = "/o"', False),
        ('item = "2024/*"', True),
        ('item = "bridge.md"', True),
        ('item = "2023/*"', False),
        ('field = "webUrl"', True),
        ('field = ["originalUrl", "related.webUrl"]', False),
        ('host = "news.example"\nfield = "originalUrl"', False),
        ('host = "news.example"\npath = "/old/*"\nitem = "*.md"\nfield = "webUrl"', True),
    ],
)
def test_a_rule_keeps_what_all_of_its_keys_are_about(
    tmp_path: Path, rule: str, is_kept: bool
) -> None:
    assert keeps(tmp_path, f"[[keep]]\n{rule}\n") is is_kept


def test_one_rule_is_enough_and_none_keeps_nothing(tmp_path: Path) -> None:
    assert keeps(tmp_path, '[[keep]]\nhost = "x.example"\n\n[[keep]]\npath = "/old/*"\n')
    assert not keeps(tmp_path, "")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("[[keep]]\n", [f"1: the rule is about nothing; it has {', '.join(KEYS)}"]),
        ("\n[[never]]\nhost = 'x'\n", ["2: 'never' is not known; rules are [[keep]]"]),
        ("[keep]\nhost = 'x'\n", ["1: a rule begins with [[keep]]"]),
        (
            "[[keep]]\nhost = 'a.example'\nhots = 'b.example'\n",
            [f"3: 'hots' is not known; a rule has {', '.join(KEYS)}"],
        ),
        (
            "# mine\n[[keep]]\nhost = 'http://a.example/'\n[[keep]]\npath = 3\nitem = []\n",
            [
                "3: host 'http://a.example/' is not a host name such as news.example",
                "5: path is neither a text nor a list of texts",
                "6: item is empty",
            ],
        ),
        (
            "[[keep]]\nfield = 'ampWebUrl'\n",
            [f"2: field names 'ampWebUrl'; fields are {', '.join(FIELD_NAMES)}"],
        ),
        ("[[keep]]\nhost = \n", ["2: is not TOML: Invalid value"]),
    ],
)
def test_each_mistake_is_told_with_its_line(tmp_path: Path, text: str, problems: list[str]) -> None:
    file = tmp_path / "keep.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(RulesError) as refused:
        read_keep_rules(file)
    assert str(refused.value).split("\n") == [f"{file}:{problem}" for problem in problems]


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="there is no such file"):
        read_keep_rules(tmp_path / "none.toml")
