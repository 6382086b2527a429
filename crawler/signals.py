"""Signals of ours, for extensions: `crawler.signals.connect(receiver, article_stored)`."""

from __future__ import annotations

from typing import Final

source_visited: Final = object()
"""A visit has ended and is stored. Receivers get `visit`, a `crawler.spiders.SourceVisit`, and
`spider`."""

article_stored: Final = object()
"""An article is new or has changed, and is stored. Receivers, which may be coroutines, get `item`,
a `crawler.spiders.ArticleItem`, before pipelines do, and `spider`. Where one raises, the article is
delivered again by the next run, as where a pipeline does."""
