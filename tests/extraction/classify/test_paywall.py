from __future__ import annotations

import pytest

from crawler.extraction.classify.paywall import PaywallSigns, evidence_of_paywall

FULL, CUT = "It ends here.", "It ends here\u2026"
LOCKED = PaywallSigns(is_declared=True)
ABSENT = PaywallSigns(is_declared=True, has_paid_part=False)
PRESENT = PaywallSigns(is_declared=True, has_paid_part=True, wall="subscribe to read")
ASKS = PaywallSigns(is_declared=True, says="subscribe to read")
WALL = PaywallSigns(wall="subscribe to read", says="subscribe to read")
SAYS = PaywallSigns(says="subscribe to read")
BOTH = PaywallSigns(is_declared=True, has_paid_part=True, wall="subscribe", repeats=True)
TWICE = PaywallSigns(says="subscribe to read", repeats=True)


def counted(words: int, *, is_declared: bool, says: str | None = None) -> PaywallSigns:
    return PaywallSigns(is_declared=is_declared, says=says, declared_words=words)


@pytest.mark.parametrize(
    ("signs", "words", "text"),
    [
        (ABSENT, 149, FULL),
        (LOCKED, 149, CUT),
        (ASKS, 249, FULL),
        (PRESENT, 149, CUT),
        (BOTH, 149, FULL),
        (ASKS, 399, CUT),
        (counted(1000, is_declared=True), 599, FULL),
        (counted(1000, is_declared=False, says="subscribe"), 300, CUT),
        (WALL, 149, FULL),
        (WALL, 399, CUT),
        (TWICE, 149, FULL),
        (SAYS, 149, "It ends here [...]"),
    ],
)
def test_two_signs_that_agree_show_a_beginning(signs: PaywallSigns, words: int, text: str) -> None:
    assert evidence_of_paywall(signs, words, text) is not None


@pytest.mark.parametrize(
    ("signs", "words", "text"),
    [
        (LOCKED, 60, FULL),
        (ABSENT, 150, FULL),
        (LOCKED, 150, CUT),
        (PRESENT, 149, FULL),
        (PRESENT, 150, CUT),
        (BOTH, 150, FULL),
        (ASKS, 250, FULL),
        (ASKS, 400, CUT),
        (counted(1000, is_declared=True), 600, FULL),
        (counted(100, is_declared=True), 30, FULL),
        (counted(20_000, is_declared=True), 1_000, FULL),
        (counted(1000, is_declared=False, says="subscribe"), 300, FULL),
        (WALL, 150, FULL),
        (SAYS, 149, FULL),
        (TWICE, 150, FULL),
        (PaywallSigns(), 20, CUT),
    ],
)
def test_one_sign_alone_does_not(signs: PaywallSigns, words: int, text: str) -> None:
    assert evidence_of_paywall(signs, words, text) is None


def test_the_evidence_says_what_decided() -> None:
    signs = PaywallSigns(is_declared=True, has_paid_part=False, wall="read on", declared_words=900)
    assert evidence_of_paywall(signs, 90, FULL) == (
        'it says that it is not free, "read on", 90 of 900 words, the rest is not on the page'
    )
