"""The recording that a page gives in meta tags, for previews of the page elsewhere.

Sources: the Open Graph protocol (og:video, og:audio), and player cards (twitter:player).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extraction.article import Media
from crawler.extraction.metadata.media_durations import duration_seconds
from crawler.inert import http_url

if TYPE_CHECKING:
    from crawler.extraction.metadata.markup import Markup


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
