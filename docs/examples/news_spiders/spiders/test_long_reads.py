"""The feed, without a network."""

from crawler.testing import article_page, crawl
from news_spiders.spiders.long_reads import LongReadsSpider

SITE = "https://magazine.example"
HOME = '<html><head><link rel="alternate" type="application/atom+xml" href="/atom"></head></html>'
FEED = f"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>Magazine</title><id>{SITE}</id><updated>2024-05-14T08:30:00Z</updated>
  <entry>
    <title>A year with the river</title><id>{SITE}/river</id>
    <link href="/river"/><published>2024-05-14T08:30:00Z</published>
    <category term="nature"/>
  </entry>
  <entry>
    <title>Boats, now cheaper</title><id>{SITE}/boats</id>
    <link href="/boats"/><published>2024-05-13T08:30:00Z</published>
    <category term="advertisement"/>
  </entry>
</feed>"""


def test_long_reads_become_items_and_adverts_do_not(tmp_path):
    pages = {
        f"{SITE}/": HOME,
        f"{SITE}/atom": FEED,
        f"{SITE}/river": article_page("A year with the river"),
    }
    done = crawl(LongReadsSpider, pages, tmp_path)
    assert list(done.items) == ["2024-05-14-a-year-with-the-river.md"]
    assert done.items["2024-05-14-a-year-with-the-river.md"]["topics"] == ["nature", "long read"]
    assert done.summary.visited == {"ok": 1}
