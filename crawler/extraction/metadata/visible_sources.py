"""What readers see of the fields, for pages whose head does not give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from crawler.extraction.metadata import meta_names
from crawler.extraction.metadata.bylines import linked_authors, signatures, visible_bylines
from crawler.extraction.metadata.candidates import (
    BYLINE,
    HTML,
    LINK,
    URL,
    Candidate,
    candidates,
)
from crawler.extraction.metadata.headline_area import HeadlineArea, headline_area
from crawler.extraction.metadata.headline_names import authors_near
from crawler.extraction.metadata.meta_names import meta_candidates
from crawler.extraction.metadata.tag_links import tag_links
from crawler.extraction.metadata.url_dates import url_date
from crawler.extraction.metadata.visible_dates import dates_near

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

    def dates(self, *, day_first: bool) -> list[Candidate]:
        """Dates of publication that readers see, and that of the address."""
        address = url_date(self.markup.url)
        return [
            *dates_near(self.area, day_first=day_first),
            *candidates([address] if address else [], URL),
        ]

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
