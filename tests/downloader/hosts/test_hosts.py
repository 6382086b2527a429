from __future__ import annotations

import pytest

from crawler.downloader.host_state import HostLimits, Hosts, Pause, pause_after_timeout, with_margin
from crawler.options import OptionError

URL = "https://www.news.example/a"
SISTER = "https://blog.news.example/a"
OTHER = "https://other.example/a"


class Clock:
    """Time that a test turns on."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hosts(clock: Clock) -> Hosts:
    return Hosts(HostLimits(longest_wait=100, strikes=3, cooldown=1000, backoff=2), clock=clock)


def test_a_pause_is_of_the_whole_site_until_it_is_over(hosts: Hosts, clock: Clock) -> None:
    hosts.pause(URL, 10, "HTTP 429")
    assert hosts.seconds_to_wait("news.example") == 10
    assert hosts.rest_of(SISTER) == Pause(clock.now + 10, "HTTP 429")
    assert hosts.rest_of(OTHER) is None
    assert hosts.refusal(URL) is None
    clock.now += 10
    assert hosts.seconds_to_wait("news.example") == 0
    assert hosts.rest_of(SISTER) is None


def test_a_shorter_pause_does_not_end_a_longer_one(hosts: Hosts) -> None:
    hosts.pause(URL, 50, "HTTP 503")
    hosts.pause(URL, 5, "HTTP 429")
    assert hosts.seconds_to_wait("news.example") == 50


def test_a_pause_that_nobody_waits_for_refuses_until_it_is_short_enough(
    hosts: Hosts, clock: Clock
) -> None:
    hosts.pause(URL, 500, "HTTP 429")
    assert hosts.refusal(SISTER) is not None
    assert hosts.seconds_to_wait("news.example") == 0
    clock.now += 450
    assert hosts.refusal(SISTER) is None
    assert hosts.seconds_to_wait("news.example") == 50


def test_failures_in_a_row_cool_the_host_down_but_not_its_sister(
    hosts: Hosts, clock: Clock
) -> None:
    assert hosts.strike(URL, "reset") is None
    assert hosts.strike(URL, "reset") is None
    rest = hosts.strike(URL, "a time-out")
    assert rest is not None
    assert rest.reason == "3 failures in a row, the last one: a time-out"
    assert hosts.refusal(URL) == rest
    assert hosts.refusal(SISTER) is None
    clock.now += 999
    assert hosts.refusal(URL) == rest, "nobody waits for the end of a cool-down"
    clock.now += 1
    assert hosts.refusal(URL) is None
    assert hosts.strike(URL, "reset") is None, "it has a full set of strikes again"


def test_an_answer_ends_a_row_of_failures(hosts: Hosts) -> None:
    for _ in range(9):
        assert hosts.strike(URL, "reset") is None
        assert hosts.strike(URL, "reset") is None
        hosts.answered(URL)


def test_a_rest_of_an_earlier_run_is_taken_over(hosts: Hosts, clock: Clock) -> None:
    hosts.recall("news.example", 500, "Retry-After")
    assert hosts.refusal(SISTER) is not None
    clock.now += 450
    assert hosts.refusal(SISTER) is None


def test_a_rest_of_an_earlier_run_is_lifted_and_one_of_this_run_is_not(hosts: Hosts) -> None:
    hosts.recall("news.example", 500, "Retry-After")
    hosts.recall("www.news.example", 500, "5 failures in a row")
    assert sorted(hosts.lift(URL)) == ["news.example", "www.news.example"]
    assert hosts.refusal(URL) is None
    hosts.pause(URL, 500, "HTTP 429")
    assert hosts.lift(URL) == []
    assert hosts.refusal(URL) is not None


@pytest.mark.parametrize("platform", ["vercel.app", "github.io", "blogspot.com", "pages.dev"])
def test_a_user_of_a_platform_silences_no_other_one(hosts: Hosts, platform: str) -> None:
    hosts.pause(f"http://mallory.{platform}/", 500, "HTTP 429")
    assert hosts.refusal(f"http://www.mallory.{platform}/") is not None
    assert hosts.refusal(f"http://writer.{platform}/") is None
    assert hosts.refusal(f"http://{platform}/") is None


def test_a_host_is_not_blamed_for_what_others_point_at(hosts: Hosts) -> None:
    for _ in range(9):
        hosts.strike(URL, "refused", via="mallory.example")
    assert hosts.refusal(URL) is None
    assert hosts.refusal(URL, via="other.example") is None
    assert hosts.refusal(URL, via="mallory.example") is not None
    hosts.answered(URL, via="other.example")
    assert hosts.strikes(URL) == 0


def test_a_closed_port_is_not_the_whole_host(hosts: Hosts) -> None:
    for _ in range(9):
        hosts.strike("http://www.news.example:81/", "refused")
    assert hosts.refusal("http://www.news.example:81/a") is not None
    assert hosts.refusal(URL) is None
    assert hosts.refusal("http://www.news.example:80/") is None


def test_the_largest_distance_that_a_site_asks_for_counts(hosts: Hosts) -> None:
    hosts.keep_apart(URL, 10)
    hosts.keep_apart(SISTER, 5)
    assert hosts.seconds_apart("news.example") == 10
    assert hosts.seconds_apart("other.example") == 0


def test_backoff_doubles_has_jitter_and_a_limit() -> None:
    limits = HostLimits(longest_wait=100, backoff=2)
    for failures, lowest in ((1, 2), (2, 4), (3, 8), (5, 32)):
        pauses = {limits.backoff_after(failures) for _ in range(50)}
        assert len(pauses) > 1
        assert all(lowest <= pause <= lowest * 1.5 for pause in pauses)
    assert limits.backoff_after(10**9) == 100


def test_margins_are_on_the_safe_side() -> None:
    assert with_margin(3 * 86_400) == 3 * 86_400, "that is the longest"
    assert with_margin(0) > 0
    assert with_margin(60) > 61
    assert all(33 <= pause_after_timeout(30) <= 45 for _ in range(50))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRAWLER_HOST_WAIT_MAX", "long"),
        ("CRAWLER_HOST_STRIKES", 0),
        ("CRAWLER_HOST_COOLDOWN", "inf"),
        ("CRAWLER_BACKOFF_SECONDS", -1),
    ],
)
def test_a_limit_that_makes_no_sense_is_named(name: str, value: object) -> None:
    good = {
        "CRAWLER_HOST_WAIT_MAX": 120.0,
        "CRAWLER_HOST_STRIKES": "5",
        "CRAWLER_HOST_COOLDOWN": 1800,
        "CRAWLER_BACKOFF_SECONDS": 2.0,
    }
    assert HostLimits.from_settings(good) == HostLimits()
    assert HostLimits.from_settings(good | {"CRAWLER_HOST_COOLDOWN": 1e9}).cooldown == 3 * 86_400
    with pytest.raises(OptionError, match=name):
        HostLimits.from_settings(good | {name: value})
