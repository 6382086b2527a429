from __future__ import annotations

import lxml.html
import pytest

from crawler.extraction.metadata.bylines import (
    labelled_authors,
    linked_authors,
    profile_authors,
    signatures,
    visible_bylines,
)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p class='article__author'>Von Seb Groß, Lille</p>", ["Seb Groß", "Lille"]),
        ("<ul class=authors><li>Ann Lee<li>Bo Ek</ul>", ["Ann Lee", "Bo Ek"]),
        (
            "<div class=byline>By <b>Ann Lee</b> 5 May 2020 <i class=author-name>Ann Lee</i></div>",
            ["Ann Lee"],
        ),
        ("<ul class=metaAuthorList><li class=autor-name>Ann Lee</ul>", ["Ann Lee"]),
        ("<p class=byline>By <a>Ann Lee</a> <span>Link Copied</span></p>", ["Ann Lee"]),
        ("<p class=byline><span>By</span><a>Ann Lee</a></p>", ["Ann Lee"]),
        (
            f"<p class=author><a href=/author/al>Ann Lee</a> {'x ' * 99}<a href=/>Bo Ek Ran</a>",
            ["Ann Lee"],
        ),
        ("<p class=author><a>小川ひさの</a></p>", ["小川ひさの"]),
        ("<p class=author>김철수 기자</p>", ["김철수"]),
        (
            "<div class=byline><b class=author__name>Ann Lee</b><i>Research & Law</i></div>",
            ["Ann Lee"],
        ),
        ("<div class=author><b class=author-name>Ann Lee</b>Founder at Bo</div>", ["Ann Lee"]),
        ("<figure><i class=author>Bo Ek</i></figure>", []),
        ("<p class=author-bio>Ann Lee</p>", []),
        ("<p class=author>About the Author</p>", []),
        ("<p class=author>read more</p>", []),
        ("<div class=comments><p class=author>Bo Ek</p></div>", []),
        ("<aside><p class=author>Bo Ek</p></aside>", []),
        ("<p class=authority>Bo Ek</p>", []),
        (f"<p class=author>{'Bo Ek ' * 100}</p>", []),
    ],
)
def test_a_visible_byline_gives_full_names(markup: str, expected: list[str]) -> None:
    page = lxml.html.document_fromstring(f"<body class=comments-open><h1>T</h1>{markup}</body>")
    assert visible_bylines(page) == expected


def test_only_the_first_author_links_are_the_article_s() -> None:
    page = lxml.html.document_fromstring(
        "<nav><a rel=author>Nav</a></nav>"
        "<p><a rel='author me'>Ann Lee</a>, <a rel=author>Bo Ek</a></p>"
        "<p><a rel=author>Cy Day</a></p>"
    )
    assert linked_authors(page) == ["Ann Lee", "Bo Ek"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<article><h1>T</h1><footer><a rel=author>Ann Lee</a></footer></article>", ["Ann Lee"]),
        ("<article><h3>T</h3><footer><a rel=author>Ann Lee</a></footer></article>", []),
        ("<article><h1>T</h1></article><footer><a rel=author>Ann Lee</a></footer>", []),
        ("<aside>Buy<main><h1>T</h1><a rel=author>Ann Lee</a></main></aside>", ["Ann Lee"]),
        ("<main><h1>T</h1><aside><a rel=author>Ann Lee</a></aside></main>", []),
    ],
)
def test_an_author_link_counts_in_the_article_s_own_footer(page: str, expected: list[str]) -> None:
    assert linked_authors(lxml.html.document_fromstring(page)) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p style='text-align:right'><b>Ann Lee</b></p>", ["Ann Lee"]),
        ("<p align=right>See also</p>", []),
        ("<p>(责编:李明、王小红)</p>", ["李明", "王小红"]),
        ("<p>作者: 李明</p>", ["李明"]),
        ("<p>编辑部的工作很多</p>", []),
    ],
)
def test_a_signature_ends_an_article(markup: str, expected: list[str]) -> None:
    page = lxml.html.document_fromstring(f"<body><p>Text</p>{markup}</body>")
    assert signatures(page, is_chinese=True) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p><a href='/author/mia/'>Mia</a></p>", ["Mia"]),
        ("<p><a href=/user/mia7.html>Mia7</a> & <a href=/user/bo>Bo</a></p>", ["Mia7", "Bo"]),
        ("<p><a href='/autor/ann-lee?x=1'>Ann Lee</a></p><p><a href=/autor/bo>Bo</a>", ["Ann Lee"]),
        ("<p><a href=/author/mia>More by Mia</a></p>", []),
        ("<p><a href=/user/login>Log in</a></p>", []),
        ("<p><a href=/topic/mia>Mia</a></p>", []),
        ("<nav><a href=/author/mia>Mia</a></nav>", []),
        ("<div class=comments><a href=/user/mia>Mia</a></div>", []),
    ],
)
def test_the_address_of_a_profile_vouches_for_a_name(markup: str, expected: list[str]) -> None:
    page = lxml.html.document_fromstring(f"<body><h1>T</h1>{markup}</body>")
    assert profile_authors(page) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<span>- Redaktion: Ann Lee (Press office)</span>", ["Ann Lee"]),
        ("<p><strong>Autorin: Ann Lee, who leads the office.</strong></p>", ["Ann Lee"]),
        ("<p>This post was written by Ann Lee, Head of Marketing.</p>", ["Ann Lee"]),
        ("<p>Text: Ann Lee und Bo Ek</p>", ["Ann Lee", "Bo Ek"]),
        ("<p>Text: all of it is below</p>", []),
        ("<p>The text: Ann Lee</p>", []),
        ("<script>author: Ann Lee</script>", []),
        ("<footer>Redaktion: Ann Lee</footer>", []),
        ("<h5>Autor: </h5>Ann Lee/Agency", ["Ann Lee"]),
        ("<b>Von:</b><br><br> Ann Lee", ["Ann Lee"]),
        ("<h6>Authors:</h6><p>All of them are below</p>", []),
    ],
)
def test_a_label_vouches_for_a_full_name(markup: str, expected: list[str]) -> None:
    page = lxml.html.document_fromstring(f"<body><h1>T</h1><div>{markup}</div></body>")
    assert labelled_authors(page) == expected
