"""What an enricher gives, as it can be written: plain values, strangers' words made harmless."""

from __future__ import annotations

import json
from typing import Any, Final

from crawler.output.yaml_text import dump_mapping
from crawler.sanitize import plain_text

MOST_BYTES: Final = 64 * 1024
MADE_FROM: Final = "madeFrom"
"""The key, in a result that is written, of what it was made from."""

_TEXT_LIMIT: Final = 20_000  # characters, as what is read back
_DEEPEST: Final = 6


class EnricherError(Exception):
    """An enricher has made nothing of an article; the message says why."""


def checked_result(value: Any) -> dict[str, Any]:
    """Return what an enricher gave as it can be written, strangers' words made harmless.

    Raises:
        EnricherError: it is no mapping of plain names, or holds what YAML and JSON have not both.
    """
    if not isinstance(value, dict):
        raise EnricherError(f"gave {type(value).__name__}, and no mapping")
    if len(json.dumps(value)) > MOST_BYTES:
        raise EnricherError(f"gave more than {MOST_BYTES} bytes")
    result: dict[str, Any] = _inert(value)
    try:
        dump_mapping(result)
    except (ValueError, TypeError) as error:
        raise EnricherError(f"gave what cannot be written: {error}") from error
    return result


def _inert(value: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise EnricherError(f"gave lists in lists more than {_DEEPEST} deep")
    if isinstance(value, dict):
        return {name: _inert(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_inert(one, depth + 1) for one in value]
    return plain_text(value, limit=_TEXT_LIMIT) if isinstance(value, str) else value
