"""The fixtures of crawls, which the spiders' tests have, too."""

from __future__ import annotations

from tests.spiders.conftest import crawl, items, output

__all__ = ["crawl", "items", "output"]
