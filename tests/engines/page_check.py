"""What a browser makes of the HTML of an engine, and what of it nobody meant."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

# lexbor, the HTML5 parser behind it, follows the standard's tokenizer and tree builder.
from resiliparse.parse.html import HTMLTree, NodeType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resiliparse.parse.html import DOMNode

_ALWAYS: Final = frozenset({"html", "head", "body", "p", "br", "a", "img"})
# Of kramdown and its highlighter; what CommonMark and GFM call otherwise.
_AROUND_CODE: Final = frozenset({"div", "pre", "code", "span"})
ANY_BLOCKS: Final = frozenset(
    {"blockquote", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "hr", "input", "li", "ol", "pre", "s", "span", "strong", "table", "tbody", "td", "th"}
    | {"thead", "tr", "ul"}
)
"""What Markdown makes of text that is read as another block than it was written as."""
_COLOURS: Final = r"(?:[a-z-]+:[a-z0-9#%. -]+;?)*"  # of a highlighter
_ATTRIBUTES: Final = {
    ("a", "href"): r"(?:https?|ftp|mailto):.*",
    ("img", "src"): r"https?:.*",
    ("img", "alt"): r".*",
    ("img", "title"): r".*",
    ("ol", "start"): r"[0-9]+",
    ("input", "type"): r"checkbox",
    ("input", "disabled"): r".*",
    ("input", "checked"): r".*",
    ("code", "data-lang"): r".*",
    ("pre", "style"): _COLOURS,
    ("span", "style"): _COLOURS,
    ("pre", "tabindex"): r"0",
    ("td", "style"): r"text-align: ?(?:left|right|center);?",
    ("th", "style"): r"text-align: ?(?:left|right|center);?",
    ("td", "align"): r"left|right|center",
    ("th", "align"): r"left|right|center",
} | {(f"h{level}", "id"): r"[^\s\"'<>]*" for level in range(1, 7)}
_CLASSES: Final = re.compile(
    r"(?:language-\S+|highlight(?:er-rouge)?|task-list(?:-item(?:-checkbox)?)?|[a-z][a-z0-9]?|err"
    r"|footnotes)"
)
_WITH_CLASSES: Final = frozenset({"code", "div", "pre", "span", "ul", "li", "input"})


@dataclass(frozen=True, slots=True)
class Meant:
    """What a document may hold.

    Attributes:
        tags: elements beyond paragraphs, line breaks, links and images.
        links, images: where its links lead, and its images are, each as often as it may; None
            where any web address will do.
        letters: its letters and digits in their order; None where they are not compared.
        comments: the comments that stand in it.
    """

    tags: frozenset[str] = ANY_BLOCKS
    links: Counter[str] | None = None
    images: Counter[str] | None = None
    letters: str | None = None
    comments: frozenset[str] = field(default_factory=frozenset)


def unmeant(html: str, meant: Meant) -> list[str]:
    """Return what a browser finds in some HTML beyond what was meant, in words."""
    nodes = list(_nodes(HTMLTree.parse(html).document))
    elements = [node for node in nodes if node.type == NodeType.ELEMENT]
    texts = [node.value for node in nodes if node.type == NodeType.TEXT]
    found = [f"element {node.tag}" for node in elements if node.tag not in _ALWAYS | meant.tags]
    found += [wrong for node in elements for wrong in _attributes(node)]
    for node in nodes:
        if node.type not in (NodeType.ELEMENT, NodeType.TEXT) and (
            node.type != NodeType.COMMENT or node.value.strip() not in meant.comments
        ):
            found.append(f"{node.type} {node.value!r}")
    for tag, name, may in (("a", "href", meant.links), ("img", "src", meant.images)):
        if may is not None:
            have = Counter(
                node[name] for node in elements if node.tag == tag and name in node.attrs
            )
            found += [f"{tag} of {url}" for url in have - may]
    if meant.letters is not None and (shown := letters("".join(texts))) != meant.letters:
        found.append(f"text {shown!r} in place of {meant.letters!r}")
    return found


def letters(text: str) -> str:
    """Return what no engine's typography touches."""
    return "".join(filter(str.isalnum, text))


def _nodes(node: DOMNode) -> Iterator[DOMNode]:
    child = node.first_child
    while child is not None:
        yield child
        yield from _nodes(child)
        child = child.next


def _leads_somewhere(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme == "mailto"


def _attributes(node: DOMNode) -> Iterator[str]:
    for name in node.attrs:
        value = node[name]
        if name == "class":
            if node.tag in _WITH_CLASSES and all(map(_CLASSES.fullmatch, value.split())):
                continue
        elif (form := _ATTRIBUTES.get((node.tag, name))) is not None:
            is_url = name in {"href", "src"}
            if re.fullmatch(form, value, re.DOTALL) and (not is_url or _leads_somewhere(value)):
                continue
        yield f"attribute {name}={value!r} of {node.tag}"
