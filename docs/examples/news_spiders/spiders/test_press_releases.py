"""The listing page, without a network."""

import pytest

from crawler.testing import article_page, crawl
from news_spiders.spiders.press_releases import PressReleasesSpider

SITE = "https://townhall.example"
ROW = '<tr><td class="day">{}</td><td class="office">{}</td><td><a href="{}">{}</a></td></tr>'
FIRST = f"""
<table class="releases">
  {ROW.format("14 May 2024", "works", "/press/bridge", "The <em>old</em> bridge stays")}
  {ROW.format("2 May 2024", "parks", "/press/pond", "A pond for the park")}
</table>
<a class="older" href="/press?page=2">Older</a>
"""
SECOND = f"""
<table class="releases">
  {ROW.format("30 April 2024", "parks", "/press/trees", "Three hundred trees")}
</table>
"""
PAGES = {
    f"{SITE}/press": FIRST,
    f"{SITE}/press?page=2": SECOND,
    f"{SITE}/press/bridge": article_page("The old bridge stays"),
    f"{SITE}/press/pond": article_page("A pond for the park"),
    f"{SITE}/press/trees": article_page("Three hundred trees"),
}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (
            {},
            [
                "2024-04-30-three-hundred-trees.md",
                "2024-05-02-a-pond-for-the-park.md",
                "2024-05-14-the-old-bridge-stays.md",
            ],
        ),
        (
            {"office": "parks"},
            ["2024-04-30-three-hundred-trees.md", "2024-05-02-a-pond-for-the-park.md"],
        ),
    ],
)
def test_releases_become_items(tmp_path, arguments, names):
    done = crawl(PressReleasesSpider, PAGES, tmp_path, arguments=arguments)
    assert list(done.items) == names
    assert done.items["2024-04-30-three-hundred-trees.md"]["topics"] == ["parks"]
    assert done.summary.visited == {"ok": len(names)}
