"""Language tags (BCP 47, RFC 5646), and the language that a text is written in.

Templates declare one language for all of a site's pages, or the language that they were written
in; so the text is asked, and what the page declares says it more precisely ("en-ZA", "zh-TW")
where the two agree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pycld2

from crawler.extraction.metadata.field_text import TEXT, Candidate, Found

if TYPE_CHECKING:
    from collections.abc import Sequence


_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?:-[a-z0-9]{2,8}|-[a-z0-9](?:-[a-z0-9]{2,8})+)*",
    re.IGNORECASE | re.ASCII,
)
_MAX_LENGTH = 35
# Undetermined, multiple, no linguistic content.
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})
# The preferred value of withdrawn codes (IANA's registry), the short one of long codes (ISO 639-2),
# and what is meant by countries' codes that are no language's.
_PREFERRED = (
    {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro"}
    | {"ara": "ar", "ben": "bn", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de", "ger": "de"}
    | {"ell": "el", "gre": "el", "eng": "en", "spa": "es", "est": "et", "fas": "fa", "per": "fa"}
    | {"fin": "fi", "fra": "fr", "fre": "fr", "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu"}
    | {"ind": "id", "ita": "it", "jpn": "ja", "kor": "ko", "lit": "lt", "lav": "lv", "nld": "nl"}
    | {"dut": "nl", "nor": "no", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru"}
    | {"slk": "sk", "slv": "sl", "srp": "sr", "swe": "sv", "swa": "sw", "tha": "th", "tur": "tr"}
    | {"ukr": "uk", "urd": "ur", "vie": "vi", "zho": "zh", "chi": "zh", "zul": "zu"}
    | {"jp": "ja", "cz": "cs", "dk": "da", "gr": "el", "ua": "uk", "vn": "vi", "cn": "zh"}
)


def language_tag(value: str) -> str | None:
    """A well-formed tag in its usual case (`pt-BR`, `zh-Hans`, from `pt_br` too), or None.

    Of a list (Content-Language: de, en) the first counts; variants and extensions are
    left off.
    """
    first = re.split(r"[,;.@\s]", value.strip()[:_MAX_LENGTH], maxsplit=1)[0].replace("_", "-")
    match = _TAG.fullmatch(first)
    if not match:
        return None
    language = match["language"].lower()
    language = _PREFERRED.get(language, language)
    if language in _NO_LANGUAGE:
        return None
    script, region = match["script"], match["region"]
    parts = (language, script.title() if script else "", region.upper() if region else "")
    return "-".join(part for part in parts if part)


_MAX_CHARACTERS: Final = 1_500  # some 0.1 ms; more changes nothing
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
    first, second = one.partition("-")[0], other.partition("-")[0]
    return first == second or any(first in group and second in group for group in _ALIKE)
