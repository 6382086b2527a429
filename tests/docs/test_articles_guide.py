"""docs/articles.md, followed as a new user would."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.local_web import LocalWeb

GUIDE = (Path(__file__).parents[2] / "docs/articles.md").read_text("utf-8")
BLOCK = re.compile(r"^```\w+\n# (?P<file>\S+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"^```sh\ncrawler (?P<words>.*)\n```$", re.MULTILINE)
NEWS = "http://news.example/bridge"


def test_the_pipeline_of_the_guide_gets_the_article(
    tmp_path: Path,
    web: LocalWeb,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> None:
    for name, text in BLOCK.findall(GUIDE):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    web.page(NEWS, article_html())
    write_item(tmp_path / "items", "bridge", original_url=NEWS)
    (words,) = SHELL.findall(GUIDE)
    done = subprocess.run(
        [sys.executable, "-m", "crawler", *words.split(), "--set=CRAWLER_WAYBACK=off"],
        cwd=tmp_path,
        env=environment(web),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [document] = map(json.loads, (tmp_path / "search.jsonl").read_text().splitlines())
    assert (document["id"], document["title"]) == (NEWS, "The old footbridge stays open")
