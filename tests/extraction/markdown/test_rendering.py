"""What we write, rendered by CommonMark (with GFM's tables) and by the kramdown of Jekyll."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import html as lxml_html
from lxml.etree import Element, SubElement, fromstring
from markdown_it import MarkdownIt

from crawler.extraction.markdown.render import to_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

BASE = "https://example.org/news/page"
COMMONMARK = MarkdownIt("gfm-like", {"linkify": False})
SCRIPT = Path(__file__).with_name("kramdown.rb")
RUBY = shutil.which("ruby")
_TYPOGRAPHY = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " ", "\u2026": "..."}
    | {"\u2013": "--", "\u2014": "---", "\u00ab": "<<", "\u00bb": ">>"}
)
_INLINE = {"a", "code", "del", "em", "img", "s", "strong"}


def kramdown(texts: Sequence[str]) -> list[str]:
    """Render texts by kramdown; skips the test where that is not installed."""
    if RUBY is None:
        pytest.skip("ruby is not installed (Debian: ruby-kramdown, ruby-kramdown-parser-gfm)")
    words = [RUBY, str(SCRIPT)]
    done = subprocess.run(
        words, input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    if "cannot load such file" in done.stderr:
        pytest.skip("kramdown is not installed (Debian: ruby-kramdown, ruby-kramdown-parser-gfm)")
    assert done.returncode == 0, done.stderr
    rendered: list[str] = json.loads(done.stdout)
    return rendered


def shape(html: str) -> list[object]:
    """What a browser makes of it: tags, their targets and texts, without layout's white space."""
    tokens: list[object] = []

    def add(text: str | None) -> None:
        # Spaces around quotation marks are typography's, too.
        words = re.sub(r"\s+", " ", (text or "").translate(_TYPOGRAPHY))
        if tokens and isinstance(tokens[-1], str) and not tokens[-1].startswith("<"):
            tokens[-1] += words
        elif words:
            tokens.append(words)

    def walk(element: _Element) -> None:
        tag = {"s": "del"}.get(str(element.tag), str(element.tag))
        shown = ("href", "src", "alt", "title")
        known = [element.get(name, "").translate(_TYPOGRAPHY) for name in shown]
        tokens.append(f"<{tag} {known if any(known) else ''}")
        add(element.text)
        for child in element:
            walk(child)
            add(child.tail)
        tokens.append(f"<{'' if tag in _INLINE else ' '}/{tag}")

    walk(lxml_html.fromstring(f"<div>{html}</div>"))
    kept = (token.strip() if isinstance(token, str) else token for token in tokens)
    return [token for token in kept if token]


def assert_same(sources: Sequence[str]) -> list[str]:
    """Have both render alike; return CommonMark's HTML."""
    by_commonmark = [COMMONMARK.render(source) for source in sources]
    for source, one, other in zip(sources, by_commonmark, kramdown(sources), strict=True):
        assert shape(one) == shape(other), source
    return by_commonmark


def markdown(xml: str) -> str:
    return to_markdown(fromstring(f"<body>{xml}</body>"), BASE)


@pytest.mark.parametrize(
    ("xml", "html"),
    [
        pytest.param(
            '<head rend="h2">A # b #</head><p>c</p><head rend="h3">D</head>',
            "<h2>A # b #</h2><p>c</p><h3>D</h3>",
            id="headings",
        ),
        pytest.param(
            '<list rend="ul"><item>a<list rend="ol"><item>b</item><item>c</item></list></item>'
            "<item>d</item></list>",
            "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>",
            id="nested-lists",
        ),
        pytest.param(
            '<list rend="ul"><item>a<list rend="ul"><item>b</item></list>'
            '<list rend="ol"><item>c</item></list></item></list>',
            "<ul><li><p>a</p><ul><li>b</li></ul><ol><li>c</li></ol></li></ul>",
            id="lists-one-below-the-other",
        ),
        pytest.param(
            "<list><item><p>a</p><p>b</p></item><item>c<code>d\ne</code></item></list>",
            "<ul><li><p>a</p><p>b</p></li><li><p>c</p><pre><code>d\ne\n</code></pre></li></ul>",
            id="lists-with-blocks",
        ),
        pytest.param(
            "<quote>a<p>b</p><list><item>c</item></list></quote>",
            "<blockquote><p>a</p><p>b</p><ul><li>c</li></ul></blockquote>",
            id="quotes",
        ),
        pytest.param(
            '<table><row><cell role="head">a|b</cell><cell>c</cell></row>'
            '<row><cell>d <ref target="/u">e</ref></cell><cell>f</cell></row></table>',
            "<table><thead><tr><th>a|b</th><th>c</th></tr></thead><tbody><tr><td>d "
            '<a href="https://example.org/u">e</a></td><td>f</td></tr></tbody></table>',
            id="tables",
        ),
        pytest.param(
            "<p>a <code>b_c*d</code></p><code>x = 1\n\n  y {{ z }}</code>",
            "<p>a <code>b_c*d</code></p><pre><code>x = 1\n\n  y { { z }}\n</code></pre>",
            id="code",
        ),
        pytest.param(
            "<list><item>a<code>b\n- c\n\n---\nd</code></item><item>e</item></list>",
            "<ul><li><p>a</p><blockquote><pre><code>b\n- c\n\n---\nd\n</code></pre></blockquote>"
            "</li><li><p>e</p></li></ul>",
            id="code-in-lists-that-looks-like-a-list",
        ),
        pytest.param(
            '<p><ref target="/a">x]:</ref> y</p><list rend="ol"><item>1234567890. z</item></list>',
            '<p><a href="https://example.org/a">x]:</a> y</p><ol><li>1234567890. z</li></ol>',
            id="what-kramdown-takes-for-definitions-and-lists",
        ),
        pytest.param(
            '<graphic src="/i.jpg" alt="A [cat] &amp; a &quot;dog&quot;"'
            ' title="By (Ann) &quot;B&quot; * {{ x }} | &lt;b>"/>',
            '<p><img src="https://example.org/i.jpg" alt="A [cat] &amp; a &quot;dog&quot;" '
            'title="By (Ann) \u201cB\u201d * \uff5b{ x }} | \u2039b\u203a"></p>',
            id="images-with-caption",
        ),
        pytest.param(
            '<p>A claim<hi rend="#sup"><ref target="#fn1">1</ref></hi> and'
            '<ref target="https://example.org/news/page#fn2">[b]</ref>.</p>'
            '<list rend="ol"><item>First note. <ref target="#r1">\u21a9</ref></item></list>',
            "<p>A claim[1] and[b].</p><ol><li>First note.</li></ol>",
            id="footnotes",
        ),
        pytest.param(
            '<p><ref target="#top">Up</ref>, <ref target="">no</ref>, <ref target="/a#b">to</ref>'
            '<ref target="#x"><graphic src="/i.jpg"/></ref></p>',
            '<p>Up, no, <a href="https://example.org/a#b">to</a>'
            '<img src="https://example.org/i.jpg" alt=""></p>',
            id="links-within-the-page",
        ),
        pytest.param(
            '<graphic src="/1.jpg"/><graphic src="/2.jpg"/><p>a</p>',
            '<p><img src="https://example.org/1.jpg" alt=""></p>'
            '<p><img src="https://example.org/2.jpg" alt=""></p><p>a</p>',
            id="images-one-below-the-other",
        ),
        pytest.param(
            '<p>a <hi rend="#b">b</hi> <hi rend="#i">c</hi> <del>d</del><lb/>e</p>',
            "<p>a <strong>b</strong> <em>c</em> <del>d</del><br>e</p>",
            id="styles-and-breaks",
        ),
        pytest.param(
            '<p><ref target="/a">^b</ref> ^c <ref target="/d">e^</ref></p>',
            '<p><a href="https://example.org/a">^b</a> ^c <a href="https://example.org/d">e^</a></p>',
            id="links-that-begin-like-footnotes",
        ),
        pytest.param(
            "<p>1. no</p><p>* no</p><p>: no</p><p>a | b</p><p>[^1]: no</p><p>*[HTML]: no</p>"
            "<p>{: .no}</p><p>$$no$$</p><p>a &lt;b> &amp;amp; c\\</p><p>---</p><p>===</p>",
            "<p>1. no</p><p>* no</p><p>: no</p><p>a | b</p><p>[^1]: no</p><p>*[HTML]: no</p>"
            "<p>{: .no}</p><p>$$no$$</p><p>a &lt;b> &amp;amp; c\\</p><p>---</p><p>===</p>",
            id="what-only-looks-like-markup",
        ),
    ],
)  # fmt: skip
def test_each_element_is_rendered_by_both_as_it_was_meant(xml: str, html: str) -> None:
    (rendered,) = assert_same([markdown(xml)])
    assert shape(rendered) == shape(html)


@pytest.mark.parametrize(
    "name",
    [
        "1x1.gif",
        "blank.gif",
        "grey.gif",
        "lazy-placeholder.svg",
        "lazyload.gif",
        "loading.svg",
        "pixel.png",
        "place-holder_image.jpg",
        "placeholder-640x480.jpg",
        "spacer.gif",
        "transparent.png",
    ],
)
def test_placeholders_are_gone(name: str) -> None:
    assert markdown(f'<p>a</p><graphic src="/img/{name}?v=2" alt="x"/>') == "a"


@pytest.mark.parametrize(
    "name", ["bridge.jpg", "pixels.jpg", "grey-seal.jpg", "blank-wall-art.jpg"]
)
def test_pictures_of_nearly_such_a_name_stay(name: str) -> None:
    assert markdown(f'<graphic src="/img/{name}"/>') == f"![](https://example.org/img/{name})"


TEXTS = ["word", "two words", "1. x", "# x", "* x", "a_b_c", "[x](y)", "|", "{{ x }}", "<b>"]
TEXTS += ["!", "`x`", "~~x~~", "\\", "&amp;", "x:", ": x", "-", "+ x", "> x", "$$x$$", "^", "="]


def grow(parent: _Element, seed: random.Random, depth: int = 0) -> None:  # noqa: C901 - a case a tag
    """Add a few elements with awkward texts to a body."""
    blocks = ["p", "p", "head", "quote", "list", "table", "code", "graphic"]
    for _ in range(seed.randint(1, 4)):
        tag = seed.choice(blocks if depth < 3 else ["p", "p", "head"])
        element = SubElement(parent, tag)
        match tag:
            case "list":
                element.set("rend", seed.choice(["ul", "ol"]))
                for item in children(element, "item", seed.randint(1, 3), seed):
                    if seed.random() < 0.3:
                        grow(item, seed, depth + 2)
            case "table":
                for row in children(element, "row", 2, seed):
                    row.text = None
                    children(row, "cell", 2, seed)
            case "quote":
                grow(element, seed, depth + 1)
            case "code":
                element.text = f"{seed.choice(TEXTS)}\n  {seed.choice(TEXTS)}"
            case "graphic":
                picture = {"src": "/i.jpg", "alt": seed.choice(TEXTS), "title": seed.choice(TEXTS)}
                element.attrib.update(picture)
            case _:
                element.text = seed.choice(TEXTS)
                for run in children(element, seed.choice(["hi", "ref"]), seed.randint(0, 3), seed):
                    run.set("rend", seed.choice(["#b", "#i"]))
                    run.set("target", seed.choice(["/u_v(w)", "#x"]))
                    run.tail = seed.choice(["", " ", *TEXTS])


def children(parent: _Element, tag: str, count: int, seed: random.Random) -> list[_Element]:
    """Add children with texts."""
    added = [SubElement(parent, tag) for _ in range(count)]
    for child in added:
        child.text = seed.choice(TEXTS)
    return added


def test_many_bodies_of_awkward_texts_are_rendered_alike() -> None:
    seed = random.Random(20)
    sources = []
    for _ in range(400):
        body = Element("body")
        grow(body, seed)
        sources.append(to_markdown(body, BASE))
    assert_same(sources)
