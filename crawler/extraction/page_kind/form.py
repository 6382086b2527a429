"""Live blogs and galleries: articles all the same, but of another form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.candidates import JSON_LD, URL, Found

if TYPE_CHECKING:
    from crawler.extraction.page_kind.page import Page

LIVE_BLOG: Final = "live-blog"
GALLERY: Final = "gallery"

_BY_TYPE: Final = {
    "liveblogposting": LIVE_BLOG,
    "imagegallery": GALLERY,
    "mediagallery": GALLERY,
}
_LIVE_PATH: Final = re.compile(
    r"(?:^|[/_-])(?:live-?blog|liveticker|live-ticker|newsblog|minute-par-minute|en-direct|en-vivo"
    r"|in-diretta|ao-vivo|na-zywo|minuto-a-minuto|live-updates)(?:[/._-]|$)"
)
_GALLERY_PATH: Final = re.compile(
    r"(?:^|[/_-])(?:(?:photo|image|picture)-?gallery|gallery|galleries|fotostrecke|bildergalerie"
    r"|bilderstrecke|diaporama|fotogaleria|galeria|fotogallery|galleria|fotoserie|fotogalerie"
    r"|in-pictures|photos)(?:[/._-]|$)"
)
_ENTRIES: Final = 5  # of a live blog, or images of a gallery


def form_of(page: Page) -> Found[str | None]:
    """The form of an article, where the page says so or is built like one: `LIVE_BLOG`, ..."""
    declared = page.types & _BY_TYPE.keys()
    if declared:
        return Found(_BY_TYPE[min(declared)], JSON_LD)
    if _LIVE_PATH.search(page.path) and len(page.markup.times) >= _ENTRIES:
        return Found(LIVE_BLOG, URL)
    if _GALLERY_PATH.search(page.path) and len(page.tree.xpath("//figure//img")) >= _ENTRIES:
        return Found(GALLERY, URL)
    return Found(None, None)
