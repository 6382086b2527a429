from __future__ import annotations

import pytest

from crawler.extraction.classify.phrases import PHRASES, bare, folded

CONCEPTS = ["not_found_title", "not_found_says", "consent_title", "consent_says", "consent_button"]
CONCEPTS += ["consent_words", "login_title", "login_says", "challenge_title", "challenge_says"]
CONCEPTS += ["paywall_says", "parking_says", "fault_title", "fault_says", "refusal_title"]
CONCEPTS += ["refusal_says", "removed_title", "removed_says"]


@pytest.mark.parametrize("concept", CONCEPTS)
def test_each_concept_is_known_in_many_languages(concept: str) -> None:
    assert len(PHRASES.languages(concept)) >= 15
    assert {"en", "de", "fr", "es", "ja", "ru"} <= PHRASES.languages(concept)
    assert all(phrase == bare(folded(phrase)) != "" for phrase in PHRASES[concept].all)


@pytest.mark.parametrize("concept", [name for name in CONCEPTS if name.endswith("_says")])
def test_what_a_page_says_of_itself_is_more_than_a_letter_or_two(concept: str) -> None:
    assert all(len(phrase.encode()) >= 6 for phrase in PHRASES[concept].all)


def test_a_title_is_compared_without_case_spacing_and_the_punctuation_at_its_ends() -> None:
    titles = PHRASES["not_found_title"]
    assert titles.equal_to([bare(folded("  Oops!  That page can\u2019t be\nfound. "))]) is not None
    assert titles.equal_to([bare(folded("Page not found: how the web forgets"))]) is None


def test_of_phrases_in_a_text_the_longest_is_told() -> None:
    text = folded("Sorry: the page you requested could not be found, or page you have requested")
    assert PHRASES["not_found_says"].first_in(text) == "page you requested could not be found"
    assert PHRASES["not_found_says"].first_in("an article") is None
