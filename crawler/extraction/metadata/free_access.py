"""Whether an article can be read without paying (schema.org isAccessibleForFree)."""

from __future__ import annotations

_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})
# The values of the meta tag article:content_tier; a metered article is not free to everybody.
_TIERS = {"free": True, "metered": False, "locked": False}


def free_flag(value: str) -> bool | None:
    """A schema.org Boolean: true or false in any case, also as https://schema.org/True."""
    word = value.strip().rstrip("/").rsplit("/", 1)[-1].lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def free_tier(value: str) -> bool | None:
    """The meaning of `article:content_tier`: free, metered or locked."""
    return _TIERS.get(value.strip().lower())
