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
    if language in _NO_LANGUAGE:
        return None
    script, region = match["script"], match["region"]
    parts = (language, script.title() if script else "", region.upper() if region else "")
    return "-".join(part for part in parts if part)
