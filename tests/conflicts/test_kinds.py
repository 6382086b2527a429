from __future__ import annotations

import pytest

from crawler.conflicts.compare import kinds_agree


@pytest.mark.parametrize(
    ("kind", "types", "agrees"),
    [
        ("article", ["newsarticle", "article"], True),
        ("article", ["blogposting"], True),
        ("article", ["videoobject", "video.other"], False),
        ("video", ["newsarticle"], False),
        ("video", ["newsarticle", "videoobject"], True),
        ("video", ["video.episode"], True),
        ("video", ["article"], None),  # what templates put on every page
        ("video", ["webpage", "article"], None),
        ("audio", ["podcastepisode"], True),
        ("article", ["webpage", "website"], None),
        ("article", [], None),
        ("recipe", ["newsarticle"], None),
    ],
)
def test_a_kind_is_held_against_what_the_page_declares(
    kind: str, types: list[str], agrees: bool | None
) -> None:
    assert kinds_agree(kind, types) is agrees
