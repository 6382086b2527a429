from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
OTHER = "http://other.example/market"
RULES = """\
[[rule]]
domain = "news.example"
title = "h9"
author = ".by"

[[rule]]
domain = "other.example"
title = ".kicker"
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    return path


def test_a_crawl_goes_by_rules_and_explains_what_they_did(
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
    rules: Path,
    tmp_path: Path,
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    write_item(items, "a", original_url=NEWS, related=[OTHER])
    page = article_html().replace("<h1>", "<p class=by>Ines Calder</p><p class=kicker>Town</p><h1>")
    web.page(NEWS, page)
    web.page(OTHER, page)
    crawl = ("run", items, "-o", output)
    outcome = run_crawler(*crawl, web=web, settings={"CRAWLER_RULES": rules})
    assert outcome.code == 0, outcome.stderr
    assert f"ok {NEWS} (HTTP 200, rules.toml:1 finds no title)" in outcome.stderr
    explained = run_crawler("explain", NEWS, "-o", output, "--json").json["sources"][0]["held"]
    assert [attempt["detail"] for attempt in explained["attempts"]] == [
        "rules.toml:1 finds no title"
    ]
    fields = {one["field"]: (one["value"], one["origin"]) for one in explained["fields"]}
    assert fields["authors"] == (["Ines Calder"], "rule")
    assert fields["title"] == ("The old footbridge stays open", "json-ld")

    rules.write_text(RULES.replace("h9", ".kicker"), encoding="utf-8")
    run_crawler(*crawl, web=web, settings={"CRAWLER_RULES": rules})
    assert web.count(NEWS) == 1  # a changed rule asks no site again by itself
    run_crawler(*crawl, "--force", web=web, settings={"CRAWLER_RULES": rules})
    explained = run_crawler("explain", NEWS, "-o", output, "--json").json["sources"][0]["held"]
    fields = {one["field"]: (one["value"], one["origin"]) for one in explained["fields"]}
    assert fields["title"] == ("Town", "rule")


def test_bad_rules_end_a_run_before_it_has_begun(
    run_crawler: Callable[..., Outcome], write_item: Callable[..., Path], tmp_path: Path
) -> None:
    items, rules = tmp_path / "items", tmp_path / "rules.toml"
    write_item(items, "a", original_url=NEWS)
    rules.write_text('[[rule]]\ndomain = "a.example"\ntitel = "h1"\n', encoding="utf-8")
    outcome = run_crawler("run", items, "-o", tmp_path / "out", settings={"CRAWLER_RULES": rules})
    assert outcome.code == 2
    assert f"CRAWLER_RULES: {rules}:3: 'titel' is not known" in outcome.stderr
