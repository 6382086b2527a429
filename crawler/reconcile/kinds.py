"""Whether the kind of an item is what its page declares itself to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_VIDEO: Final = frozenset({"videoobject", "movie", "tvepisode", "video"})
_AUDIO: Final = frozenset({"audioobject", "podcastepisode", "radioepisode", "audio", "music"})


def kinds_agree(kind: str, page_types: Iterable[str]) -> bool | None:
    """Whether the item's `type` is among what the page says of itself; None: that is not known.

    Args:
        kind: "article", "video" or "audio"; of others nothing is known.
        page_types: lower-case schema.org types and values of og:type. A plain "article" decides
            nothing against a video, since templates put it on every page.
    """
    types = list(page_types)
    found = {known for one in types if (known := _kind_of(one)) is not None}
    if kind not in {"article", "video", "audio"} or not found:
        return None
    if (
        kind != "article"
        and found == {"article"}
        and set(types) <= {"article", "webpage", "website"}
    ):
        return None
    return kind in found


def _kind_of(page_type: str) -> str | None:
    family = page_type.partition(".")[0]  # as in video.other
    if family in _VIDEO:
        return "video"
    if family in _AUDIO:
        return "audio"
    return "article" if family.endswith(("article", "posting")) else None
