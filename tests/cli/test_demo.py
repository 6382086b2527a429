from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.items.enrichment import remove_added_parts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome

EXPECTED = {"ok": 8, "gone": 1, "robots": 1, "not-html": 1, "empty": 1, "unsupported": 1}


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*.md")
    }


@pytest.mark.slow
def test_the_demo_shows_every_kind_of_end_and_a_second_one_makes_nothing_new(
    run_crawler: Callable[..., Outcome], tmp_path: Path
) -> None:
    first = run_crawler("demo", "--json", cwd=tmp_path)
    assert first.code == 0, first.stderr
    assert first.json["ended"] == "finished"
    assert first.json["items"] == {"selected": 6, "changed": 6, "invalid": 0}
    assert first.json["sources"] == {"due": 13, "visited": EXPECTED, "held": EXPECTED}
    assert first.json["files"]["failed"] == 0
    assert first.json["problems"] == []
    assert "Traceback" not in first.stderr

    output = tmp_path / "output"
    items = sorted((output / "demo-items").iterdir())
    assert len(items) == 6
    crlf = 0
    for item in items:
        original = item.read_bytes()
        enriched = (output / "items" / item.name).read_bytes()
        assert remove_added_parts(enriched.decode()).encode() == original
        assert b"\nenrichment:" in enriched
        if b"\r\n" in original:
            crlf += 1
            assert enriched.count(b"\n") == enriched.count(b"\r\n")
        else:
            assert b"\r" not in enriched
    assert crlf == 1

    made = {folder: snapshot(output / folder) for folder in ("items", "sources")}
    assert len(made["items"]) == 6
    second = run_crawler("demo", "--json", cwd=tmp_path)
    assert second.code == 0, second.stderr
    assert second.json["sources"] == {"due": 0, "visited": {}, "held": EXPECTED}
    assert second.json["items"]["changed"] == 0
    assert second.json["files"]["written"] == 0
    assert {folder: snapshot(output / folder) for folder in made} == made
