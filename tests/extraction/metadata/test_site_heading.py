from __future__ import annotations

import lxml.html
import pytest

from crawler.extraction.metadata.titles import is_site_heading


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<a href=/><h1>The Daily</h1></a>", True),
        ("<a href=https://news.example><div><h1>The Daily</h1></div></a>", True),
        ("<h1> <a href=/>The Daily</a></h1>", True),
        ("<h1>The bridge stays open</h1>", False),
        ("<h1><a href=/2025/bridge>The bridge stays open</a></h1>", False),
        ("<h1><a href=#top>The bridge stays open</a></h1>", False),
        ("<h1><a href=/?p=5>The bridge stays open</a></h1>", False),
        ("<h1>The bridge at <a href=/>The Daily</a></h1>", False),
        ("<h1><a href='http://[x'>Bridge</a></h1>", False),
    ],
)
def test_a_link_to_the_front_page_is_the_site_s_name(markup: str, *, expected: bool) -> None:
    heading = next(lxml.html.document_fromstring(f"<body>{markup}</body>").iter("h1"))
    assert is_site_heading(heading) is expected
