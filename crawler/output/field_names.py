"""The names that an article's fields have in what is written."""

from __future__ import annotations

from typing import Final

_OWN_NAMES: Final = {
    "published": "publishedDateTime",
    "modified": "modifiedDateTime",
    "form": "pageType",
    "page_types": "declaredTypes",
    "free_to_read": "isAccessibleForFree",
    "ai_opt_outs": "aiOptOut",
    "tdm_reserved": "tdmReservation",
}


def written_name(field: str) -> str:
    """Return the key in the front matter of a field of `Article`: its name in camelCase, mostly."""
    first, *rest = field.split("_")
    return _OWN_NAMES.get(field, first + "".join(part.capitalize() for part in rest))
