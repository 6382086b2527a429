"""The images that a page names in JSON-LD, meta tags and microdata, as they stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.extraction.metadata.candidates import JSON_LD, MICRODATA, OPEN_GRAPH, TWITTER
from crawler.extraction.metadata.schema_nodes import value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.extraction.metadata.field_sources import FieldSources


class RawImage(NamedTuple):
    """An image as a page gives it, before anything is checked.

    `is_lead`: readers see it by the headline, before the article's text.
    """

    url: str
    width: Any = None
    height: Any = None
    alt: Any = None
    is_lead: bool = False


def raw_images(sources: FieldSources) -> list[tuple[str, RawImage]]:
    """All images with their origins, most trusted first."""
    pairs = sources.markup.meta_pairs
    schema = [image for node in sources.nodes for image in _schema_images(node.values("image"))]
    groups: tuple[tuple[str, Iterable[RawImage]], ...] = (
        (JSON_LD, schema),
        (OPEN_GRAPH, _grouped_images(pairs, "og:image")),
        (TWITTER, _grouped_images(pairs, "twitter:image")),
        (JSON_LD, [RawImage(one.value) for one in sources.from_json_ld("thumbnailUrl")]),
        (MICRODATA, [RawImage(one.value) for one in sources.from_microdata("image")]),
    )
    return [(origin, image) for origin, group in groups for image in group]


def publisher_logos(sources: FieldSources) -> list[str]:
    """URLs of the publisher's logos, which templates give as the article's image too."""
    publishers = [value for node in sources.nodes for value in node.values("publisher")]
    logos = [one.get("logo") for one in publishers if isinstance(one, dict)]
    return [image.url for image in _schema_images(logos)]


def _schema_images(values: Iterable[Any]) -> Iterator[RawImage]:
    """The images of a schema.org image property: URLs and ImageObjects."""
    for value in values:
        if isinstance(value, str):
            yield RawImage(value)
        elif isinstance(value, dict):
            urls = (value.get(key) for key in ("url", "contentUrl", "@id"))
            if url := next((text for part in urls if (text := value_text(part))), None):
                alt = value_text(value.get("caption")) or value_text(value.get("description"))
                yield RawImage(url, value.get("width"), value.get("height"), alt)


def _grouped_images(pairs: Sequence[tuple[str, str]], prefix: str) -> Iterator[RawImage]:
    """The images of meta tags such as og:image, each with the width, height and alt after it.

    Source: the Open Graph protocol, "Arrays" and "Structured Properties".
    """
    current: dict[str, str] = {}
    for name, content in pairs:
        key = name.removeprefix(prefix).lstrip(":") if name.startswith(prefix) else None
        if key in {"", "url", "src", "secure_url"}:
            if current and key == "":
                yield _raw(current)
                current = {}
            current.setdefault("url", content)
        elif key in {"width", "height", "alt"} and current:
            current.setdefault(key, content)
    if current:
        yield _raw(current)


def _raw(parts: dict[str, str]) -> RawImage:
    return RawImage(parts["url"], parts.get("width"), parts.get("height"), parts.get("alt"))
