from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler import ItemError, read_enriched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

SITE = "http://news.example"


@pytest.fixture
def crawl(
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
) -> Callable[..., Path]:
    """Crawl an item with a related article of a source file, and one that is another item."""

    def run(*words: str) -> Path:
        items = tmp_path / "items"
        for name in "abc":
            web.page(f"{SITE}/{name}", article_html(title=name.upper(), paragraphs=[name * 9] * 40))
        write_item(items, "deep/a", original_url=f"{SITE}/a", related=[f"{SITE}/b", f"{SITE}/c"])
        write_item(items, "c", original_url=f"{SITE}/c")
        assert run_crawler("run", items, "-o", tmp_path / "out", *words, web=web).code == 0
        return items if words else tmp_path / "out/items"

    return run


def test_an_enriched_item_is_read_with_its_entries_and_all_texts(
    crawl: Callable[..., Path],
) -> None:
    enriched = read_enriched(crawl() / "deep/a.md")
    assert enriched.item.data["originalUrl"] == f"{SITE}/a"
    assert enriched.source["title"] == "A"
    assert [entry["title"] for entry in enriched.related] == ["B", "C"]
    texts = [enriched.texts[entry["textFile"]].partition(" ")[0] for entry in enriched.entries]
    assert [text[:9] for text in texts] == ["a" * 9, "b" * 9, "c" * 9]
    assert enriched.text == enriched.texts["items/deep/a.md"]
    assert enriched.problems == ()


def test_with_items_in_place_the_output_folder_is_to_be_named(
    crawl: Callable[..., Path], tmp_path: Path
) -> None:
    file = crawl("--in-place") / "deep/a.md"
    output = tmp_path / "out"
    assert len(read_enriched(str(file), output=str(output)).texts) == 3
    without = read_enriched(file)
    assert len(without.texts) == 2
    (problem,) = without.problems
    assert problem.file == without.related[0]["textFile"]
    assert problem.reason == "is not there; name the output folder"


@pytest.mark.parametrize("name", ["../../secret.md", "/etc/passwd", "deep/link.md", "deep/dir.md"])
def test_no_entry_has_another_file_read(crawl: Callable[..., Path], name: str) -> None:
    items = crawl()
    secret = items.parent.parent / "secret.md"
    secret.write_text("---\nschema: 1\n---\nsecret\n")
    (items / "deep/link.md").symlink_to(secret)
    (items / "deep/dir.md").mkdir()
    file = items / "deep/a.md"
    text = file.read_text()
    known = read_enriched(file).related[0]["textFile"]
    file.write_text(text.replace(f'"{known}"', f'"{name}"'))
    enriched = read_enriched(file)
    assert name not in enriched.texts
    assert len(enriched.problems) == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("wordCount: ", 'wordCount: "many" # ', "source.wordCount: expected int, got str"),
        ('      title: "C"', "      title: [C]", "related.1.title: expected str, got array"),
        ("      where", "      where", None),
        ("<!-- article:end -->", "", "the article does not end"),
        ("  schema: 1", "  schema: 9", "the key 'enrichment' is not this crawler's"),
        ("  related:", "  related: 3\n  old:", "expected"),
        ("  source:", "  source:\n    title: null", None),
    ],
)
def test_what_no_run_would_have_written_is_told_with_file_and_line(
    crawl: Callable[..., Path], old: str, new: str, told: str | None
) -> None:
    file = crawl() / "deep/a.md"
    text = file.read_text()
    place = text.find(old)
    file.write_text(text.replace(old, new, 1))
    if told is None:
        read_enriched(file)
        return
    with pytest.raises(ItemError) as error:
        read_enriched(file)
    problem = error.value.problem
    assert problem.file == str(file)
    assert told in problem.reason
    if " expected" in told:
        assert problem.line == text.count("\n", 0, place) + 1


def test_an_item_that_no_run_has_written_is_told(
    write_item: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_item(tmp_path, "a", original_url=f"{SITE}/a")
    with pytest.raises(ItemError, match=r"a\.md:1: is not enriched"):
        read_enriched(file)
    with pytest.raises(ItemError, match=r"none\.md:1: is not there"):
        read_enriched(tmp_path / "none.md")
