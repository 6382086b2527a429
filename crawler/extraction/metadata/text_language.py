"""The language that a text is written in, whatever its page declares.

Templates declare one language for all of a site's pages, or the language that they were written
in; so the text is asked, and what the page declares says it more precisely ("en-ZA", "zh-TW")
where the two agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pycld2

from crawler.extraction.metadata.candidates import TEXT, Candidate, Found
from crawler.extraction.metadata.languages import language_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_CHARACTERS: Final = 3_000  # some 0.1 ms; more changes nothing
_LEAST_BYTES: Final = 80  # of letters, as the detector counts them
_LEAST_PERCENT: Final = 60  # of the text in the language
_NOT_SPOKEN: Final = frozenset({"un", "xxx", "tlh", "zzp", "ie", "ia", "vo"})

# Languages and names of languages that the detector cannot tell apart, or should not.
_ALIKE: Final = (
    frozenset({"no", "nb", "nn", "da"}),
    frozenset({"sr", "hr", "bs", "sh", "cnr"}),
    frozenset({"id", "ms"}),
    frozenset({"tl", "fil"}),
    frozenset({"zh", "cmn", "yue", "wuu", "hak", "nan"}),
    frozenset({"fa", "prs"}),
    frozenset({"xh", "zu", "nr", "ss"}),
    frozenset({"en", "sco"}),
)


def settled_language(declared: Sequence[Candidate], text: str) -> Found[str | None]:
    """The language of an article as a BCP 47 tag.

    Args:
        declared: tags that the page declares, well-formed, in order of trust.
        text: the article, or what is known of it.

    Returns:
        The first declared tag that the text agrees with; else the text's own language; the first
        declared tag where the text is too short or too mixed to tell.
    """
    written = text_language(text)
    if written is None:
        return Found(*declared[0]) if declared else Found(None, None)
    for tag, origin in declared:
        if _are_alike(tag, written):
            return Found(tag, origin)
    return Found(written, TEXT)


def text_language(text: str) -> str | None:
    """The language of a text as a BCP 47 tag; None where that is not certain."""
    try:
        certain, size, languages = pycld2.detect(
            text[:_MAX_CHARACTERS].encode("utf-8", "ignore"), isPlainText=True
        )
    except pycld2.error:  # control characters
        return None
    _, code, percent, _ = languages[0]
    if not certain or size < _LEAST_BYTES or percent < _LEAST_PERCENT or code in _NOT_SPOKEN:
        return None
    return language_tag(code)


def _are_alike(one: str, other: str) -> bool:
    first, second = one.split("-")[0], other.split("-")[0]
    return first == second or any(first in group and second in group for group in _ALIKE)
