"""Language tags as BCP 47 (RFC 5646) has them."""

from __future__ import annotations

import re

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
