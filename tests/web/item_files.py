"""Item files as the crawler is given them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

_SECURED = "bm90IGEgc2VjcmV0LCBqdXN0IGJ5dGVz;MDEyMzQ1Njc4OWFiY2RlZg=="
_PUBLISHED = datetime(2024, 5, 14, 6, 30, tzinfo=UTC)


def write_item(
    folder: Path,
    name: str,
    *,
    original_url: str | None,
    related: Sequence[str | Mapping[str, object]] = (),
    crlf: bool = False,
    body: str = "",
    **fields: object,
) -> Path:
    """Write an item file and return its path; ".md" is added to a name without a suffix.

    A related string is the webUrl of a whole related item, a mapping stands as it is. `fields`
    add to the usual ones or replace them, under the names they have in the file; None leaves a
    field out, as it does for `original_url`.
    """
    usual: dict[str, object] = {
        "category": "news",
        "title": "The old footbridge stays open",
        "excerpt": "The council votes to repair two beams of seven.",
        "publishedDateTime": _PUBLISHED,
        "originalUrl": original_url,
        "webUrl": original_url,
        "type": "article",
        "quality": 64,
        "heat": 41,
        "published": True,
        "provider": {"name": "The Example Courier", "domain": "courier.example"},
        "topics": ["Bridges", "Council"],
        "related": [_related(entry) for entry in related] or None,
    }
    values = {**usual, "secured": _SECURED, **fields}
    lines = [line for key, value in values.items() for line in _lines(key, value)]
    text = "\n".join(["---", *lines, "---", body])
    path = folder / (name if Path(name).suffix else f"{name}.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((text.replace("\n", "\r\n") if crlf else text).encode())
    return path


def _related(entry: str | Mapping[str, object]) -> Mapping[str, object]:
    if not isinstance(entry, str):
        return entry
    return {
        "title": "Market moves indoors",
        "publishedDateTime": _PUBLISHED,
        "webUrl": entry,
        "type": "article",
        "quality": 40,
    }


def _lines(key: str, value: object) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, Mapping) and value:
        yield f"{key}:"
        for name, inner in value.items():
            yield from (f"  {line}" for line in _lines(str(name), inner))
    elif isinstance(value, list | tuple) and value:
        yield f"{key}:"
        for entry in value:
            yield from _entry(entry)
    else:
        yield f"{key}: {_scalar(value)}"


def _entry(entry: object) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"  - {_scalar(entry)}"
        return
    inner = [line for key, value in entry.items() for line in _lines(str(key), value)]
    for number, line in enumerate(inner):
        yield f"  - {line}" if number == 0 else f"    {line}"


def _scalar(value: object) -> str:
    """A YAML scalar; JSON's are YAML's, too."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps(value, ensure_ascii=False)
