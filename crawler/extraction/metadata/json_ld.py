"""JSON-LD as schema.org nodes, from broken forms too, and those that describe this page.

Source: JSON-LD 1.1, section 7 (embedding in HTML), and RFC 8259 for what it breaks.
"""

from __future__ import annotations

import html
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


MAX_SCRIPTS = 50
MAX_SCRIPT_CHARACTERS = 1_048_576
MAX_TOTAL_CHARACTERS = 4 * MAX_SCRIPT_CHARACTERS
MAX_VALUES_PER_SCRIPT = 50
_MAX_INT_DIGITS = 20

# What templates put around the JSON: HTML comments, CDATA marks, JavaScript comment signs.
_WRAPPING = re.compile(r"(?:\s|;|//|/\*|\*/|<!--|-->|<!\[CDATA\[|\]\]>|\ufeff)+")
_BETWEEN = re.compile(r"[\s,;]*")

# Strings are matched whole, so that what looks like a comment or comma in one stays. An unclosed
# string or comment runs to the end: each character is looked at once.
_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\(?:.|\Z))*+(?:"|\Z))"""
    r"""|(?P<comment>//[^\n]*|/\*(?:.*?\*/|.*\Z))"""
    r"""|(?P<commas>,[\s,]*+)""",
    re.DOTALL,
)
_BAD_ESCAPE = re.compile(r"""\\(?:u(?![0-9a-fA-F]{4})|([^"\\/bfnrtu]))""")


def json_ld_values(scripts: Iterable[str]) -> list[Any]:
    """The top-level values of all scripts, in order; what cannot be read is left out.

    Never raises. Bounded by the `MAX_*` constants; a longer script is not read at all, since half
    an object is none.
    """
    values: list[Any] = []
    total = 0
    for number, script in enumerate(scripts):
        total += len(script)
        if number >= MAX_SCRIPTS or total > MAX_TOTAL_CHARACTERS:
            break
        if len(script) <= MAX_SCRIPT_CHARACTERS:
            values.extend(_script_values(script))
    return values


def _script_values(script: str) -> list[Any]:
    wrapping = _WRAPPING.match(script)
    text = script[wrapping.end() :] if wrapping else script
    values, whole = _decode_all(text)
    if whole:
        return values
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    repaired, _ = _decode_all(_TOKEN.sub(_repair, text))
    return max(values, repaired, key=len)


def _decode_all(text: str) -> tuple[list[Any], bool]:
    """The JSON values that follow each other, and whether the text held nothing else."""
    values: list[Any] = []
    position = 0
    while len(values) < MAX_VALUES_PER_SCRIPT:
        if between := _BETWEEN.match(text, position):
            position = between.end()
        if position >= len(text) or text[position] not in "{[":
            # Only wrapping may be left; anything else is a sign that a repair could find more.
            return values, _WRAPPING.sub("", text[position:]) == ""
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return values, False
        values.append(value)
    return values, True


def _repair(token: re.Match[str]) -> str:
    if token["string"]:
        return _BAD_ESCAPE.sub(lambda escape: escape[1] or "", token["string"])
    if token["commas"]:
        return "" if token.string[token.end() : token.end() + 1] in {"", "}", "]"} else ","
    return ""


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_INT_DIGITS else None


# strict=False lets a string hold literal newlines and tabs; NaN and Infinity become None.
_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_constant=lambda _name: None)


_MAX_NODES = 1_000
_MAX_DEPTH = 10
_MAX_LIST = 200
_MAX_TEXT = 20_000  # characters of one value

# An object with no more keys than this (@id, @type and one to spare) only refers to another.
_REFERENCE_KEYS = 3

# Where a page's own nodes hang. Lists of other pages (itemListElement, hasPart, citation,
# liveBlogUpdate, ...) are not among them.
_PATHS = ("@graph", "mainEntity", "mainEntityOfPage", "isPartOf", "subjectOf", "publisher")


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON-LD object; `types` are lower case and without the vocabulary's URL."""

    properties: Mapping[str, Any]
    types: frozenset[str]
    graph: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @property
    def is_page(self) -> bool:
        """Whether this is a WebPage: the frame around the article, not the article.

        Its subtypes are called ItemPage, CollectionPage and the like, and ImageGallery.
        """
        return any(name.endswith(("page", "gallery")) for name in self.types)

    def values(self, name: str) -> list[Any]:
        """The property's values, flattened and without None; references are resolved."""
        found: list[Any] = []
        self._collect(self.properties.get(name), found, _MAX_DEPTH)
        return found

    def texts(self, name: str) -> list[str]:
        """The property's values that are text, numbers, or objects with a value, name or id."""
        return [text for value in self.values(name) if (text := value_text(value))]

    def names(self, name: str) -> list[str]:
        """As `texts`, of persons: each of several names, or else given and family name."""
        return [text for value in self.values(name) for text in _person_names(value)]

    def text(self, name: str) -> str | None:
        """The first of `texts`."""
        return next(iter(self.texts(name)), None)

    def _collect(self, value: Any, found: list[Any], depth: int) -> None:
        if value is None or depth == 0 or len(found) >= _MAX_LIST:
            return
        if isinstance(value, list):
            for entry in value[:_MAX_LIST]:
                self._collect(entry, found, depth - 1)
        elif isinstance(value, dict):
            found.append(self._resolved(value))
        else:
            found.append(value)

    def _resolved(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = value.get("@id")
        if not isinstance(reference, str) or len(value) > _REFERENCE_KEYS:
            return value
        return self.graph.get(reference, value)


def _person_names(value: Any) -> list[str]:
    if isinstance(value, dict) and isinstance(names := value.get("name"), list):
        return [text for one in names[:_MAX_LIST] if (text := _scalar_text(one))]
    if isinstance(value, dict) and not _scalar_text(value.get("name")):
        parts = (_scalar_text(value.get(key)) for key in ("givenName", "familyName"))
        if whole := " ".join(part for part in parts if part):
            return [whole]
    text = value_text(value)
    return [] if text is None else [text]


def value_text(value: Any) -> str | None:
    """A value as a raw string: a scalar itself, an object by @value, name or @id."""
    if isinstance(value, dict):
        named = (value.get(key) for key in ("@value", "name", "@id"))
        return next((text for part in named if (text := _scalar_text(part))), None)
    return _scalar_text(value)


def _scalar_text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return value[:_MAX_TEXT].strip() or None
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    return None


def node_types(value: Mapping[str, Any]) -> frozenset[str]:
    """The @type (or, by a common slip, type) of an object, as lower-case local names."""
    raw = value.get("@type", value.get("type"))
    names = raw[:_MAX_LIST] if isinstance(raw, list) else [raw]
    return frozenset(
        name.rstrip("/").replace("#", "/").replace(":", "/").rsplit("/", 1)[-1].strip().lower()
        for name in names
        if isinstance(name, str)
    )


def schema_nodes(values: Sequence[Any]) -> list[Node]:
    """Every typed object that the page says about itself, in order of appearance."""
    graph: dict[str, dict[str, Any]] = {}
    objects = list(_objects(values))
    for value in objects:
        identity = value.get("@id")
        # A bare reference would hide the object that it refers to.
        if isinstance(identity, str) and len(value) > len(graph.get(identity, {})):
            graph[identity] = value
    return [Node(value, types, graph) for value in objects if (types := node_types(value))]


def _objects(values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    waiting: list[tuple[Any, int]] = [(value, 0) for value in reversed(values[:_MAX_LIST])]
    count = 0
    while waiting and count < _MAX_NODES:
        value, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            continue
        if isinstance(value, list):
            waiting.extend((entry, depth + 1) for entry in reversed(value[:_MAX_LIST]))
        elif isinstance(value, dict):
            count += 1
            yield value
            waiting.extend((value[path], depth + 1) for path in reversed(_PATHS) if path in value)


_POSTINGS = frozenset(
    {"blogposting", "liveblogposting", "socialmediaposting", "discussionforumposting"}
    | {"report", "review", "claimreview", "criticreview", "recipe", "howto", "quiz"}
)
_MEDIA = frozenset(
    {"videoobject", "audioobject", "podcastepisode", "tvepisode", "radioepisode", "episode"}
)
_ARTICLE_RANK, _MEDIA_RANK, _PAGE_RANK = 3, 2, 1

# Two forms of one headline share this part of the shorter one's words at least.
_SAME_HEADLINE = 0.6
_FEWEST_WORDS = 3  # below it only equality counts
_MAX_COMPARED = 500
_MAX_URLS = 6
_WORD = re.compile(r"\w+")


def page_nodes(nodes: Sequence[Node], urls: Iterable[str], titles: Iterable[str]) -> list[Node]:
    """The nodes to read this page's fields from, the best first; empty where none is its own.

    Args:
        nodes: all nodes of the page's JSON-LD.
        urls: what the page is called: its own URL first, then canonical and og:url.
        titles: what the page calls itself outside JSON-LD: og:title, h1, title.
    """
    base, *_ = addresses = list(urls)
    paths = {_page_key(address, base) for address in addresses}
    title_words = [words for title in titles if (words := _words(title))]
    scored: list[tuple[int, int, Node]] = []
    for node in nodes:
        rank = _rank(node)
        if rank:
            scored.append((_likeness(node, base, paths, title_words), rank, node))
    own = [entry for entry in scored if entry[0] > 0]
    if not own:
        own = _the_only_one(scored, base)
    # Stable: among equals the page's order decides.
    own.sort(key=lambda entry: (entry[1], entry[0]), reverse=True)
    return [node for _, _, node in own]


def _rank(node: Node) -> int:
    if any(name.endswith("article") or name in _POSTINGS for name in node.types):
        return _ARTICLE_RANK
    if node.types & _MEDIA:
        return _MEDIA_RANK
    return _PAGE_RANK if node.is_page else 0


def _likeness(node: Node, base: str, paths: set[str], titles: list[frozenset[str]]) -> int:
    points = 0
    if any(_page_key(address, base) in paths for address in _node_urls(node)):
        points += 2
    headline = _words(node.text("headline") or node.text("name") or "")
    if headline and any(_same_headline(headline, title) for title in titles):
        points += 1
    return points


def _the_only_one(scored: list[tuple[int, int, Node]], base: str) -> list[tuple[int, int, Node]]:
    """A lone article, or failing that a lone page, that names no other page as its own."""
    for rank in (_ARTICLE_RANK, _PAGE_RANK):
        same = [entry for entry in scored if entry[1] == rank]
        if len(same) == 1:
            node = same[0][2]
            others = (_page_key(url, base) for url in _node_urls(node))
            names_another = node.text("headline") and any("/" in other for other in others)
            return [] if names_another else same
        if same:
            return []
    return []


def _node_urls(node: Node) -> list[str]:
    urls = node.texts("url")
    for value in node.values("mainEntityOfPage"):
        if isinstance(value, dict):
            urls.extend(part for key in ("@id", "url") if isinstance(part := value.get(key), str))
        elif isinstance(value, str):
            urls.append(value)
    identity = node.properties.get("@id")
    if isinstance(identity, str):
        urls.append(identity)
    return urls[-_MAX_URLS:]


def _page_key(address: str, base: str) -> str:
    """What tells one page of a site from another; "" for what is no page: "#article", "x:y"."""
    try:
        parts = urlsplit(urljoin(base, address.strip()[:2_000]))
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not address.strip() or address[0] == "#":
        return ""
    host = re.sub(r"^(?:www|m|mobile|amp)\.", "", (parts.netloc or "").lower())
    path = unquote(parts.path).rstrip("/").lower()
    # Old content systems name the article in the query.
    is_script = not path or path.endswith((".php", ".asp", ".aspx", ".jsp", ".cgi"))
    return f"{host}{path}?{parts.query}" if is_script and parts.query else f"{host}{path}"


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text[:_MAX_COMPARED].casefold()))


def _same_headline(one: frozenset[str], other: frozenset[str]) -> bool:
    fewest = min(len(one), len(other))
    return one == other or (fewest >= _FEWEST_WORDS and len(one & other) >= _SAME_HEADLINE * fewest)
