"""Random bodies of articles, of all that the extraction may hand on, with hostile texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml.etree import Element, SubElement, fromstring, tostring

from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from random import Random

    from lxml.etree import _Element

_PIECES: Final = (
    *("word", "Two words", "é", "日本", "1", "x", "  ", "\n", "\n\n", "\t", "\u00a0", "\u2028"),
    *"<>&\"'`\\*_{}[]()#+-.!|~$^:=/@%;?,\u200b\ufeff\u202e\u00ad\u2060",
    *("```", "~~~", "~~", "**", "__", "$$", "---", "===", "***", "- ", "* ", "+ ", "1. ", "> "),
    *("# ", "## ", "    ", "| ", "|---|", ": ", "[x]", "](", "]: ", "[^1]", "[^1]: ", "*[x]: "),
    *("{{", "}}", "{%", "%}", "{#", "{:", "{::", "{{<", "{{%", "{: onclick=y}", "{:toc}"),
    *("<script>x</script>", "</script>", "<img src=x onerror=y>", "<b>", "</b>", "<!--", "-->"),
    *("<?", "<!", "<![CDATA[", "]]>", "<div>", "</div>", "<pre>", "</pre>", "<style>", "<a href="),
    *("javascript:y", "data:text/html,y", "java&#115;cript:y", "&lt;", "&#60;", "&quot;", "&amp"),
    *("<javascript:y>", "https://e.example/", "www.e.example", "me@e.example", ":smile:", "\\("),
    *("{::nomarkdown}", "{:/}", "{::comment}", "{::options parse_block_html='true' /}", "[ ] "),
    *("<!-- article:end -->", "<!-- article:begin https://e.example/ -->", "[toc]", "[[x]]"),
)
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HOSTILE: Final = [_NO_XML.sub("", payload) for payload in PAYLOADS]
_TARGETS: Final = (
    *("/a", "https://e.example/x_y(z)", "?q={{x}}", "javascript:y", "java\nscript:y", "data:x,y"),
    *("https://e.example/'\"<b>", "https://e.example/`*_~]", "//e.example", "vbscript:y"),
    *("&#106;avascript:y", "https://e.example/\\", "https://e.example/x y"),
)
_BLOCKS: Final = ("p", "p", "p", "head", "quote", "list", "list", "table", "code", "graphic", "div")
_INLINE: Final = ("hi", "hi", "hi", "del", "code", "ref", "graphic", "lb")
_RENDITIONS: Final = ("#b", "#i", "#t", "#u", "#sub")
_DEEPEST: Final = 4


def random_body(random: Random) -> _Element:
    """Return a body in the vocabulary that the extraction hands on."""
    body = Element("body")
    _add_blocks(random, body, 0)
    return body


def text_of(random: Random) -> str:
    """Return a text: a word, a payload, or some pieces of markup."""
    kind = random.random()
    if kind < 0.3:
        return random.choice(("Word", "two words", "A sentence."))
    if kind < 0.5:
        return random.choice(_HOSTILE)
    return "".join(random.choices(_PIECES, k=random.randint(1, 6)))


def _add_blocks(random: Random, parent: _Element, depth: int) -> None:
    for _ in range(random.choice((1, 1, 2, 3) if depth else (1, 2, 3, 4))):
        tag = random.choice(_BLOCKS if depth < _DEEPEST else ("p", "code"))
        element = SubElement(parent, tag)
        _fill(random, element, depth)
        if random.random() < 0.1:
            element.tail = text_of(random)


def _fill(random: Random, element: _Element, depth: int) -> None:  # noqa: C901 - a case a tag
    match element.tag:
        case "list":
            element.set("rend", random.choice(("ul", "ol")))
            for _ in range(random.randint(1, 3)):
                item = SubElement(element, "item")
                _fill_with_text_or_blocks(random, item, depth)
        case "quote" | "div":
            _fill_with_text_or_blocks(random, element, depth)
        case "table":
            for _ in range(random.randint(1, 3)):
                row = SubElement(element, "row")
                for _ in range(random.randint(1, 3)):
                    _add_text(random, SubElement(row, "cell"))
        case "code":
            element.text = "\n".join(text_of(random) for _ in range(random.randint(1, 4)))
            if random.random() < 0.2:
                SubElement(element, "lb").tail = text_of(random)
        case "graphic":
            _set_image(random, element)
        case "head":
            element.set("rend", f"h{random.randint(1, 6)}")
            _add_text(random, element)
        case _:
            _add_text(random, element)


def _fill_with_text_or_blocks(random: Random, element: _Element, depth: int) -> None:
    if random.random() < 0.6:
        _add_text(random, element)
    if random.random() < 0.5:
        _add_blocks(random, element, depth + 1)


def _add_text(random: Random, element: _Element, depth: int = 0) -> None:
    element.text = text_of(random) if random.random() < 0.8 else None
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        run = SubElement(element, random.choice(_INLINE))
        run.tail = random.choice((None, " ", text_of(random)))
        match run.tag:
            case "graphic":
                _set_image(random, run)
            case "lb":
                continue
            case "hi":
                run.set("rend", random.choice(_RENDITIONS))
            case "ref":
                run.set("target", random.choice(_TARGETS))
        if depth < 3 and random.random() < 0.3 and run.tag != "graphic":
            _add_text(random, run, depth + 1)
        elif run.tag != "graphic":
            run.text = text_of(random)


def _set_image(random: Random, graphic: _Element) -> None:
    graphic.set("src", random.choice(_TARGETS))
    if random.random() < 0.7:
        graphic.set("alt", text_of(random))
    if random.random() < 0.5:
        graphic.set("title", text_of(random))


def as_line(body: _Element) -> str:
    """Return a body as one line of ASCII."""
    text = tostring(body, encoding="unicode")
    return "".join(c if " " <= c <= "~" else f"&#{ord(c)};" for c in text)


def from_line(line: str) -> _Element:
    """Return the body of a line."""
    return fromstring(line)
