"""How long hosts are left alone: pure arithmetic of pauses, strikes and limits."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_REST: Final = timedelta(days=3)
"""Who asks for more is asked once again after this, and may then say so again."""

_MOST_DOUBLINGS: Final = 10
# Our clock and the site's are read at different moments, and both round.
_MARGIN_FACTOR, _MARGIN_SECONDS = 1.02, 0.1
_JITTER: Final = (1.0, 1.5)
_TIMEOUT_JITTER: Final = (1.1, 1.5)


@dataclass(frozen=True, slots=True)
class Rest:
    """A time in which a host is left alone.

    Attributes:
        until: its end, by the run's own clock (`crawler.fetch.hosts.hosts.Hosts.now`).
        reason: why, in a few words.
        is_cooldown: it follows from failures in a row, so nobody waits for its end.
        is_earlier: an earlier run has begun it.
    """

    until: float
    reason: str
    is_cooldown: bool = False
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class HostLimits:
    """What the settings say about hosts.

    Attributes:
        longest_wait: seconds of a pause that a run waits for.
        strikes: failures in a row after which a host is left alone.
        cooldown: seconds that it is then left alone for, up to `LONGEST_REST`.
        backoff: seconds of the first pause after a failure; each further one is twice as long.
    """

    longest_wait: float = 120.0
    strikes: int = 5
    cooldown: float = 1800.0
    backoff: float = 2.0

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """Read the CRAWLER_HOST_* settings and CRAWLER_BACKOFF_SECONDS.

        Raises:
            OptionError: one of them is no number that makes sense.
        """
        return cls(
            longest_wait=_number(settings, "CRAWLER_HOST_WAIT_MAX", 0, 120.0),
            strikes=math.ceil(_number(settings, "CRAWLER_HOST_STRIKES", 1, 5)),
            cooldown=min(
                _number(settings, "CRAWLER_HOST_COOLDOWN", 0, 1800.0),
                LONGEST_REST.total_seconds(),
            ),
            backoff=_number(settings, "CRAWLER_BACKOFF_SECONDS", 0, 2.0),
        )

    def outlasts(self, rest: Rest, now: float) -> bool:
        """Whether a rest is longer than this run waits."""
        return rest.is_cooldown or rest.until - now > self.longest_wait

    def backoff_after(self, failures: int) -> float:
        """Return the seconds to pause after so many failures in a row, with jitter."""
        doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
        seconds = self.backoff * 2.0**doublings * random.uniform(*_JITTER)  # noqa: S311 - no secret
        return min(seconds, self.longest_wait)


def with_margin(seconds: float) -> float:
    """Return a time that is surely over, by the site's clock too, when so many seconds are.

    It is no longer than `LONGEST_REST`.
    """
    return min(seconds * _MARGIN_FACTOR + _MARGIN_SECONDS, LONGEST_REST.total_seconds())


def pause_after_timeout(seconds: float) -> float:
    """Return the seconds to pause after a time-out of so many.

    The server may still be at work on the answer that was given up; as long again as it was
    waited for, it is not given a second one to work on.
    """
    return seconds * random.uniform(*_TIMEOUT_JITTER)  # noqa: S311 - no secret


def _number(settings: Mapping[str, object], name: str, lowest: float, default: float) -> float:
    value = settings.get(name)
    if value is None:
        return default
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not lowest <= number < math.inf:
        raise OptionError(f"{name}: {value!r} is not a number from {lowest} on")
    return number
