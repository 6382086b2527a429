"""The name of the way in which copies are found, to know what was found in another way."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from crawler.duplicates import likeness
from crawler.duplicates.sketch import bands_of, sketch_of
from crawler.duplicates.wording import wording

_LIMITS: Final = (
    likeness.FEWEST_RUNS,
    likeness.LEAST_CONTAINMENT,
    likeness.LEAST_RESEMBLANCE,
    likeness.MANY_FIGURES,
    likeness.LEAST_FIGURES,
)
_SAMPLES: Final = (
    " ".join(
        f"Word{number} [caf\N{LATIN SMALL LETTER E WITH ACUTE}](https://a.example/){number}."
        for number in range(60)
    ),
    "".join(map(chr, range(0x4E00, 0x4E80))),
)


@cache
def scheme() -> str:
    """Return a name that differs where runs of words, sketches, bands or limits do.

    So a new version of the library, whose sketches compare with none of the earlier ones, is known
    by what it does.
    """
    wordings = list(map(wording, _SAMPLES))
    sketches = [sketch_of(words.runs) for words in wordings]
    figures = [sorted(words.figures) for words in wordings]
    facts = repr((_LIMITS, figures, sketches, list(map(bands_of, sketches))))
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
