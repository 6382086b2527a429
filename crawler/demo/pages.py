"""The pages of the bundled web: files below site/, and web.toml for what files cannot say."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
_INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the bundled web; `delay` is in seconds, before the answer begins."""

    body: bytes = b""
    content_type: str = _CONTENT_TYPES[".html"]
    status: int = 200
    delay: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """A strong entity tag (RFC 9110, section 8.8.3), quotes included."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


def load_pages() -> dict[str, Page]:
    """All pages of the bundled web by "<host>/<path>", which is the URL without its scheme.

    A file site/<host>/<path> answers at that path, an index.html at its folder's. A table of
    web.toml, named the same way, gives a page its `status`, `delay` and `headers`, with a file
    or without one.
    """
    site = files("crawler.demo") / "site"
    manifest = tomllib.loads((site / "web.toml").read_text(encoding="utf-8"))
    bodies = {name: file for name, file in _files_below(site, "") if "/" in name}
    return {
        _address(name): _page(name, bodies.get(name), manifest.get(name, {}))
        for name in bodies.keys() | manifest.keys()
    }


def _files_below(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _files_below(entry, f"{name}/")
        else:
            yield name, entry


def _address(name: str) -> str:
    return name.removesuffix(_INDEX) if PurePosixPath(name).name == _INDEX else name


def _page(name: str, file: Traversable | None, settings: Mapping[str, Any]) -> Page:
    if file is None:
        return Page(**settings)
    content_type = _CONTENT_TYPES[PurePosixPath(name).suffix]
    return Page(file.read_bytes(), content_type, **settings)
