"""The name of the way in which copies are found, to know what was found in another way."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from crawler.duplicates.likeness import FEWEST_SHINGLES, LEAST_CONTAINMENT, LEAST_RESEMBLANCE
from crawler.duplicates.shingles import shingles
from crawler.duplicates.sketch import bands_of, sketch_of

_LIMITS: Final = (FEWEST_SHINGLES, LEAST_CONTAINMENT, LEAST_RESEMBLANCE)
_SAMPLES: Final = (
    " ".join(
        f"Word{number} [caf\N{LATIN SMALL LETTER E WITH ACUTE}](https://a.example/){number}."
        for number in range(60)
    ),
    "".join(map(chr, range(0x4E00, 0x4E80))),
)


@cache
def scheme() -> str:
    """Return a name that differs where shingles, sketches, bands or limits do.

    So a new version of the library, whose sketches compare with none of the earlier ones, is known
    by what it does.
    """
    sketches = [sketch_of(shingles(sample)) for sample in _SAMPLES]
    facts = repr((_LIMITS, sketches, list(map(bands_of, sketches))))
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
