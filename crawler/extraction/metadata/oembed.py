"""What a site's oEmbed answer adds to what its page says of a recording.

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
from crawler.extraction.metadata.field_text import field_text
from crawler.inert import http_url

if TYPE_CHECKING:
    from crawler.extraction.article import Article

OEMBED: Final = "oembed"  # as an origin
_MAX_TITLE: Final = 500
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
