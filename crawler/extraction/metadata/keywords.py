"""Keywords of an article: which list is its own, and the tags that readers see under it."""

from __future__ import annotations

import html
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.extraction.metadata.field_text import (
    JSON_LD,
    META,
    Candidate,
    Found,
    element_text,
    field_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lxml.html import HtmlElement


MAX_KEYWORDS = 100
_MAX_STRINGS = 500
_MAX_STRING = 20_000
_MAX_KEYWORD = 200
# With the commas of CJK texts.
_SEPARATOR = re.compile(r"[,;|\u3001\uff0c\n]")
# Chinese and Japanese words have no space inside, so that one parts two keywords.
_SPACED_CJK = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]+(?:[ \u3000]+[\u3040-\u30ff\u3400-\u9fff]+)+"
)

_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
# Such as source:tagname:Bridges, sub-section:World and autoplay_video.
_MACHINE = re.compile(r"^\s*(?:\w+:\w+:|[a-z]+(?:-[a-z]+)+:\S)|\w_\w")
_MAX_WORDS = 9  # more are a headline
_COUNT = re.compile(r"^\(\d{1,4}\)\s*|^#\s?")  # of a tag cloud; the sign of hashtags
# "Subject: Justice" among "Day: Friday" and "Page Type: Article": a taxonomy, written flat.
_LABELLED = re.compile(r"([A-Za-z][A-Za-z ]{1,30}): ?(\S.*)")
_TOPIC_LABELS = frozenset({"subject", "topic", "tag", "keyword", "category", "theme"})


def keyword_list(strings: Iterable[str], unwanted: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The keywords in the strings, in order, at most 100, without repeats in any case.

    Strings are split at commas, semicolons and bars. URLs, UUIDs, identifiers and what has no
    letter are machine data and dropped, and so are sentences and the labels of a taxonomy that
    is written flat.

    Args:
        strings: raw values, each a keyword or a list of keywords.
        unwanted: the `letters` of what is no keyword here: the names of the site.
    """
    keywords: dict[str, str] = {}
    for part in _without_labels(_parts(strings)):
        if len(keywords) >= MAX_KEYWORDS:
            break
        text = field_text(_COUNT.sub("", part), _MAX_KEYWORD)
        if text and letters(text) not in unwanted:
            keywords.setdefault(text.casefold(), text)
    return tuple(keywords.values())


def letters(text: str) -> str:
    """The letters and digits of a name, by which two spellings of it are compared."""
    return "".join(filter(str.isalnum, text.casefold()))


def _parts(strings: Iterable[str]) -> list[str]:
    parts: list[str] = []
    for raw, _ in zip(strings, range(_MAX_STRINGS), strict=False):
        text = html.unescape(raw[:_MAX_STRING]).strip()
        if _SPACED_CJK.fullmatch(text):
            text = ",".join(text.split())
        parts.extend(part.strip() for part in _SEPARATOR.split(text) if _is_keyword(part))
    return parts


def _is_keyword(part: str) -> bool:
    return (
        "://" not in part
        and any(character.isalpha() for character in part)
        and not _UUID.fullmatch(part.strip())
        and not _MACHINE.search(part)
        and len(part.split()) <= _MAX_WORDS
    )


def _without_labels(parts: Sequence[str]) -> list[str]:
    labelled = [_LABELLED.fullmatch(part) for part in parts]
    labels = [match[1].lower() if match else "" for match in labelled]
    if _TOPIC_LABELS.isdisjoint(labels):
        return list(parts)  # "Star Wars: Andor"
    return [
        match[2] if match else part
        for part, match, label in zip(parts, labelled, labels, strict=True)
        if not match or label in _TOPIC_LABELS
    ]


_RUN_TOGETHER: Final = 4  # words in the only keyword of a list, which lost its commas


class _Group(NamedTuple):
    origin: str
    keywords: tuple[str, ...]
    keys: frozenset[str]


def chosen_keywords(
    groups: Iterable[Sequence[Candidate]],
    tag_links: Callable[[], Sequence[Candidate]],
    *,
    names: Iterable[str],
    sections: Iterable[str],
) -> Found[tuple[str, ...]]:
    """The keywords that two sources agree on; else those of the best source.

    A source that mostly adds the page's sections to another's keywords, or names nothing else,
    says no more than that, and neither does one whose list has lost its commas. Meta tags are
    believed before JSON-LD where one holds all that the other does; elsewhere they are written
    for search engines.

    Args:
        groups: raw keyword strings, one group a source, in order of trust.
        tag_links: gives the tags that readers see; asked only where nothing else is left.
        names: of the site and of the authors, which are no keywords.
        sections: of the site; keywords only where another source says so, too.
    """
    unwanted = frozenset(letters(name) for name in names)
    found = [group for one in groups if (group := _read(one, unwanted)) is not None]
    sectional = frozenset(section.casefold() for section in sections)
    whole = [group for group in found if not _lost_its_commas(group)]
    telling = [group for group in whole if not group.keys <= sectional]
    best = _agreed(whole) or _best(telling, sectional)
    if best is None:
        tags = _read(tag_links(), unwanted)
        best = tags or next(iter([*whole, *found]), None)
    return Found((), None) if best is None else Found(best.keywords, best.origin)


def _read(group: Sequence[Candidate], unwanted: frozenset[str]) -> _Group | None:
    keywords = keyword_list((one.value for one in group), unwanted)
    if not keywords:
        return None
    return _Group(group[0].origin, keywords, frozenset(text.casefold() for text in keywords))


def _lost_its_commas(group: _Group) -> bool:
    return len(group.keywords) == 1 and len(group.keywords[0].split()) >= _RUN_TOGETHER


def _agreed(groups: Sequence[_Group]) -> _Group | None:
    for group in groups:
        if any(one.keys == group.keys and one.origin != group.origin for one in groups):
            return group
    return None


def _best(groups: Sequence[_Group], sections: frozenset[str]) -> _Group | None:
    if not groups:
        return None
    best = groups[0]
    linked = next((group for group in groups if group.origin == JSON_LD), None)
    if (
        linked
        and best.origin == META
        and not (best.keys <= linked.keys or linked.keys <= best.keys)
    ):
        best = linked
    for group in groups:
        added = best.keys - group.keys
        if group.keys < best.keys and len(added & sections) > len(added) / 2:
            return group
    return best


_MAX_LINKS: Final = 1_000
_MAX_CANDIDATES: Final = 200  # links that may be tags
_MAX_BOXES: Final = 20
_MAX_CLIMB: Final = 50
_MAX_TAGS: Final = 30  # of one box; longer lists are menus
_MAX_TAG_WORDS: Final = 7  # of one tag; longer texts are headlines
_MAX_AROUND: Final = 60  # characters of a box that are no link: "More on:"
_MAX_ATTRIBUTE: Final = 500
_LEVELS: Final = 3  # from a link up to the element that says what its box is

# Words of class names, ids and data attributes, also in camel case, in the languages of the web.
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NAMES: Final = frozenset(
    {"tag", "tags", "hashtag", "hashtags", "keyword", "keywords", "topic", "topics", "etiquetas"}
    | {"themen", "schlagworte", "temas", "labels", "taglist", "tagcloud", "tagbox"}
)
_HINT: Final = re.compile("[Tt]ag|[Tt]opic|[Kk]eyword|[Tt]hem|[Tt]ema|etiq|[Ll]abel|chlagw|TAG")
_PATH: Final = re.compile(
    r"/(?:tags?|topics?|hashtags?|keywords?|themen?|themes?|temas?|etiquetas?|sujets?|argomenti"
    r"|onderwerp(?:en)?|emne|tagi?)/[^/?#]",
    re.IGNORECASE,
)
_FRAME: Final = frozenset({"nav", "form"})
_PARTS: Final = frozenset({"header", "footer"})  # of the page, unless inside of the article
_CONTENT: Final = frozenset({"article", "main"})


def tag_links(tree: HtmlElement) -> list[str]:
    """The texts of the first box of tags below the headline; empty where there is none."""
    links: list[HtmlElement] = []
    named: dict[HtmlElement, bool] = {}
    is_below = next(tree.iter("h1"), None) is None
    for element, _ in zip(tree.iter("h1", "a"), range(_MAX_LINKS), strict=False):
        if element.tag == "h1":
            is_below = True
        elif is_below and _is_tag(element, named) and not _is_of_the_frame(element):
            links.append(element)
    boxes = islice(_boxes(links[:_MAX_CANDIDATES]).items(), _MAX_BOXES)
    return next((tags for box, tags in boxes if _is_box(box, tags)), [])


def _is_tag(link: HtmlElement, named: dict[HtmlElement, bool]) -> bool:
    href, rel = link.get("href"), link.get("rel")
    if not href:
        return False
    if rel and "tag" in (rels := rel.lower().split()):
        return "category" not in rels  # WordPress's sections
    return _PATH.search(href) is not None or _is_in_named(link, named)


def _is_in_named(link: HtmlElement, named: dict[HtmlElement, bool]) -> bool:
    """Whether a link or an element closely around it is called tags; `named` remembers."""
    element: HtmlElement | None = link
    for _ in range(_LEVELS + 1):
        if element is None:
            return False
        if element not in named:
            named[element] = any(
                not _NAMES.isdisjoint(_words(value[:_MAX_ATTRIBUTE]))
                for name, value in element.items()
                if (name in {"class", "id"} or name.startswith("data-")) and _HINT.search(value)
            )
        if named[element]:
            return True
        element = element.getparent()
    return False


def _words(value: str) -> Iterable[str]:
    return (word.lower() for word in _WORD.findall(value))


def _boxes(links: Iterable[HtmlElement]) -> dict[HtmlElement, list[str]]:
    """The texts of the links by the element around each and its next neighbours."""
    around = {link: list(islice(link.iterancestors(), _LEVELS)) for link in links}
    counts = Counter(element for elements in around.values() for element in elements)
    boxes: dict[HtmlElement, list[str]] = {}
    for link, elements in around.items():
        box = next((element for element in elements if counts[element] > 1), None)
        boxes.setdefault(elements[0] if box is None else box, []).append(element_text(link))
    return boxes


def _is_box(box: HtmlElement, tags: list[str]) -> bool:
    if len(tags) > _MAX_TAGS or not all(0 < len(tag.split()) <= _MAX_TAG_WORDS for tag in tags):
        return False
    return len(element_text(box)) <= len(" ".join(tags)) + _MAX_AROUND


def _is_of_the_frame(link: HtmlElement) -> bool:
    is_part = False
    for count, around in enumerate(link.iterancestors()):
        if around.tag in _FRAME or count >= _MAX_CLIMB:
            return True
        if around.tag in _CONTENT:
            return False
        is_part = is_part or around.tag in _PARTS
    return is_part
