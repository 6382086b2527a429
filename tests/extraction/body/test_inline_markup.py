from __future__ import annotations

import lxml.html
import pytest

from crawler.extraction.body.plain_markup import list_starts, number_lists, simplify_inline


def _simple(markup: str) -> str:
    tree = lxml.html.document_fromstring(f"<body>{markup}</body>")
    simplify_inline(tree)
    body = lxml.html.tostring(tree.find("body"), encoding="unicode")
    return body.removeprefix("<body>").removesuffix("</body>")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<h2><a href='#s'>Costs</a></h2>", "<h2>Costs</h2>"),
        ("<a href='#s'><h2>Costs</h2></a>", "<h2>Costs</h2>"),
        ("<h2><a href='/x'>Costs</a></h2>", '<h2><a href="/x">Costs</a></h2>'),
        ("<p><a href=/a-big.jpg><img src=a></a></p>", '<p><img src="a"></p>'),
        ("<p><a href=/story><img src=a></a></p>", '<p><a href="/story"><img src="a"></a></p>'),
        ("<p>10<sup>6</sup> m<sup>2</sup></p>", "<p>10⁶ m²</p>"),
        ("<p>10<sup>-3</sup> H<sub>2</sub>O 2<sup>n</sup></p>", "<p>10⁻³ H₂O 2ⁿ</p>"),
        ("<p>2<sup>x</sup> 1<sup>st</sup></p>", "<p>2^x 1st</p>"),
        ("<p>so<sup><a href='#fn'>1</a></sup></p>", '<p>so<sup><a href="#fn">1</a></sup></p>'),
        ("<pre>a<br>b</pre>", "<pre><code>a\nb</code></pre>"),
        ("<pre><code><div>a</div><div> b</div></code></pre>", "<pre><code>a\n b\n</code></pre>"),
        (
            "<pre><i class=lineno>1</i>a\n<i class=lineno>2</i>b</pre>",
            "<pre><code>a\nb</code></pre>",
        ),
        (
            "<table><tr><td><pre>1\n2</pre></td><td><pre>a\n b</pre></td></tr></table>",
            "<pre><code>a\n b</code></pre>",
        ),
        ("<p><code><a href=x><span>Nat</span></a></code></p>", "<p><code>Nat</code></p>"),
        (
            "<blockquote><p>We start.</p><footer><cite>Ann</cite></footer></blockquote>",
            "<blockquote><p>We start.</p><p><cite>Ann</cite></p></blockquote>",
        ),
        (
            "<ol class=footnotes><li><a href=http://a>Report</a> <a href='#r'>↩</a></li></ol>",
            '<ol class="footnotes"><li>Report </li></ol>',
        ),
        (
            "<table><tr><td><ul><li>Tram 4</li><li>Bus 11</li></ul></td></tr></table>",
            "<table><tr><td>Tram 4, Bus 11</td></tr></table>",
        ),
    ],
)
def test_phrasing_markup_is_written_as_the_extraction_keeps_it(markup: str, expected: str) -> None:
    assert _simple(markup) == expected


def test_a_list_keeps_its_first_number() -> None:
    page = lxml.html.document_fromstring("<ol start=3><li>Third reason</ol><ol><li>First</ol>")
    starts = list_starts(page)
    body = lxml.html.fromstring("<body><list><item>Third reason</item></list><list></list></body>")
    number_lists(body, starts)
    assert [one.get("start") for one in body.iter("list")] == ["3", None]


@pytest.mark.parametrize("start", ["x", "-1", "99999999999", ""])
def test_an_odd_first_number_is_none(start: str) -> None:
    page = lxml.html.document_fromstring(f"<ol start='{start}'><li>Reason</ol>")
    assert list_starts(page) == {}
