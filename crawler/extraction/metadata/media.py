"""The recordings that a page is about or plays, as it declares them.

Sources: schema.org VideoObject and AudioObject, the Open Graph protocol (og:video, og:audio),
player cards (twitter:player), and oEmbed, section 4 (discovery).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from crawler.extraction.article import Media
from crawler.extraction.metadata.candidates import JSON_LD, LINK, OPEN_GRAPH, TWITTER, Found
from crawler.extraction.metadata.field_text import field_text
from crawler.extraction.metadata.media_durations import duration_seconds
from crawler.extraction.metadata.media_tags import (
    media_of_open_graph,
    media_of_player_card,
    web_url,
)
from crawler.extraction.metadata.schema_nodes import node_types, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.extraction.metadata.field_sources import FieldSources
    from crawler.extraction.metadata.markup import Markup

MAX_MEDIA: Final = 10
_MAX_TITLE: Final = 500
_MAX_DESCRIPTION: Final = 2_000
_MAX_CONSIDERED: Final = 50
_KINDS: Final = {
    "videoobject": "video",
    "tvepisode": "video",
    "movie": "video",
    "clip": "video",
    "audioobject": "audio",
    "podcastepisode": "audio",
    "radioepisode": "audio",
}
_PROPERTIES: Final = ("video", "audio", "associatedMedia")
_PLAYER: Final = "player"  # the value of twitter:card


def chosen_media(sources: FieldSources) -> Found[tuple[Media, ...]]:
    """At most 10 recordings, that of JSON-LD first; what meta tags add completes the first."""
    markup = sources.markup
    declared = list(_from_json_ld(sources))
    tagged = media_of_open_graph(markup)
    origin = JSON_LD if declared else OPEN_GRAPH
    if tagged is None and (tagged := media_of_player_card(markup)) is not None and not declared:
        origin = TWITTER
    if declared and tagged and tagged.kind == declared[0].kind:
        declared[0] = _completed(declared[0], tagged)
    elif tagged and not declared:
        declared = [tagged]
    is_player = _is_player(sources)
    if not declared and is_player and _oembed(markup) is not None:
        is_audio = any(one.startswith("music") for one in markup.contents("og:type"))
        declared, origin = [Media("audio" if is_audio else "video")], LINK
    if not declared:
        return Found((), None)
    if is_player:
        declared[0] = replace(declared[0], oembed_url=_oembed(markup))
    return Found(tuple(dict.fromkeys(declared))[:MAX_MEDIA], origin)


def _from_json_ld(sources: FieldSources) -> Iterator[Media]:
    objects: list[Mapping[str, Any]] = []
    for node in sources.nodes:
        if not node.types.isdisjoint(_KINDS):
            objects.append(node.properties)
        for name in _PROPERTIES:
            objects.extend(value for value in node.values(name) if isinstance(value, dict))
    if not objects:
        every = [node.properties for node in sources.all_nodes if not node.types.isdisjoint(_KINDS)]
        objects = every if len(every) == 1 or _is_player(sources) else []
    base = sources.markup.base
    for value in objects[:_MAX_CONSIDERED]:
        if (media := _schema_media(value, base)) is not None:
            yield media


def _schema_media(value: Mapping[str, Any], base: str) -> Media | None:
    kind = next((_KINDS[name] for name in sorted(node_types(value)) if name in _KINDS), None)
    if kind is None:
        return None
    inner = value.get("associatedMedia")  # of an episode: its recording
    parts = [value, inner] if isinstance(inner, dict) else [value]
    media = Media(
        kind=kind,
        title=_text(_first(parts, "name", "headline"), _MAX_TITLE),
        description=_text(_first(parts, "description"), _MAX_DESCRIPTION),
        duration_seconds=duration_seconds(_first(parts, "duration") or ""),
        thumbnail_url=web_url(_first(parts, "thumbnailUrl", "thumbnailURL", "thumbnail"), base),
        url=web_url(_first(parts, "contentUrl", "contentURL"), base),
        embed_url=web_url(_first(parts, "embedUrl", "embedURL"), base),
    )
    return media if media.url or media.embed_url or media.title else None


def _completed(media: Media, other: Media) -> Media:
    return replace(
        media,
        url=media.url or other.url,
        embed_url=media.embed_url or other.embed_url,
        duration_seconds=media.duration_seconds or other.duration_seconds,
        thumbnail_url=media.thumbnail_url or other.thumbnail_url,
    )


def _is_player(sources: FieldSources) -> bool:
    """Whether the page itself, not a part of it, is a recording."""
    markup = sources.markup
    types = [one.lower() for one in markup.contents("og:type")]
    return (
        any(one.startswith(("video", "music")) for one in types)
        or _PLAYER in markup.contents("twitter:card")
        or any(not node.types.isdisjoint(_KINDS) for node in sources.nodes[:1])
    )


def _oembed(markup: Markup) -> str | None:
    """Where the page's oEmbed response is; pages of articles have one of their own, too."""
    return next((url for href in markup.oembeds if (url := web_url(href, markup.base))), None)


def _first(parts: list[Mapping[str, Any]], *names: str) -> str | None:
    values = (part.get(name) for part in parts for name in names)
    texts = (
        text
        for value in values
        for one in (value if isinstance(value, list) else [value])
        if (text := _address_or_text(one))
    )
    return next(texts, None)


def _address_or_text(value: Any) -> str | None:
    if isinstance(value, dict) and (address := value.get("url") or value.get("contentUrl")):
        return value_text(address)
    return value_text(value)


def _text(value: str | None, limit: int) -> str | None:
    return field_text(value, limit) if value else None
