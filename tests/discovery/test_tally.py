"""What a search has found, told to other programs and read again."""

from __future__ import annotations

import json
from collections import Counter

from crawler.discovery.options import DiscoveryTally
from crawler.states import State
from crawler.summary import RunSummary


def test_a_tally_goes_through_json_with_its_summary() -> None:
    asked = Counter({State.OK: 2, State.NOT_MODIFIED: 1, State.ROBOTS: 3})
    tally = DiscoveryTally(asked, created=4, known=5, unusable=6, left=7)
    summary = RunSummary(discovery=tally)
    again = RunSummary.from_json(json.loads(json.dumps(summary.as_json())))
    assert again.discovery == tally
    assert tally.failed == 3
    assert "discovery" not in RunSummary().as_json()
