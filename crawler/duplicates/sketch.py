"""Sketches of texts: small, comparable, and indexed so that alike ones are found without a search.

MinHash with banding (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4).
Two texts whose runs of words resemble each other by `s` share one of 20 bands of 2 values with the
probability 1 - (1 - s^2)^20: .97 for s = .4, .997 for .5, and 2 in 100,000 for .001.
"""

from __future__ import annotations

import hashlib
from array import array
from typing import TYPE_CHECKING, Final

from rensa import RMinHash

if TYPE_CHECKING:
    from collections.abc import Iterable

_VALUES: Final = 64
_SEED: Final = 1
_BANDS: Final = 20
_ROWS: Final = 2
_BAND_BYTES: Final = 6  # SQLite stores such an integer in as many
_VALUE_BYTES: Final = 4
_ERROR: Final = 0.5 / _VALUES**0.5  # the most that the standard error of an estimate can be


def sketch_of(runs: Iterable[str]) -> bytes:
    """Return the sketch of a text, 256 bytes, the same whatever the order of its runs."""
    hashes = RMinHash(num_perm=_VALUES, seed=_SEED)
    hashes.update([run.encode("utf-8", "surrogatepass") for run in runs])
    return b"".join(value.to_bytes(_VALUE_BYTES, "little") for value in hashes.digest())


def bands_of(sketch: bytes) -> list[int]:
    """Return what to look a sketch up by: 20 integers of 48 bits."""
    size = _ROWS * _VALUE_BYTES
    return [
        int.from_bytes(
            hashlib.blake2b(
                sketch[band * size : (band + 1) * size],
                digest_size=_BAND_BYTES,
                person=band.to_bytes(2, "little"),
            ).digest(),
            "little",
        )
        for band in range(_BANDS)
    ]


def may_resemble(one: bytes, other: bytes, least: float) -> bool:
    """Whether two texts, by their sketches, may resemble each other that much.

    It is wrongly denied once in a thousand times (three standard errors of the estimate).
    """
    return estimate(one, other) >= least - 3 * _ERROR


def estimate(one: bytes, other: bytes) -> float:
    """Estimate from two sketches how much their texts resemble each other, from 0 to 1."""
    pairs = zip(array("I", one), array("I", other), strict=True)
    return sum(a == b for a, b in pairs) / _VALUES
