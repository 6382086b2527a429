"""How many modules one item passes through, so that the way of a page stays readable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.command import run_crawler

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.local_web import LocalWeb

PACKAGE = Path(__file__).parents[2] / "crawler"
# Python runs this first in each process that a run starts; what a worker has seen must be on the
# disk before it is killed, so each module is written when a function of it is called first.
SITE_CUSTOMIZE = """
import sys, threading
from inspect import CO_OPTIMIZED  # the body of a module or class has not got this flag
seen = set()
def profile(frame, event, argument):
    code = frame.f_code
    name = code.co_filename
    if name not in seen and name.startswith({package!r}) and code.co_flags & CO_OPTIMIZED:
        seen.add(name)
        with open({log!r}, "a") as log:
            log.write(name + "\\n")
sys.setprofile(profile)
threading.setprofile(profile)
"""
NEWS, SECOND, THIRD = (f"http://{name}.example/story" for name in ("news", "second", "third"))


@pytest.mark.slow
def test_an_item_with_three_links_passes_through_few_modules(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    log, place = tmp_path / "modules", tmp_path / "site"
    place.mkdir()
    code = SITE_CUSTOMIZE.format(package=str(PACKAGE), log=str(log))
    (place / "sitecustomize.py").write_text(code, "utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{place}:{PACKAGE.parent}")
    for url in (NEWS, SECOND, THIRD):
        web.page(url, article_html())
    write_item(items, "bridge", original_url=NEWS, related=[SECOND, THIRD])

    done = run_crawler("run", items, "-o", output, "--json", web=web)

    assert done.json["sources"]["visited"] == {"ok": 3}
    called = {
        Path(line).relative_to(PACKAGE).as_posix() for line in log.read_text().split("\n")[:-1]
    }
    assert "extraction/extract.py" in called
    assert len(called) <= 160, sorted(called)
