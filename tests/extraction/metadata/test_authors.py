from __future__ import annotations

import pytest

from crawler.extraction.metadata.authors import (
    MAX_AUTHORS,
    author_names,
    without_affiliation,
    without_site,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("By Ann Lee", ("Ann Lee",)),
        ("Von Anna Groß", ("Anna Groß",)),
        ("Por: Ana Sá", ("Ana Sá",)),
        ("Door Jan de Vries", ("Jan de Vries",)),
        ("Di Rossi", ("Rossi",)),
        ("Oleh: Siti Aminah", ("Siti Aminah",)),
        ("Автор: Анна Ли", ("Анна Ли",)),
        ("Ann Lee and Bo Ek", ("Ann Lee", "Bo Ek")),
        ("Ann Lee, Bo Ek & Cy Day", ("Ann Lee", "Bo Ek", "Cy Day")),
        ("Felix Groß und Jörg Klein, dpa", ("Felix Groß", "Jörg Klein", "dpa")),
        ("Ann Lee; ANN LEE | Bo Ek", ("Ann Lee", "Bo Ek")),
        ("Ann Lee, Jr., Bo Ek", ("Ann Lee, Jr", "Bo Ek")),
        ("Ann Lee (al)", ("Ann Lee",)),
        ("Ann Lee @annlee", ("Ann Lee",)),
        ("By Ann Ford, James S.A. Corey, and Tom Ek", ("Ann Ford", "James S.A. Corey", "Tom Ek")),
        ("ByAnn Lee", ("Ann Lee",)),
        ("vonJan Roth", ("vonJan Roth",)),
        ("VonJan Roth", ("Jan Roth",)),
        ("Byron Lee", ("Byron Lee",)),
        ("Zeige alle Beiträge von Cem Basch", ("Cem Basch",)),
        ("View all posts by Ann Lee", ("Ann Lee",)),
        ("Publié par Ann Lee", ("Ann Lee",)),
        ("Méabh Mac Mah&Aida San Alon", ("Méabh Mac Mah", "Aida San Alon")),
        (
            "Zone Justice et faits divers - Radio Velden",
            ("Zone Justice et faits divers - Radio Velden",),
        ),
        ("Hauf-Lex GmbH & Co. KG, Freiburg, Germany", ("Hauf-Lex GmbH & Co. KG",)),
        ("Gilman, Steve", ("Steve Gilman",)),
        ("Ann Lee, MS, RD", ("Ann Lee, MS, RD",)),
        ("Jan Roth im Gespräch mit Ann Lee", ("Jan Roth", "Ann Lee")),
        ("Ann Lee, Vice President of Consulting", ("Ann Lee",)),
        ("Ann Lee; + Follow", ("Ann Lee",)),
        ("Ann Lee; March 2; 7 min read", ("Ann Lee",)),
        ("Ann Lee Link Copied", ("Ann Lee",)),
        ("Link Copied", ()),
        ("In This Article", ()),
        ("Posted On", ()),
        ("Food and Drug Administration", ("Food and Drug Administration",)),
        ("牛镛、岳弘彬", ("牛镛", "岳弘彬")),
        ("本报记者 王小明", ("王小明",)),
        ("記者王小明", ("王小明",)),
        ("김철수 기자", ("김철수",)),
        ("Szerző: Nagy Péter", ("Nagy Péter",)),
        ("文\uff1a山田太郎", ("山田太郎",)),
        ("Text: Ann Lee, Fotos: Bo Ek", ("Ann Lee",)),
        ("<a href='/x'>Ann Lee</a>", ("Ann Lee",)),
        ("Deborah Byrne", ("Deborah Byrne",)),
        ("https://social.example/ann", ()),
        ("ann@news.example", ()),
        ("@annlee", ()),
        ("5 May 2020", ()),
        ("105092", ()),
        ("Ann Lee, Senior Reporter", ("Ann Lee",)),
        ("Political Editor", ()),
        ("Ann Lee, DVM. Reviewed by Molly Price, DVM", ("Ann Lee, DVM",)),
        ("Ann Lee | Fact checked by Bo Ek", ("Ann Lee",)),
        ("page.head.extra.author", ()),
        ("Monday", ()),
        ("admin", ()),
        ("null", ()),
        ("", ()),
        ("A long sentence that says who wrote this text and why", ()),
    ],
)
def test_names_are_taken_out_of_a_string(value: str, expected: tuple[str, ...]) -> None:
    assert author_names([value]) == expected


def test_a_person_is_not_split_where_no_part_is_a_full_name() -> None:
    assert author_names(["Lee, Ann"], whole=True) == ("Ann Lee",)
    assert author_names(["Ann Lee, dpa"], whole=True) == ("Ann Lee", "dpa")
    assert author_names(["唐纳德·特朗普"], whole=True) == ("唐纳德·特朗普",)
    assert author_names(["Lee, A."], whole=True) == ("Lee, A.",)
    assert author_names(["王小明 记者"], whole=True) == ("王小明",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("田中花子、鈴木一郎", ("田中花子", "鈴木一郎")),
        ("AFP|dpa", ("AFP", "dpa")),
        ("AFP / Reuters", ("AFP", "Reuters")),
        ("Szerző: Péter", ("Péter",)),
        ("Ann\n  Lee", ("Ann Lee",)),
        ("\n  Ann Lee\n  Bo Ek\n", ("Ann Lee", "Bo Ek")),
    ],
)
def test_a_person_is_split_at_what_no_name_holds(value: str, expected: tuple[str, ...]) -> None:
    assert author_names([value], whole=True) == expected


def test_the_site_is_no_author_beside_a_person() -> None:
    assert without_site(("Ann Lee", "The Daily"), ["the daily", ""]) == ("Ann Lee",)
    assert without_site(("thedaily.example",), ["thedaily.example"]) == ()
    assert without_site(("Redaktion", "La rédaction"), []) == ()


def test_a_thousand_authors_are_bounded() -> None:
    names = [f"Ann {'ABCDEFGHIJ'[n % 10]}{'abcdefghij'[n // 10 % 10]}x" for n in range(1_000)]
    assert len(author_names(names)) == MAX_AUTHORS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ann Lee The Daily", "Ann Lee"),
        ("Ann Lee, The Daily", "Ann Lee"),
        ("Ann Thedaily", "Ann Thedaily"),
        ("The Daily", "The Daily"),
        ("Lee The Daily", "Lee The Daily"),
        ("", ""),
        ("The Daily - Ann Lee", "Ann Lee"),
        ("The Daily - Ann", "The Daily - Ann"),
    ],
)
def test_the_site_is_cut_from_the_end_of_a_full_name(name: str, expected: str) -> None:
    assert without_affiliation(name, ["The Daily", ""]) == expected
