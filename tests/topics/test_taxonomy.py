from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from crawler.topics import Taxonomy, TaxonomyError, Topic, read_taxonomy

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yml").write_bytes(text.encode())
    return folder


def test_topics_are_read_by_name_with_folded_keywords(tmp_path: Path) -> None:
    write(
        tmp_path,
        b="---\r\nname:  Power   Apps\r\nkeywords:\r\n  - Power-Apps\r\n  - power apps\r\nx: y\r\n",
        a='name: "Zoo"\nslug: zoo\n',
    )
    (tmp_path / "c.YAML").write_text("\ufeffname: AI\nkeywords: [Artificial  Intelligence, AI]\n")
    (tmp_path / ".hidden.yml").write_text("no topic")
    (tmp_path / "readme.md").write_text("no topic")
    assert read_taxonomy(tmp_path).topics == (
        Topic("AI", ("artificial intelligence", "ai")),
        Topic("Power Apps", ("power apps",)),
        Topic("Zoo", ("zoo",)),
    )


def test_the_digest_changes_with_what_is_found_and_with_nothing_else(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        return read_taxonomy(write(tmp_path, a=text)).digest

    before = digest("name: AI\nkeywords: [ai]\n")
    assert digest("# a comment\nslug: x\nname: AI\nkeywords:\n- AI\n") == before
    assert digest("name: AI\nkeywords: [ai, ki]\n") != before
    assert digest("name: KI\nkeywords: [ai]\n") != before


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("keywords:\n- a\n", 1, "name is missing"),
        ("slug: x\nname: 2024\n", 2, "name is not a text; put it between quotes"),
        ("---\nslug: x\nname: '?!'\n", 3, "name has neither a letter nor a digit"),
        (f"name: {'x' * 201}\n", 1, "name is longer than 200 characters"),
        ("name: A\nkeywords: a, b\n", 2, "keywords is not a list"),
        ("name: A\nkeywords:\n- a\n- 5\n", 4, "keywords[1] is not a text; put it between quotes"),
        ("name: A\nkeywords:\n- a\n-\n", 4, "keywords[1] is missing"),
        ("name: A\nslug: &x a\n", 2, "anchors are not allowed"),
        ("- name: A\n", 1, "the file is not a mapping"),
        ("", 1, "the file is empty"),
        ("name: A\nname: B\n", 2, "the key 'name' is given twice"),
        ("---\nname: A\n---\nname: B\n", 3, "document markers and more than one YAML document"),
        ("name: A\nx: ]\n", 2, "not valid YAML"),
        (f"name: A\nx: {'y' * 262_144}\n", 1, "is larger than 262144 bytes"),
        (f"name: A\nx: {'[' * 40}{']' * 40}\n", 2, "the file is nested deeper than 12"),
    ],
)
def test_a_bad_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    write(tmp_path, bad=text, good="name: Good\n")
    with pytest.raises(TaxonomyError) as raised:
        read_taxonomy(tmp_path)
    (told,) = str(raised.value).splitlines()
    assert told.startswith(f"{tmp_path / 'bad.yml'}:{line}: {reason}")


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"name: A\n# \xff\n")
    with pytest.raises(TaxonomyError, match=r"a\.yml:2: is not UTF-8"):
        read_taxonomy(tmp_path)


def test_two_files_must_not_give_one_topic(tmp_path: Path) -> None:
    write(tmp_path, a="name: AI\n", b="# two\nname: AI\n")
    with pytest.raises(TaxonomyError, match=r"b\.yml:2: the topic 'AI' is in a\.yml already"):
        read_taxonomy(tmp_path)


def test_of_many_bad_files_the_first_ten_are_told(tmp_path: Path) -> None:
    write(tmp_path, **{f"f{number:02}": "slug: x\n" for number in range(13)})
    with pytest.raises(TaxonomyError) as raised:
        read_taxonomy(tmp_path)
    lines = str(raised.value).splitlines()
    assert len(lines) == 11
    assert lines[0].startswith(f"{tmp_path / 'f00.yml'}:1: ")
    assert lines[-1] == "and 3 more"


def test_a_folder_without_topics_cannot_be_meant(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=r":1: there is no \.yml or \.yaml file"):
        read_taxonomy(tmp_path)
    with pytest.raises(TaxonomyError, match=":1: cannot be read: No such file"):
        read_taxonomy(tmp_path / "nowhere")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yml")
    with pytest.raises(TaxonomyError, match="is not a regular file"):
        read_taxonomy(tmp_path)


def test_topics_are_in_the_order_of_their_names() -> None:
    assert Taxonomy((Topic("A", ("a",)),)).digest != Taxonomy((Topic("B", ("a",)),)).digest
