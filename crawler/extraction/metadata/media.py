"""The recordings that a page is about or plays, as pages and oEmbed answers declare them.

Sources: schema.org VideoObject and AudioObject, the Open Graph protocol (og:video, og:audio),
player cards (twitter:player), and oEmbed, section 4 (discovery).

oEmbed 1.0, section 2.3.4 (responses): title, thumbnail_url, and html with the player; duration is
not in it, and given by large providers in seconds.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from crawler.extraction.article import Media
from crawler.extraction.metadata.field_text import (
    JSON_LD,
    LINK,
    OPEN_GRAPH,
    TWITTER,
    Found,
    field_text,
)
from crawler.extraction.metadata.json_ld import node_types, value_text
from crawler.sanitize import http_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.extraction.article import Article
    from crawler.extraction.metadata.field_sources import FieldSources
    from crawler.extraction.metadata.markup import Markup


_LONGEST: Final = 30 * 86_400  # seconds; beyond it stand mistakes and streams without end
# ISO 8601: PT4M42S, P0DT1H2M3.5S. Years and months are of no fixed length, and of no recording.
_ISO: Final = re.compile(
    r"P(?:(?P<days>\d{1,3})D)?(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?"
    r"(?:(?P<seconds>\d{1,8})(?:[.,]\d{1,9})?S)?)?",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d\d)")
_PLAIN: Final = re.compile(r"(?P<seconds>\d{1,8})(?:\.\d{1,9})?")


def duration_seconds(value: str) -> int | None:
    """A duration in whole seconds, from ISO 8601, "4:42" or a number of seconds; None for none.

    Zero is what templates write for "unknown".
    """
    text = value.strip()[:40]
    match = _ISO.fullmatch(text) or _CLOCK.fullmatch(text) or _PLAIN.fullmatch(text)
    if match is None:
        return None
    parts = {name: int(number) for name, number in match.groupdict("0").items()}
    minutes = (parts.get("days", 0) * 24 + parts.get("hours", 0)) * 60 + parts.get("minutes", 0)
    seconds = minutes * 60 + parts["seconds"]
    return seconds if 0 < seconds <= _LONGEST else None


def media_of_open_graph(markup: Markup) -> Media | None:
    """The recording of og:video or og:audio; a URL of a page is that of a player."""
    for kind in ("video", "audio"):
        name = f"og:{kind}"
        addresses = markup.contents(f"{name}:secure_url", f"{name}:url", name)
        url = next((url for one in addresses if (url := http_url(one, markup.base))), None)
        if url is None:
            continue
        is_page = any("html" in form.lower() for form in markup.contents(f"{name}:type"))
        lengths = markup.contents(f"{name}:duration", f"{kind}:duration")
        return Media(
            kind=kind,
            url=None if is_page else url,
            embed_url=url if is_page else None,
            duration_seconds=next((n for one in lengths if (n := duration_seconds(one))), None),
            thumbnail_url=web_url(next(iter(markup.contents("og:image")), None), markup.base),
        )
    return None


def media_of_player_card(markup: Markup) -> Media | None:
    """The recording of twitter:player."""
    embed = web_url(next(iter(markup.contents("twitter:player")), None), markup.base)
    if embed is None:
        return None
    stream = next(iter(markup.contents("twitter:player:stream")), None)
    forms = markup.contents("twitter:player:stream:content_type", "og:type")
    kind = "audio" if any(form.startswith(("audio", "music")) for form in forms) else "video"
    return Media(
        kind=kind,
        url=web_url(stream, markup.base),
        embed_url=embed,
        thumbnail_url=web_url(next(iter(markup.contents("twitter:image")), None), markup.base),
    )


def web_url(value: str | None, base: str) -> str | None:
    """An http or https URL, or None."""
    return http_url(value, base) if value else None


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


OEMBED: Final = "oembed"  # as an origin
_MAX_TAG: Final = 4_000  # characters of an iframe's tag
_MAX_SECONDS: Final = 7 * 24 * 3600
_IFRAME: Final = re.compile("<iframe", re.IGNORECASE)
_SRC: Final = re.compile(r"""\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def oembed_to_ask(article: Article) -> str | None:
    """Return the URL of the oEmbed answer about the article's first recording, if it is missed."""
    media = article.media[0] if article.media else Media("video")
    known = (media.title, media.thumbnail_url, media.embed_url, media.duration_seconds)
    return None if all(known) else media.oembed_url


def with_oembed(article: Article, answer: bytes, url: str) -> Article:
    """Return the article with what its first recording lacked and an oEmbed answer says.

    Nothing of the answer's HTML is kept but the address of the player in its first iframe.

    Args:
        answer: JSON.
        url: where it came from.

    Raises:
        ValueError: that is no oEmbed answer.
    """
    try:
        said = json.loads(answer)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(said, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - of what was read, not of a type
    return with_missing(article, _media(said, url), OEMBED)


def with_missing(article: Article, other: Media, origin: str) -> Article:
    """Return the article with what its first recording lacks and `other` has."""
    media = article.media[0]
    filled = replace(
        media,
        title=media.title or other.title,
        thumbnail_url=media.thumbnail_url or other.thumbnail_url,
        embed_url=media.embed_url or other.embed_url,
        duration_seconds=media.duration_seconds or other.duration_seconds,
    )
    if filled == media:
        return article
    origins = [one for one in (article.origins.get("media"), origin) if one]
    return replace(
        article,
        media=(filled, *article.media[1:]),
        origins={**article.origins, "media": ", ".join(origins)},
    )


def _media(said: dict[str, Any], url: str) -> Media:
    title = said.get("title")
    thumbnail = said.get("thumbnail_url")
    return Media(
        kind="video",
        title=field_text(title, _MAX_TITLE) if isinstance(title, str) else None,
        thumbnail_url=http_url(thumbnail, url) if isinstance(thumbnail, str) else None,
        embed_url=_player(said.get("html"), url),
        duration_seconds=_seconds(said.get("duration")),
    )


def _player(markup: Any, url: str) -> str | None:
    """The address in the first iframe."""
    begin = _IFRAME.search(markup) if isinstance(markup, str) else None
    if begin is None:
        return None
    tag = markup[begin.start() : begin.start() + _MAX_TAG].partition(">")[0]
    src = _SRC.search(tag)
    if src is None:
        return None
    return http_url(html.unescape(next(filter(None, src.groups()), "")), url)


def _seconds(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 1 <= value <= _MAX_SECONDS else None
