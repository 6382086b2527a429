"""Which JSON-LD nodes describe this page, and not one that it lists or embeds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.extraction.metadata.schema_nodes import Node

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
