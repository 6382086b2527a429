from __future__ import annotations

import builtins
import random
import string
import time
from typing import Any

import pytest

from crawler.topics import FoundTopic, MatcherMissingError, Taxonomy, Topic, TopicMatcher


def matcher(**keywords: str) -> TopicMatcher:
    """Topics by name; keywords are separated by bars."""
    topics = (Topic(name, tuple(text.split("|"))) for name, text in sorted(keywords.items()))
    return TopicMatcher(Taxonomy(tuple(topics)))


def test_topics_are_found_in_title_and_body_with_their_count() -> None:
    topics = matcher(Apps="power apps", Bridges="bridge|bridges|footbridge", Music="music")
    assert topics.find("The Footbridge stays", "Two bridges. POWER-APPS, Power\nApps!") == [
        FoundTopic("Bridges", 2, ("title", "body")),
        FoundTopic("Apps", 2, ("body",)),
    ]


def test_the_title_comes_first_then_the_most_frequent_then_the_name() -> None:
    topics = matcher(A="aa", B="bb", C="cc", D="dd")
    found = topics.find("dd", "bb aa cc cc")
    assert [(topic.name, topic.count) for topic in found] == [
        ("D", 1),
        ("C", 2),
        ("A", 1),
        ("B", 1),
    ]


def test_overlapping_keywords_of_one_topic_count_once_and_of_two_topics_for_both() -> None:
    topics = matcher(AI="ai|ai builder|builder", Apps="builder", Tools="ai builder tools")
    counts = {topic.name: topic.count for topic in topics.find(None, "AI Builder tools")}
    assert counts == {"AI": 1, "Apps": 1, "Tools": 1}


def test_a_keyword_of_two_topics_is_found_for_both() -> None:
    assert [topic.name for topic in matcher(A="x", B="x").find("x", "")] == ["A", "B"]


def test_what_a_link_points_to_is_no_text() -> None:
    topics = matcher(Fruit="apple")
    assert topics.find(None, "[Pear](https://apple.example/apple)") == []
    assert topics.find(None, "[**Ap**ple](https://pear.example/)") != []


def test_a_page_without_text_has_no_topics() -> None:
    assert matcher(A="a").find(None, "") == []


def test_without_the_library_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any) -> Any:
        if name == "ahocorasick_rs":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(
        MatcherMissingError, match=r"the extra 'topics': pip install 'ahocorasick-rs>"
    ):
        matcher(A="a")


def test_thousands_of_topics_cost_little_more_than_one() -> None:
    random_words = random.Random(1)

    def word() -> str:
        return "".join(random_words.choices(string.ascii_lowercase, k=7))

    many = Taxonomy(tuple(Topic(f"T{n}", tuple(word() for _ in range(20))) for n in range(2000)))
    text = " ".join(word() for _ in range(20_000))

    def cost(topics: TopicMatcher) -> float:
        started = time.process_time()
        topics.find(None, text)
        return time.process_time() - started

    one, thousands = TopicMatcher(Taxonomy(many.topics[:1])), TopicMatcher(many)
    # Measured: about twice; a loop over the keywords is thousands of times slower.
    assert min(cost(thousands) for _ in range(3)) < 20 * min(cost(one) for _ in range(3))
