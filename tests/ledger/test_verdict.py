from __future__ import annotations

import pytest

from crawler.ledger.records import Attempt
from crawler.ledger.revisit import deciding_attempt
from crawler.states import State

CASES = [
    ("a single answer decides", [State.OK], 0),
    ("a good answer decides over earlier failures", [State.NOT_FOUND, State.TIMEOUT, State.OK], 2),
    ("metadata alone is a good answer", [State.GONE, State.UNSUPPORTED], 1),
    ("a failure that may pass decides over one for good", [State.GONE, State.SERVER_ERROR], 1),
    ("a part of a text decides over failures", [State.TIMEOUT, State.PAYWALLED], 1),
    ("a good answer decides over a part of a text", [State.PAYWALLED, State.OK], 1),
    ("a bot wall does not say that a page is lost", [State.SOFT_404, State.BLOCKED], 1),
    ("of failures for good the first URL decides", [State.GONE, State.NOT_FOUND], 0),
    ("of passing failures the first decides", [State.TIMEOUT, State.NETWORK_ERROR], 0),
]


@pytest.mark.parametrize(("states", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_deciding_attempt(states: list[State], expected: int) -> None:
    assert deciding_attempt([Attempt(str(n), state) for n, state in enumerate(states)]) == expected
