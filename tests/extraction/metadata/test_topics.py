from __future__ import annotations

import pytest

from crawler.extraction.metadata.keywords import MAX_KEYWORDS, keyword_list


@pytest.mark.parametrize(
    ("strings", "expected"),
    [
        (["oil, gas ,OIL;Gas"], ("oil", "gas")),
        (["Taxes", "R&amp;D", "taxes"], ("Taxes", "R&D")),
        (["環境\u3001政治\uff0c経済"], ("環境", "政治", "経済")),
        (["100312362, 26157981-b4f7-4929-adc1-e860c6f03636, https://site.example/t"], ()),
        (["", " , ,"], ()),
        (["深空探测 探月工程 太空"], ("深空探测", "探月工程", "太空")),
        (["(12) Bridges", "#river", "source:tagname:x"], ("Bridges", "river")),
        (["autoplay_video, sub-section:World, river"], ("river",)),
        (["The council of the small town votes to keep the old bridge"], ()),
        (["Subject: Justice", "Day: Friday", "Medium"], ("Justice", "Medium")),
        (["Star Wars: Andor", "Day: Friday"], ("Star Wars: Andor", "Day: Friday")),
    ],
)
def test_keywords_are_split_cleaned_and_kept_once(
    strings: list[str], expected: tuple[str, ...]
) -> None:
    assert keyword_list(strings) == expected


def test_the_names_of_the_site_are_no_keywords() -> None:
    assert keyword_list(["The-Daily, bridge"], frozenset({"thedaily"})) == ("bridge",)


def test_keywords_are_bounded() -> None:
    many = [",".join(f"word{number}" for number in range(5_000))] * 500
    assert len(keyword_list(many)) == MAX_KEYWORDS
