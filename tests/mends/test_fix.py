from __future__ import annotations

from crawler.mends.fix import FixedItem


def test_a_diff_counts_lines_as_git_does_and_tells_of_a_last_one_without_an_end() -> None:
    before = '---\r\nwebUrl: "a"\r\ntitle: "x\x0cy\u2028z"\r\n---\r\nend'
    item = FixedItem("items/a.md", (), before, before.replace('"a"', '"b"'))
    assert item.diff() == (
        "--- a/items/a.md\n+++ b/items/a.md\n@@ -1,5 +1,5 @@\n"
        ' ---\r\n-webUrl: "a"\r\n+webUrl: "b"\r\n title: "x\x0cy\u2028z"\r\n ---\r\n end\n'
        "\\ No newline at end of file\n"
    )
