from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from scrapy.settings import BaseSettings

from crawler import config
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
OTHER = "http://other.example/bridge-saved"


@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("0", False), ("False", False)])
def test_the_setting_is_read_as_scrapy_reads_its_own(value: str, *, wanted: bool) -> None:
    assert config.DUPLICATES.of(BaseSettings({"CRAWLER_DUPLICATES": value})) is wanted


def test_a_value_that_is_neither_is_refused() -> None:
    with pytest.raises(OptionError, match="CRAWLER_DUPLICATES"):
        config.DUPLICATES.of(BaseSettings({"CRAWLER_DUPLICATES": "perhaps"}))


def test_a_crawl_says_of_a_copy_what_it_is_a_copy_of(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
) -> None:
    write_item(items, "bridge", original_url=NEWS, related=[OTHER])
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Beams to be mended", published="2024-05-15T07:00:00Z"))

    def enrichment() -> dict[str, Any]:
        text = (output / "items" / "bridge.md").read_text()
        block: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])["enrichment"]
        return block

    assert crawl().code == 0
    assert enrichment()["related"][0]["duplicateOf"] == NEWS
    assert [copy["url"] for copy in enrichment()["cluster"]] == [OTHER]

    told = run_crawler("explain", OTHER, "-o", output, "--json").json["sources"][0]
    assert told["duplicateOf"] == NEWS
    assert [copy["url"] for copy in told["cluster"]] == [NEWS]
    lines = run_crawler("explain", OTHER, "-o", output).stdout.splitlines()
    assert f"  duplicate of {NEWS}" in lines
    assert any(line.startswith("  copy, similarity ") for line in lines)

    assert crawl(settings={"CRAWLER_DUPLICATES": 0}).json["files"]["written"] == 2
    assert "cluster" not in enrichment()
    assert "duplicateOf" not in enrichment()["related"][0]
