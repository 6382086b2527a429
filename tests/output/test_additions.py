from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.conflicts.compare import FIELDS
from crawler.options import OptionError
from crawler.output.enriched import Additions

if TYPE_CHECKING:
    from pathlib import Path


def additions(fill_in: object = "", topics: object = "") -> Additions:
    return Additions.from_settings({"CRAWLER_FILL_IN": fill_in, "CRAWLER_TOPICS": topics})


@pytest.fixture
def taxonomy(tmp_path: Path) -> Path:
    (tmp_path / "ai.yml").write_text("name: AI\n")
    return tmp_path


def test_nothing_is_added_unless_it_is_asked_for() -> None:
    assert additions() == Additions()


@pytest.mark.parametrize("fill_in", ["images, excerpt", "images,excerpt,", ["images", "excerpt"]])
def test_fields_are_named_in_any_order(fill_in: object) -> None:
    assert additions(fill_in).fill_in == ("excerpt", "images")


def test_all_fields_can_be_named_at_once(taxonomy: Path) -> None:
    names = ("excerpt", "provider", "images", "ampWebUrl", "topics")
    assert additions("all", taxonomy).fill_in == names
    assert additions("all").fill_in == names[:-1]  # nothing to find topics by


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ("all", FIELDS),
        ("none", ()),
        ("", ()),
        ("provider.name, title", ("title", "provider.name")),
    ],
)
def test_conflicts_are_limited_to_fields(given: str, fields: tuple[str, ...]) -> None:
    wanted = Additions.from_settings({"CRAWLER_CONFLICTS": given})
    assert wanted.conflicts == fields
    assert (wanted.fingerprint == Additions().fingerprint) is (fields == FIELDS)


def test_only_fields_that_are_compared_can_be_named() -> None:
    for field in FIELDS:
        assert Additions.from_settings({"CRAWLER_CONFLICTS": field}).conflicts == (field,)
    with pytest.raises(OptionError, match="CRAWLER_CONFLICTS: 'excerpt' is not one of 'all'"):
        Additions.from_settings({"CRAWLER_CONFLICTS": "excerpt"})


@pytest.mark.parametrize("fill_in", ["title", "all,excerpt", "Excerpt"])
def test_a_field_that_cannot_be_filled_in_is_refused(fill_in: str) -> None:
    with pytest.raises(OptionError, match=r"CRAWLER_FILL_IN: '.*' is none of excerpt, provider"):
        additions(fill_in)


def test_topics_cannot_be_filled_in_without_a_taxonomy() -> None:
    with pytest.raises(OptionError, match="name its CRAWLER_TOPICS"):
        additions("topics")


def test_a_taxonomy_that_is_bad_is_refused_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("slug: x\n")
    with pytest.raises(OptionError, match=r"CRAWLER_TOPICS: .*bad\.yml:1: name is missing"):
        additions(topics=str(tmp_path))


def test_the_fingerprint_knows_the_taxonomy(taxonomy: Path) -> None:
    before = additions(topics=taxonomy).fingerprint
    assert additions(topics=taxonomy).fingerprint == before
    assert additions("excerpt", taxonomy).fingerprint != before
    (taxonomy / "ai.yml").write_text("name: AI\nkeywords: [KI]\n")
    assert additions(topics=taxonomy).fingerprint != before
