"""What a run would fetch, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.console import Console

from crawler.cli.process import project_settings
from crawler.crawl import Crawl
from crawler.exit_codes import ExitCode
from crawler.plan.revisit import RevisitPolicy
from crawler.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.options import CrawlOptions

_PAGE = 500


def print_plan(options: CrawlOptions, overrides: Mapping[str, str], *, as_json: bool) -> ExitCode:
    """Print a line (or a JSON object) for each due source, and return the exit code."""
    errors = Console(stderr=True)
    with Crawl(
        options,
        revisit=RevisitPolicy.from_settings(project_settings(overrides)),
        on_problem=lambda text: errors.print(visible(text), markup=False, soft_wrap=True),
        should_stop=lambda: False,
    ) as crawl:
        due = crawl.plan()
        plan = (
            source for position in range(0, due, _PAGE) for source in crawl.due(position, _PAGE)
        )
        if as_json:
            rows = [{"reason": due.reason, "urls": due.record.urls} for due in plan]
            print(json.dumps(rows, indent=2))
        else:
            for source in plan:
                print(visible(f"{source.reason}\t{source.record.urls[0]}", keep="\t"))
        invalid = crawl.summary.invalid
    return ExitCode.ITEMS_INVALID if invalid else ExitCode.ALL_GOOD
