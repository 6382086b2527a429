"""How the pages of one newspaper say what they say."""

from __future__ import annotations

from crawler.page_objects import ArticlePage
from web_poet import field, handle_urls


@handle_urls("harbour.example")
class HarbourPage(ArticlePage):
    """Its headlines are no headings, and its bylines have the town behind the name."""

    @field
    def title(self) -> str | None:
        return self.css(".headline::text").get() or self.default.title

    @field
    def authors(self) -> list[str]:
        return [name.partition(",")[0] for name in self.css(".meta b::text").getall()]

    @field
    def markdown(self) -> str:
        return self.markdown_of(".story") or self.default.markdown
