"""When two texts are copies of one article, and which copy is the best.

The limits are measured: tests/duplicates has the texts, docs/benchmarks.md what came of them.

MinHash with banding (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4).
Two texts whose runs of words resemble each other by `s` share one of 20 bands of 2 values with the
probability 1 - (1 - s^2)^20: .97 for s = .4, .997 for .5, and 2 in 100,000 for .001.
"""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Final

from rensa import RMinHash

from crawler.extraction.article import count_characters, words
from crawler.states import State
from crawler.timestamps import moment, utc_text
from crawler.urls.canonical import url_key
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from crawler.ledger.records import SourceRecord


_WORDS: Final = 5
_CHARACTERS: Final = 10  # of scripts without spaces, about as much as five words
_MOST_READ: Final = 100_000  # characters, some 16,000 words: what a text may cost


@dataclass(frozen=True, slots=True)
class Shingles:
    """A text as two sets, in lower case and Unicode NFC, without punctuation, markup and targets.

    Attributes:
        runs: each run of 5 words, or of 10 characters where most words are such.
        figures: each word with a digit.
    """

    runs: frozenset[str]
    figures: frozenset[str]


def shingles(markdown: str) -> Shingles:
    """Return the shingles of a text, of its first 100,000 characters.

    A text that is shorter than a run has none.
    """
    plain = unicodedata.normalize("NFC", markdown[:_MOST_READ]).lower()
    text = list(words(plain))
    size = _CHARACTERS if 2 * count_characters(plain) > len(text) else _WORDS
    runs = map(" ".join, zip(*(text[start:] for start in range(size)), strict=False))
    # Nearly all words are letters only, which is quickly said.
    figures = (word for word in text if not word.isalpha() and any(map(str.isdigit, word)))
    return Shingles(frozenset(runs), frozenset(figures))


# A text with fewer runs of words is a notice or a news flash: many of these share most of their
# words, or are what a site says in place of each page that it does not show.
FEWEST_RUNS: Final = 30
# Two texts by one template, or with the same lines about a company below, share up to half of the
# shorter one. A copy shares nearly all of it, less what an editor has gone over.
LEAST_CONTAINMENT: Final = 0.6
# A teaser of a third of an article is no copy of it.
LEAST_RESEMBLANCE: Final = 0.4
# Draws, rates, tides: what a template is filled with is figures. Where there are so many, texts
# with others are not the same, whatever their words.
MANY_FIGURES: Final = 8
LEAST_FIGURES: Final = 0.7
_ALMOST: Final = 0.99  # of texts that are not the same word for word


@dataclass(frozen=True, slots=True)
class Similarity:
    """What two texts have in common, as shares from 0 to 1 (Broder 1997).

    Attributes:
        resemblance: of the runs of words in both together (Jaccard index).
        containment: of the runs in the one that has fewer.
        figures: of the figures in the one that has fewer; 1 where it has not many.
    """

    resemblance: float
    containment: float
    figures: float = 1.0

    @property
    def are_copies(self) -> bool:
        """Whether the two texts are one article."""
        return (
            self.containment >= LEAST_CONTAINMENT
            and self.resemblance >= LEAST_RESEMBLANCE
            and self.figures >= LEAST_FIGURES
        )

    @property
    def similarity(self) -> float:
        """The resemblance with two decimals, below 1 for texts that are not quite the same."""
        return min(round(self.resemblance, 2), _ALMOST)


def similarity(one: Shingles, other: Shingles) -> Similarity:
    """Compare two texts; those without a run of words have nothing in common."""
    if not one.runs or not other.runs:
        return Similarity(0.0, 0.0)
    common = len(one.runs & other.runs)
    together = len(one.runs) + len(other.runs) - common
    has_many = min(len(one.figures), len(other.figures)) >= MANY_FIGURES
    return Similarity(
        resemblance=common / together,
        containment=_containment(one.runs, other.runs),
        figures=_containment(one.figures, other.figures) if has_many else 1.0,
    )


def _containment(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    return len(one & other) / min(len(one), len(other))


_VALUES: Final = 64
_SEED: Final = 1
_BANDS: Final = 20
_ROWS: Final = 2
_BAND_BYTES: Final = 6  # SQLite stores such an integer in as many
_VALUE_BYTES: Final = 4
_ERROR: Final = 0.5 / _VALUES**0.5  # the most that the standard error of an estimate can be


def minhash_of(runs: Iterable[str]) -> bytes:
    """Return the minhash of a text, 256 bytes, the same whatever the order of its runs."""
    hashes = RMinHash(num_perm=_VALUES, seed=_SEED)
    hashes.update([run.encode("utf-8", "surrogatepass") for run in runs])
    return b"".join(value.to_bytes(_VALUE_BYTES, "little") for value in hashes.digest())


def bands_of(minhash: bytes) -> list[int]:
    """Return what to look a minhash up by: 20 integers of 48 bits."""
    size = _ROWS * _VALUE_BYTES
    return [
        int.from_bytes(
            hashlib.blake2b(
                minhash[band * size : (band + 1) * size],
                digest_size=_BAND_BYTES,
                person=band.to_bytes(2, "little"),
            ).digest(),
            "little",
        )
        for band in range(_BANDS)
    ]


def may_resemble(one: bytes, other: bytes, least: float) -> bool:
    """Whether two texts, by their minhashes, may resemble each other that much.

    It is wrongly denied once in a thousand times (three standard errors of the estimate).
    """
    return estimate(one, other) >= least - 3 * _ERROR


def estimate(one: bytes, other: bytes) -> float:
    """Estimate from two minhashes how much their texts resemble each other, from 0 to 1."""
    pairs = zip(array("I", one), array("I", other), strict=True)
    return sum(a == b for a, b in pairs) / _VALUES


_LIMITS: Final = (
    FEWEST_RUNS,
    LEAST_CONTAINMENT,
    LEAST_RESEMBLANCE,
    MANY_FIGURES,
    LEAST_FIGURES,
)
_SAMPLES: Final = (
    " ".join(
        f"Word{number} [caf\N{LATIN SMALL LETTER E WITH ACUTE}](https://a.example/){number}."
        for number in range(60)
    ),
    "".join(map(chr, range(0x4E00, 0x4E80))),
)


@cache
def index_version() -> str:
    """Return a name that differs where runs of words, minhashes, bands or limits do.

    So a new version of the library, whose minhashes compare with none of the earlier ones, is known
    by what it does.
    """
    all_shingles = list(map(shingles, _SAMPLES))
    minhashes = [minhash_of(words.runs) for words in all_shingles]
    figures = [sorted(words.figures) for words in all_shingles]
    facts = repr((_LIMITS, figures, minhashes, list(map(bands_of, minhashes))))
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


_UNKNOWN: Final = "9999-12-31T23:59:59Z"
_MOST_WORDS: Final = 999_999_999


def text_rank(record: SourceRecord) -> str:
    """Return a text by which the copies of an article sort, the best one first.

    A page that names another site's as the canonical one is behind all that do not, and a page
    that only an archive has behind those that are there. Then the earliest is the best: by what
    the page says, or else the item; a date without a time is the end of its day, one that nobody
    gives later than all. At the same time the page that is canonical itself goes first, before
    those that redirect to it, then the longest text. The key decides the rest, so that it does not
    matter who was crawled first.

    The record holds a text.
    """
    held = record.held
    assert held is not None
    assert held.article is not None
    # Where a lost page redirects to now is not where its snapshot was taken.
    led_to = () if held.state is State.ARCHIVED else held.attempt.redirects
    own = (led_to or (held.attempt.url,))[-1]
    canonical = held.article.canonical_url or own
    is_elsewhere = registered_domain(canonical) != registered_domain(own)
    is_other_page = url_key(canonical) != url_key(held.attempt.url)
    published = _in_utc(held.article.published) or record.published or _UNKNOWN
    missing = max(_MOST_WORDS - held.article.word_count, 0)
    return (
        f"{is_elsewhere:d}{held.state is State.ARCHIVED:d} {published} "
        f"{is_other_page:d} {missing:09} {record.key}"
    )


def _in_utc(published: str | None) -> str | None:
    if published is None:
        return None
    try:
        if "T" in published:
            return utc_text(moment(published))
        day = datetime.fromisoformat(published).date()
        return utc_text(datetime.combine(day, time(23, 59, 59), UTC))
    except (ValueError, OverflowError):  # no such date, or beyond what a date can say in UTC
        return None
