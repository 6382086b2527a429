from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.images.copies import keep_copy
from crawler.images.size import ImageFacts
from crawler.output.atomic import UnsafePathError

if TYPE_CHECKING:
    from pathlib import Path

FACTS = ImageFacts("jpeg", 640, 480, thumbnail=(b"small", 400, 300))


def test_one_file_serves_all_who_have_the_same_bytes(tmp_path: Path) -> None:
    first = keep_copy(tmp_path, FACTS, b"data")
    assert first.file is not None
    assert first.file.endswith(".jpg")
    path = tmp_path / first.file
    stamp = path.stat().st_mtime_ns
    assert keep_copy(tmp_path, FACTS, b"data").file == first.file
    assert path.stat().st_mtime_ns == stamp
    assert keep_copy(tmp_path, FACTS, b"other").file != first.file
    assert (tmp_path / str(first.thumbnail)).read_bytes() == b"small"


def test_what_has_a_problem_is_not_stored(tmp_path: Path) -> None:
    record = keep_copy(tmp_path, ImageFacts("png", 5, 5, "broken"), b"data")
    assert (record.problem, record.width, record.file) == ("broken", 5, None)
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    output, elsewhere = tmp_path / "output", tmp_path / "elsewhere"
    output.mkdir()
    elsewhere.mkdir()
    (output / "images").symlink_to(elsewhere)
    with pytest.raises(UnsafePathError):
        keep_copy(output, FACTS, b"data")
    assert list(elsewhere.iterdir()) == []
