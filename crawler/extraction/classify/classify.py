"""Looks a page over before its text is taken, and says afterwards what kind of page it was."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from crawler.extraction.article import PageKind
from crawler.extraction.classify.error_pages import (
    evidence_of_moved_home,
    evidence_of_parking,
    evidence_of_soft_404,
    notice_on,
)
from crawler.extraction.classify.list_page import evidence_of_list
from crawler.extraction.classify.paywall import PaywallSigns, evidence_of_paywall, read_paywall
from crawler.extraction.classify.walls import (
    evidence_of_challenge,
    evidence_of_consent_wall,
    evidence_of_login,
)
from crawler.extraction.metadata.field_text import JSON_LD, URL, Found
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.extraction.article import Article
    from crawler.extraction.classify.page import Page


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


# In this order: where two fit, the first tells more.
_DETECTORS: Final[tuple[tuple[State, Callable[[Page], str | None]], ...]] = (
    (State.CONSENT_WALL, evidence_of_consent_wall),
    (State.LOGIN, evidence_of_login),
    (State.BLOCKED, evidence_of_challenge),
    (State.PARKED, evidence_of_parking),
    (State.SOFT_404, evidence_of_soft_404),
    (State.MOVED_HOME, evidence_of_moved_home),
    (State.LIST_PAGE, evidence_of_list),
)


@dataclass(frozen=True, slots=True)
class Classification:
    """What a page was seen to be before its text was taken.

    Attributes:
        kind: the verdict, where it does not depend on the text.
        form: "live-blog" or "gallery", where it is one.
        paywall: what it shows of a paywall.
    """

    kind: PageKind | None
    form: Found[str | None]
    paywall: PaywallSigns | None

    def on(self, article: Article) -> Article:
        """The article, with what is known of its page before its text is."""
        if self.form.origin is None:
            return replace(article, kind=self.kind)
        origins = dict(article.origins) | {"form": self.form.origin}
        return replace(article, kind=self.kind, form=self.form.value, origins=origins)

    def kind_with(self, words: int, text: str) -> PageKind | None:
        """The verdict, now that the text and its number of words are known; None: an article."""
        if self.kind is not None or self.paywall is None:
            return self.kind
        evidence = evidence_of_paywall(self.paywall, words, text)
        return None if evidence is None else PageKind(State.PAYWALLED, evidence)


def classify(page: Page) -> Classification:
    """Look a page over; of its tree, only boxes that ask for a subscription are removed."""
    for state, evidence_of in _DETECTORS:
        if (evidence := evidence_of(page)) is not None:
            return Classification(PageKind(state, evidence), Found(None, None), None)
    if (notice := notice_on(page)) is not None:
        return Classification(PageKind(*notice), Found(None, None), None)
    return Classification(None, form_of(page), read_paywall(page))
