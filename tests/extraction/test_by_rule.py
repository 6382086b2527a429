from __future__ import annotations

import pytest

from crawler.extraction.extract import extract_article
from crawler.rules import Rule
from tests.web.articles import article_html

URL = "https://news.example/town/bridge"
LONG = "The ferry left the pier at noon with eleven passengers and one very calm dog. " * 3
PAGE = f"""<!DOCTYPE html><html lang="de"><head><title>Site</title>
<meta name="byl" content="Ines Calder"></head><body>
<h1>Not this one</h1><h2 class="hl">The <em>calm</em> dog</h2>
<div class="who">By <a>Omar Lindqvist</a></div><div class="when">am 3.4.2024 um 9:30 Uhr</div>
<img class="lead" src="data:image/gif;base64,AAAA" data-src="/lead.jpg" alt="A dog">
<div class="share story"><div><p>{LONG}</p><div class="newsletter">Loose words in a box.</div>
<ul><li>one <b>bold</b></li><li><div>two</div></li></ul>
<figure><picture><source srcset="/wide.jpg 1600w"><img src="/small.jpg" alt="Pier"></picture>
<figcaption>The pier at noon</figcaption></figure>
<table><caption>Fares</caption><thead><tr><th>who</th><th>how much</th></tr></thead>
<tbody><tr><td>dog</td><td><div>free</div></td></tr></tbody></table>
<pre>a = 1
  b</pre><blockquote><p>Quiet, <a href="/q">please</a></p></blockquote>
<script>var no = 1;</script><p class="ad">Buy a boat today.</p></div></div>
<div class="story"><p>A second piece of the same story.</p></div>
</body></html>"""


def test_each_field_is_that_of_its_selector_with_its_origin() -> None:
    rule = Rule(
        "r",
        "news.example",
        title=(".none", ".hl"),
        author=(".who a",),
        date=(".when",),
        image=("img.lead",),
    )
    article = extract_article(PAGE, URL, rule=rule)
    assert article.title == "The calm dog"
    assert article.authors == ("Omar Lindqvist",)
    assert article.published == "2024-04-03T09:30:00"
    assert [(one.url, one.alt) for one in article.images] == [
        ("https://news.example/lead.jpg", "A dog")
    ]
    for name in ("title", "authors", "published", "images"):
        assert article.origins[name] == "rule"
    assert "markdown" not in article.origins
    assert article.rule_misses == ()


@pytest.mark.parametrize("css", ["meta[name=byl]", "meta[name=byl]::attr(content)"])
def test_a_value_may_be_that_of_an_attribute(css: str) -> None:
    article = extract_article(PAGE, URL, rule=Rule("r", "news.example", author=(css,)))
    assert article.authors == ("Ines Calder",)


def test_the_body_is_all_of_what_is_chosen_whatever_it_is_called() -> None:
    rule = Rule("r", "news.example", body=(".story",), remove=(".ad",))
    article = extract_article(PAGE, URL, rule=rule)
    assert article.markdown == (
        f"{LONG.strip()}\n\nLoose words in a box.\n\n- one **bold**\n- two\n\n"
        '![Pier](https://news.example/wide.jpg "The pier at noon")\n\n'
        "Fares\n\n| who | how much |\n| --- | --- |\n| dog | free |\n\n"
        "~~~\na = 1\n  b\n~~~\n\n> Quiet, [please](https://news.example/q)\n\n"
        "A second piece of the same story."
    )
    assert article.origins["markdown"] == "rule"
    assert article.word_count > 40
    assert article.content_hash


def test_what_is_removed_is_nowhere_though_the_body_is_found_as_ever() -> None:
    html = article_html().replace("</h1>", "</h1><p class=x>Advice from our sponsor here.</p>")
    kept = extract_article(html, URL)
    removed = extract_article(html, URL, rule=Rule("r", "news.example", remove=(".x",)))
    assert "sponsor" in kept.markdown
    assert "sponsor" not in removed.markdown
    assert removed.markdown.startswith("The council")
    assert removed.rule_misses == ()


def test_where_a_rule_finds_nothing_the_default_counts_and_that_is_told() -> None:
    plain = extract_article(article_html(), URL)
    rule = Rule(
        "r",
        "news.example",
        title=("h7",),
        author=("h1::attr(class)",),
        date=("h1",),
        image=("h1",),
        body=("footer",),
        remove=("nothing",),
    )
    ruled = extract_article(article_html(), URL, rule=rule)
    assert ruled.rule_misses == ("body", "title", "author", "date", "image")
    assert (ruled.title, ruled.authors, ruled.published) == (
        plain.title,
        plain.authors,
        plain.published,
    )
    assert (ruled.markdown, ruled.origins) == (plain.markdown, plain.origins)


def test_the_title_is_not_repeated_in_a_chosen_body() -> None:
    ruled = extract_article(article_html(), URL, rule=Rule("r", "news.example", body=("main",)))
    assert ruled.markdown.startswith("The council of the small town")
    assert ruled.origins["markdown"] == "rule"


def test_metadata_alone_needs_no_body() -> None:
    rule = Rule("r", "news.example", body=(".story",), title=(".hl",))
    article = extract_article(PAGE, URL, wants_body=False, rule=rule)
    assert (article.title, article.markdown, article.rule_misses) == ("The calm dog", "", ())
