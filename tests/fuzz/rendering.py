"""Random articles as Markdown, rendered by each engine: nothing stands there that nobody meant.

    python -m tests.fuzz.rendering SEED COUNT

prints a JSON line for each failure, made small, and a last one with counts; on standard error,
how far it is.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from crawler.extraction.markdown.render import to_markdown
from crawler.items.enrichment import section_for
from crawler.sanitize import http_url, shown_text
from tests.engines.engines import ENGINES, EngineCrash
from tests.engines.page_check import ANY_BLOCKS, Meant, letters, unmeant
from tests.fuzz.bodies import as_line, from_line, random_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

URL: Final = "https://news.example/bridge"
_BATCH: Final = 2_000
_MADE_SMALL: Final = 20  # failures of an engine
_SHORT: Final = 16  # characters, of texts that are made smaller by each of them
_WORD: Final = "Mine"
# What an author's own text may leave open, with the elements that are the author's then.
_OPEN: Final = {
    "~~~\nMine\n": "",
    "```\nMine\n": "",
    "~~~~~~\nMine\n": "",
    "<div>\n": "div",
    "<pre>\n": "pre",
    "<b>Mine": "b",
    "- Mine\n": "",
    "> Mine": "",
    "`": "",
    "[Mine": "",
    "| a | b |\n|---|---|\n| c | d |\n": "",
    "Mine\n: ": "",
    "    Mine\n": "",
    "$$\n": "",
    "{::comment}\n": "",
}
_OF_TAGS: Final = {
    "quote": {"blockquote"},
    "list": {"ul", "ol", "li"},
    "table": {"table", "thead", "tbody", "tr", "th", "td"},
    "head": {"h2", "h3", "h4", "h5", "h6"},
    "del": {"del", "s"},
}
_OF_CODE: Final = {"code", "pre", "div", "span"}


@dataclass(frozen=True, slots=True)
class Document:
    """A text as a site may have it, and what it may hold."""

    body: str
    kind: str
    text: str
    meant: Meant


def document_of(line: str, kind: str, random: Random) -> Document:
    """Return the document of a body.

    Args:
        line: the body.
        kind: "file" for a file of its own, "item" for one after the author's words, "open" for
            one after words that leave something open, "cut" for a part of its lines.
    """
    body = from_line(line)
    markdown = to_markdown(body, URL)
    if kind == "file":
        return Document(line, kind, markdown, _meant(body))
    if kind == "item":
        return Document(line, kind, f"Mine.\n{section_for(URL, markdown, chr(10))}", _meant(body))
    if kind == "open":
        own, tag = random.choice(list(_OPEN.items()))
        meant = Meant(ANY_BLOCKS | {tag}, comments=_comments())
        return Document(line, kind, own + section_for(URL, markdown, "\n"), meant)
    lines = markdown.split("\n")
    start = random.randrange(len(lines))
    text = "\n".join(lines[start : random.randint(start + 1, len(lines))])
    return Document(line, kind, text, Meant())


def _comments() -> frozenset[str]:
    return frozenset({f"article:begin {URL}", "article:end"})


def _meant(body: _Element) -> Meant:
    tags: set[str] = set()
    for element in body.iter():
        tags |= _OF_TAGS.get(str(element.tag), set())
        if element.tag == "code" or element.get("rend") == "#t":
            tags |= _OF_CODE
            if next(element.iterancestors("item"), None) is not None:
                tags |= {"blockquote"}  # it may be set in one
        tags |= {"#b": {"strong"}, "#i": {"em"}}.get(element.get("rend") or "", set())
    links = Counter(filter(None, (_url(ref.get("target")) for ref in body.iter("ref"))))
    # A link of several lines or blocks is one for each of them.
    many = Counter({url: count * 50 for url, count in links.items()})
    images = Counter(filter(None, (_url(image.get("src")) for image in body.iter("graphic"))))
    text = letters(shown_text("".join(map(str, body.itertext()))))
    return Meant(frozenset(tags), many, images, text, _comments())


def _url(value: str | None) -> str | None:
    return http_url(value or "", URL)


KINDS: Final = ("file", "item", "open", "cut")


def documents(seed: str, count: int) -> list[Document]:
    """Return random documents, the same ones for the same seed."""
    random = Random(seed)
    made = []
    while len(made) < count:
        line = as_line(random_body(random))
        document = document_of(line, KINDS[len(made) % len(KINDS)], random)
        if document.text.strip():
            made.append(document)
    return made


def problems_of(document: Document, html: str) -> list[str]:
    """Return what is wrong with the HTML of a document."""
    meant = document.meant
    if document.kind == "item" and meant.letters is not None:
        meant = Meant(meant.tags, meant.links, meant.images, _WORD + meant.letters, meant.comments)
    return unmeant(html, meant)


def failures(engine: str, several: Sequence[Document]) -> Iterator[tuple[Document, str]]:
    """Render documents by one engine; yield those that something is wrong with."""
    try:
        pages = ENGINES[engine]([document.text for document in several])
    except EngineCrash as crash:
        if len(several) == 1:
            yield several[0], f"crash: {crash}"
            return
        half = len(several) // 2
        yield from failures(engine, several[:half])
        yield from failures(engine, several[half:])
        return
    for document, html in zip(several, pages, strict=True):
        if problems := problems_of(document, html):
            yield document, "; ".join(problems)


def smaller(engine: str, document: Document, seed: str) -> tuple[Document, str]:
    """Return the smallest document like one that fails, and what is wrong with it."""
    why = next(failures(engine, [document]))[1]
    while True:
        candidates = []
        for line in _reductions(document.body):
            for attempt in range(1 if document.kind in {"file", "item"} else 3):
                made = document_of(line, document.kind, Random(f"{seed}{attempt}"))
                candidates.append(made)
        failing = next(_failures_by_parts(engine, candidates), None)
        if failing is None:
            return document, why
        document, why = failing


def _failures_by_parts(engine: str, several: Sequence[Document]) -> Iterator[tuple[Document, str]]:
    for start in range(0, len(several), _BATCH):
        yield from failures(engine, several[start : start + _BATCH])


def _reductions(line: str) -> Iterator[str]:
    body = from_line(line)
    elements = list(body.iter())
    for number in range(1, len(elements)):
        reduced = deepcopy(body)
        element = list(reduced.iter())[number]
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
        yield as_line(reduced)
    for number, element in enumerate(elements):
        for name in ("text", "tail"):
            text = getattr(element, name) or ""
            for size in {len(text) // 2, len(text) // 4, int(len(text) <= _SHORT)} - {0}:
                for start in range(0, len(text), size):
                    reduced = deepcopy(body)
                    setattr(list(reduced.iter())[number], name, text[:start] + text[start + size :])
                    yield as_line(reduced)
        for name in ("alt", "title"):
            if element.get(name):
                reduced = deepcopy(body)
                del list(reduced.iter())[number].attrib[name]
                yield as_line(reduced)


def main(seed: str, count: str) -> None:
    """Run a session."""
    failed: Counter[str] = Counter()
    for batch in range(0, int(count), _BATCH):
        name = f"{seed}/{batch}"
        several = documents(name, min(_BATCH, int(count) - batch))
        for engine in ENGINES:
            for document, why in failures(engine, several):
                failed[engine] += 1
                small, told = document, why
                if failed[engine] <= _MADE_SMALL:
                    small, told = smaller(engine, document, name)
                facts = {"engine": engine, "kind": small.kind, "body": small.body, "why": told}
                print(json.dumps(facts | {"markdown": small.text}), flush=True)
        print(f"{batch + len(several)} documents", file=sys.stderr, flush=True)
    print(json.dumps({"documents": int(count), "failed": failed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
