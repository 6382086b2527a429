"""Pages that attack the files made of them, read as a site generator and a browser read them."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import liquid
import pytest
import yaml
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

from crawler.extraction.extract import extract_article
from crawler.items.item import read_item
from crawler.ledger.records import Attempt, Mention, SourceRecord, Visit
from crawler.output.enriched import enriched_item, source_file
from crawler.output.entry import mention_entry
from crawler.states import State
from tests.output.hostile_page import BODY_PLACES, hostile_page
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

URL = "https://news.example/bridge"
LIQUID = liquid.Environment()
COMMONMARK = MarkdownIt("commonmark", {"html": True})
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# What the author wrote, with all that a definition further down could change.
OWN_BODY = "Mine, [own], ![own][] and [^own] *are* <b>my</b> words.\n\nTerm {:own}\n"
ARTICLE_TAGS = {"p", "blockquote", "pre", "code", "em", "strong", "s", "a", "img", "br"}
ARTICLE_TAGS |= {"h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"}
ARTICLE_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ENTRY_MARKS = re.compile(r"\{[{%#]")


class Elements(HTMLParser):
    """The start tags and comments of some HTML, as a browser sees them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data.strip())

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    handle_pi = unknown_decl = handle_decl


def record_of(page: str) -> SourceRecord:
    article = extract_article(page, URL)
    attempt = Attempt(URL, State.OK, status=200)
    held = Visit(State.OK, "2024-05-14T08:30:00Z", (attempt,), article=article)
    return SourceRecord("news.example/bridge", (URL,), 1, held=held)


def assert_is_inert_html(html: str) -> None:
    found = Elements(html)
    assert found.other == []
    assert found.comments == []
    for tag, attributes in found.tags:
        assert tag in ARTICLE_TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set())
        for name in {"href", "src"} & set(attributes):
            parts = urlsplit(attributes[name] or "")
            assert parts.scheme in {"http", "https"}
            assert parts.hostname


def front_matter_of(text: str) -> tuple[str, str]:
    """Split as Jekyll and Hugo do: the front matter ends at the first line of three hyphens."""
    match = re.match(r"---\s*\n(.*?)^---\s*$\n?", text, re.DOTALL | re.MULTILINE)
    assert match is not None
    return match[1], text[match.end() :]


def without_nothing(value: Any) -> Any:
    """Leave out what is unknown, as the file does."""
    if isinstance(value, dict):
        pairs = ((key, without_nothing(inner)) for key, inner in value.items())
        return {key: inner for key, inner in pairs if inner not in (None, [], {})}
    if isinstance(value, list):
        return [inner for entry in value if (inner := without_nothing(entry)) is not None]
    return value


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def assert_is_inert_front_matter(yaml_text: str) -> dict[str, Any]:
    assert not _ENTRY_MARKS.search(yaml_text)
    data: dict[str, Any] = yaml.safe_load(yaml_text)
    other = YAML(typ="safe", pure=True)
    other.version = (1, 2)  # type: ignore[assignment]  # so says its documentation
    assert other.load(io.StringIO(yaml_text)) == data
    return data


def assert_stays_where_a_theme_puts_it(text: str) -> None:
    """Read a text as a browser does that a theme printed without escaping it."""
    page = f"""<p title="{text}">{text}</p><p title='{text}'></p><p onclick='f("{text}")'></p>"""
    page += f"""<p onclick="f('{text}')"></p><p title={text}></p><p>-</p>"""
    quoted, single, *scripts, bare, last = Elements(page).tags
    assert set(quoted[1]) == set(single[1]) == {"title"}
    for (_, attributes), mark in zip(scripts, "\"'", strict=True):
        assert set(attributes) == {"onclick"}
        assert (attributes["onclick"] or "").count(mark) == 2
    assert last == ("p", {})
    running = re.compile(r"on[a-z]+|style|src(?:doc|set)?|href|(?:form)?action")
    assert not [name for name, value in bare[1].items() if value and running.fullmatch(name)]


def assert_is_inert_entry(entry: dict[str, Any]) -> None:
    """Check what a theme may print without escaping it."""
    for text in strings(entry):
        assert Elements(text).tags == []
        assert not re.search(r"""[<>"'`\\]""", text)
        assert_stays_where_a_theme_puts_it(text)
        assert not HIDDEN.search(text)
        assert "\n" not in text
    links = [entry.get(key) for key in ("canonicalUrl", "ampUrl", "requestedUrl", "finalUrl")]
    links += [image["url"] for image in entry.get("images", [])]
    for media in entry.get("media", []):
        links += [value for name, value in media.items() if name.lower().endswith("url")]
    for link in filter(None, links):
        assert urlsplit(link).scheme in {"http", "https"}
        assert not re.search(r"""[\s"'<>{}()\[\]\\`]""", link)


@pytest.mark.parametrize("is_markup", [False, True], ids=["as-text", "as-markup"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_enriched_item_runs_nothing_and_keeps_its_own_words(
    payload: str, tmp_path: Path, write_item: Callable[..., Path], *, is_markup: bool
) -> None:
    record = record_of(hostile_page(payload, is_markup=is_markup))
    own = Mention(-1, record.key, URL, "article")
    related = Mention(0, record.key, URL, "article")
    path = write_item(tmp_path, "a", original_url=URL, related=[URL], body=OWN_BODY)
    original = path.read_bytes()
    source = mention_entry(record, own, "items/a.md")
    others = [mention_entry(record, related, "items/a.md")]

    text = enriched_item(original.decode(), source, others, record)

    assert LIQUID.from_string(text).render() == text
    assert not re.search(r"\{\{[<%]", text)
    assert not HIDDEN.search(text)
    yaml_text, body = front_matter_of(text)
    data = assert_is_inert_front_matter(yaml_text)
    block = data.pop("enrichment")
    assert re.fullmatch(r"[0-9a-f]{64}", block.pop("digest"))
    assert data == yaml.safe_load(front_matter_of(original.decode())[0])
    assert block == without_nothing({"schema": 1, "source": source, "related": others})
    assert_is_inert_entry(block["source"])
    assert_is_inert_entry(block["related"][0])

    markers = re.findall(r"<!--.*?-->", body, re.DOTALL)
    assert markers == [f"<!-- article:begin {URL} -->", "<!-- article:end -->"]
    for engine in (COMMONMARK, GFM):
        html = engine.render(body)
        before, middle, after = re.split(r"<!-- article:.*?-->", html)
        assert before == engine.render(OWN_BODY)
        assert after.strip() == ""
        assert_is_inert_html(middle)

    enriched = tmp_path / "enriched.md"
    enriched.write_bytes(text.encode())
    assert read_item(enriched).text.encode() == original


@pytest.mark.parametrize("is_markup", [False, True], ids=["as-text", "as-markup"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_file_of_a_source_runs_nothing(payload: str, *, is_markup: bool) -> None:
    text = source_file(record_of(hostile_page(payload, is_markup=is_markup)))
    assert LIQUID.from_string(text).render() == text
    assert not re.search(r"\{\{[<%]", text)
    assert not HIDDEN.search(text)
    yaml_text, body = front_matter_of(text)
    assert_is_inert_entry(assert_is_inert_front_matter(yaml_text))
    for engine in (COMMONMARK, GFM):
        assert_is_inert_html(engine.render(body))
    # kramdown's own: attribute lists, extensions, and definitions at the start of a line
    for line in outside_code(body):
        assert not re.search(r"(?<!\\)\{:", line)
        assert not re.match(r" {0,3}(?:\*\[|\[[^\]]*\]:|\[\^|:[ \t])", line)
        assert not re.search(r"\]\([^)]*\)\{", line)


def outside_code(body: str) -> Iterator[str]:
    fence = None
    for line in body.splitlines():
        run = re.match(r"(?:> |- |\d+\. | )*(~{3,})", line)
        if run and fence in (None, run[1]):
            fence = run[1] if fence is None else None
        elif fence is None:
            yield re.sub(r"`[^`]*`", "", line)


@pytest.mark.parametrize("is_markup", [False, True], ids=["as-text", "as-markup"])
def test_what_the_page_says_in_each_place_does_arrive(*, is_markup: bool) -> None:
    """Else the other tests here would look at nothing."""
    record = record_of(hostile_page("Zebra Unicorn", is_markup=is_markup))
    assert record.held is not None
    article = record.held.article
    assert article is not None
    for place in BODY_PLACES:
        assert f"{place} Zebra Unicorn" in article.markdown, place
    assert "![alt Zebra Unicorn](https://news.example/i.png?Zebra%20Unicorn)" in article.markdown
    assert (article.title, article.description, article.section) == ("Zebra Unicorn",) * 3
    assert article.site_name == "Zebra Unicorn Courier"
    assert article.authors == ("Zebra Unicorn",)
    assert "Zebra Unicorn topic" in article.keywords
    assert article.media[0].embed_url == "https://good.example/Zebra%20Unicorn"
    assert article.media[0].title == article.media[1].title == "Zebra Unicorn"
    assert "https://good.example/Zebra%20Unicorn" in {image.url for image in article.images}
    assert "Zebra Unicorn" in {image.alt for image in article.images}
    assert article.canonical_url == article.amp_url == "https://news.example/Zebra%20Unicorn"
