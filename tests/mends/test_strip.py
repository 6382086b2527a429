from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import ItemError
from crawler.items.enrichment import insert_added_parts
from crawler.items.item import original_text
from crawler.mends.strip import StripReport, strip_items
from crawler.output.enriched import enriched_item

HEAD = '---\ntitle: "A bridge"\noriginalUrl: http://news.example/a\n'
ITEM = f"{HEAD}---\nMy own words.\n"
FIRST = HEAD.count("\n") + 1  # the line of `enrichment:`

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX links and modes")


def enriched(text: str = ITEM, below: str = "") -> str:
    """An item as a run writes it in place, with the digest of what is added."""
    return enriched_item(text, {"state": "gone"}, [], None, below=below)


@pytest.fixture
def items(tmp_path: Path) -> Path:
    folder = tmp_path / "items"
    folder.mkdir()
    return folder


def put(items: Path, name: str, text: str) -> Path:
    path = items / f"{name}.md"
    path.write_bytes(text.encode())
    return path


def strip(items: Path, **options: bool) -> StripReport:
    return strip_items([items], **({"write": True} | options))


def told(report: StripReport, items: Path) -> list[str]:
    problems = (*report.invalid, *report.left)
    return [str(problem).removeprefix(f"{items}{os.sep}") for problem in problems]


def test_an_enriched_item_gets_its_bytes_back_and_others_are_not_touched(items: Path) -> None:
    one, plain = put(items, "one", enriched()), put(items, "plain", ITEM)
    before = plain.stat().st_mtime_ns
    report = strip(items)
    assert one.read_bytes() == ITEM.encode()
    assert plain.stat().st_mtime_ns == before
    assert (report.plain, len(report.stripped), told(report, items)) == (1, 1, [])
    assert report.size == len(enriched()) - len(ITEM)


def test_without_write_nothing_changes(items: Path) -> None:
    one = put(items, "one", enriched())
    assert len(strip(items, write=False).stripped) == 1
    assert one.read_bytes() == enriched().encode()


def test_what_was_typed_below_the_article_stays(items: Path) -> None:
    one = put(items, "one", enriched(below="A postscript.\n"))
    (stripped,) = strip(items).stripped
    assert stripped.has_text_below
    assert one.read_bytes() == f"{ITEM}\nA postscript.\n".encode()


def test_an_edited_block_is_left_and_told_with_its_line_unless_asked_for(items: Path) -> None:
    edited = enriched().replace('"gone"', '"mine"')
    one = put(items, "one", edited)
    reason = "was edited within what is written by this crawler; left as it is"
    assert told(strip(items), items) == [f"one.md:{FIRST}: {reason}"]
    assert one.read_bytes() == edited.encode()
    assert told(strip(items, edited=True), items) == []
    assert one.read_bytes() == ITEM.encode()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f"{HEAD}enrichment: mine\n---\n", FIRST, "the key 'enrichment' is not this crawler's"),
        (
            enriched().replace("---\nMy own", "---\n<!-- article:begin x -->\nMy own"),
            enriched().count("\n"),
            "the article does not end: there is no line '<!-- article:end -->'",
        ),
        ("no front matter\n", 1, "the first line is not '---'"),
    ],
    ids=["foreign", "endless", "none"],
)
def test_what_is_not_surely_ours_is_left_and_told(
    items: Path, text: str, line: int, reason: str
) -> None:
    one = put(items, "one", text)
    other = put(items, "other", enriched())
    (problem,) = told(strip(items, edited=True), items)
    assert problem == f"one.md:{line}: {reason}"
    assert one.read_bytes() == text.encode()
    assert other.read_bytes() == ITEM.encode()


@posix
def test_links_to_files_and_read_only_files_are_told_and_left(items: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.md"
    elsewhere.write_text(enriched())
    (items / "link.md").symlink_to(elsewhere)
    (items / "plain-link.md").symlink_to(put(items, "plain", ITEM))
    hard = put(items, "hard", enriched())
    (tmp_path / "second-name").hardlink_to(hard)
    put(items, "locked", enriched()).chmod(0o444)
    for write in (False, True):
        report = strip(items, write=write)
        assert told(report, items) == [
            "hard.md:1: not stripped: the file has 2 names (hard links), which would come apart",
            "link.md:1: not stripped: there is something else than a regular file",
            "locked.md:1: not stripped: the file is read-only",
        ]
        assert report.plain == 2
    assert elsewhere.read_text() == hard.read_text() == enriched()


@posix
def test_a_pipe_does_not_keep_it_waiting(items: Path) -> None:
    os.mkfifo(items / "pipe.md")
    assert told(strip(items), items) == ["pipe.md:1: is not a regular file"]


@posix
def test_a_file_saved_in_the_last_moment_stays(
    items: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = put(items, "one", enriched())
    saved = enriched(ITEM + "Saved just now.\n")
    look = Path.lstat

    def save_then_look(path: Path) -> os.stat_result:
        if path == one:
            one.write_text(saved)
        return look(path)

    monkeypatch.setattr(Path, "lstat", save_then_look)
    (problem,) = told(strip(items), items)
    assert problem.startswith("one.md:1: not stripped: it was changed meanwhile")
    assert one.read_text() == saved


_fields = st.sampled_from(
    [
        *("a: 1", "b: |+{n}  text  {n}", "", "# enrichment:", "c: \u2028", "d: 'it''s{n}  so'"),
        *("e: >-{n}  x{n}{n}  y", 'f: "enrichment:"', "g:{n}  enrichment:{n}    schema: 1"),
    ]
)
_pieces = st.sampled_from(
    (
        *("<!-- article:begin x -->", "<!-- article:end -->", "---", "enrichment:", "  schema: 1"),
        *("\n", "\r\n", "\r", " ", "\u2028", "\x85", "\x00", "\U0001f600"),
    )
)
_newlines = st.sampled_from(["\n", "\r\n"])


@given(
    bom=st.sampled_from(["", "\ufeff"]),
    fields=st.lists(_fields, max_size=6),
    newline=_newlines,
    body=st.lists(_pieces, max_size=12),
    markdown=st.none() | st.sampled_from(["text", "# h\n\n- a\n---", "x\u2028y"]),
)
def test_the_original_text_is_that_from_before_parts_were_added(
    bom: str, fields: list[str], newline: str, body: list[str], markdown: str | None
) -> None:
    lines = ["---", "z: 1", *(field.replace("{n}", newline) for field in fields), "---", ""]
    text = bom + newline.join(lines) + "".join(body)
    block = "enrichment:\n  schema: 1\n  source:\n    state: ok\n"
    article = None if markdown is None else ("http://a.example/", markdown)
    added = insert_added_parts(text, block, article)
    assert original_text(added.encode(), file="a.md").encode() == text.encode()
    assert original_text(text.encode(), file="a.md") == text


def test_a_block_within_a_quoted_value_is_the_authors() -> None:
    block = "enrichment:\n  schema: 1\n"
    with pytest.raises(ItemError, match=r"a\.md:"):
        original_text(f"---\na: 'b\n{block}c'\n---\n".encode(), file="a.md")
