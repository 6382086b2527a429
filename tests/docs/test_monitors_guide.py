"""The example of docs/monitors.md: monitors of Spidermon beside ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.command import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.local_web import LocalWeb

PAYWALLED = (
    Path(__file__).parents[2] / "tests/extraction/classify/pages/paywalled/piano-haspart-en.html"
)
GUIDE = Path(__file__).parents[2] / "docs" / "monitors.md"


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (True, "[Spidermon] Paywalls/few pages cost money... OK"),
        (False, "[Spidermon] Paywalls/few pages cost money... FAIL"),
    ],
)
def test_monitors_of_spidermon_count_states(
    free: bool,
    said: str,
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
) -> None:
    named = re.findall(r"`(news/\w+\.py)`:\n\n```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert [name for name, _ in named] == ["news/settings.py", "news/monitors.py"]
    (tmp_path / "news").mkdir()
    for name, code in named:
        (tmp_path / name).write_text(code)
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = news.settings\n")
    page = article_html() if free else PAYWALLED.read_text()
    web.page("http://news.example/a", page)
    write_item(tmp_path / "items", "a", original_url="http://news.example/a")

    done = subprocess.run(
        [
            Path(sys.executable).with_name("scrapy"),
            "crawl",
            "items",
            *("-a", "items=items", "-a", "output=output"),
            *("-s", "CRAWLER_WAYBACK=off", "-s", "DOWNLOAD_DELAY=0"),
        ],
        cwd=tmp_path,
        env=environment(web) | {"PYTHONPATH": os.fspath(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert said in done.stderr
    assert f"crawler/state/{'ok' if free else 'paywalled'}" in done.stderr
