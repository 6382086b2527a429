"""What readers see of the fields, for pages whose head does not give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from crawler.extraction.metadata import meta_names
from crawler.extraction.metadata.bylines import (
    authors_near,
    linked_authors,
    signatures,
    visible_bylines,
)
from crawler.extraction.metadata.field_text import (
    BYLINE,
    HTML,
    LINK,
    Candidate,
    candidates,
)
from crawler.extraction.metadata.headlines import DatesNear, HeadlineArea, dates_near, headline_area
from crawler.extraction.metadata.keywords import letters, tag_links
from crawler.extraction.metadata.meta_names import meta_candidates
from crawler.extraction.metadata.visible_dates import dates_by_name, labelled_dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from crawler.extraction.metadata.markup import Markup

_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class VisibleSources:
    """The page's tree, its markup, and what the article may be called.

    Each source is searched for only when it is asked, as most pages need none of them.
    """

    tree: HtmlElement
    markup: Markup
    titles: Sequence[str]

    @cached_property
    def area(self) -> HeadlineArea:
        """What stands around the headline."""
        return headline_area(self.tree, self.titles)

    def shows(self, name: str) -> bool:
        """Whether a name stands by the headline."""
        return letters(name) in self._letters_near

    @cached_property
    def _letters_near(self) -> str:
        pieces = (*self.area.headline, *self.area.before, *self.area.after)
        return letters("".join(piece.text for piece in pieces))

    def dates(self, *, day_first: bool) -> DatesNear:
        """The dates that readers see around the headline."""
        return dates_near(self.area, day_first=day_first)

    def further_dates(self, *, day_first: bool) -> list[Candidate]:
        """The dates of publication elsewhere on the page."""
        return dates_by_name(self.tree, day_first=day_first) or labelled_dates(
            self.tree, day_first=day_first
        )

    def author_groups(self) -> Iterator[Sequence[Candidate]]:
        """Raw author strings, one group a source, and those of meta tags that nobody listed."""
        yield candidates(linked_authors(self.tree), LINK)
        yield candidates(visible_bylines(self.tree), BYLINE)
        for name in filter(meta_names.is_author, self.markup.meta):
            yield meta_candidates(self.markup, (name,))
        for names in authors_near(self.area):
            yield candidates(names, BYLINE)
        is_chinese = any(_HAN.search(title) for title in self.titles)
        yield candidates(signatures(self.tree, is_chinese=is_chinese), BYLINE)

    def tags(self) -> list[Candidate]:
        """The tags under the article."""
        return candidates(tag_links(self.tree), HTML)
