"""Looks a page over before its text is taken, and says afterwards what kind of page it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.candidates import Found
from crawler.extraction.page_kind.challenge import evidence_of_challenge
from crawler.extraction.page_kind.consent import evidence_of_consent_wall
from crawler.extraction.page_kind.form import form_of
from crawler.extraction.page_kind.kind import PageKind
from crawler.extraction.page_kind.list_page import evidence_of_list
from crawler.extraction.page_kind.login import evidence_of_login
from crawler.extraction.page_kind.moved_home import evidence_of_moved_home
from crawler.extraction.page_kind.notice import notice_on
from crawler.extraction.page_kind.parking import evidence_of_parking
from crawler.extraction.page_kind.paywall import PaywallSigns, evidence_of_paywall, read_paywall
from crawler.extraction.page_kind.soft_404 import evidence_of_soft_404
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.extraction.article import Article
    from crawler.extraction.page_kind.page import Page

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
class Look:
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


def look_at(page: Page) -> Look:
    """Look a page over; of its tree, only boxes that ask for a subscription are removed."""
    for state, evidence_of in _DETECTORS:
        if (evidence := evidence_of(page)) is not None:
            return Look(PageKind(state, evidence), Found(None, None), None)
    if (notice := notice_on(page)) is not None:
        return Look(PageKind(*notice), Found(None, None), None)
    return Look(None, form_of(page), read_paywall(page))
