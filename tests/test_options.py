from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.options import CrawlOptions, OptionError
from crawler.states import State


def test_spider_arguments_which_are_text_make_the_same_options_as_values() -> None:
    from_text = CrawlOptions.parse(
        items=f"a{os.pathsep}b",
        output="out",
        only="*.md,x/*",
        limit="3",
        force="1",
        retry="timeout,not-found",
        in_place="no",
    )
    assert from_text == CrawlOptions.parse(
        items=[Path("a"), "b"],
        output=Path("out"),
        only=["*.md", "x/*"],
        limit=3,
        force=True,
        retry=["timeout", State.NOT_FOUND],
    )


def test_one_path_is_enough() -> None:
    assert CrawlOptions.parse(items=Path("a")).items == (Path("a"),)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"items": ""}, "items"),
        ({"items": []}, "items"),
        ({"items": "a", "output": "./b/../a"}, "output"),
        ({"items": "a", "limit": "0"}, "limit: '0' is not a whole number above 0"),
        ({"items": "a", "limit": "many"}, "limit"),
        ({"items": "a", "force": "perhaps"}, "force"),
        ({"items": "a", "retry": "no-such-state"}, "there is no state 'no-such-state'"),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        CrawlOptions.parse(**arguments)
