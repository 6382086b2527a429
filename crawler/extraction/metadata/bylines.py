"""Authors as readers see them: linked, in a byline, by the headline, or as a signature."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from lxml.etree import XPath

from crawler.extraction.metadata.authors import (
    author_names,
    is_by,
    is_full_name,
    is_like_a_name,
    is_name_without_spaces,
    starts_byline,
)
from crawler.extraction.metadata.field_text import element_text
from crawler.extraction.metadata.keywords import letters
from crawler.extraction.metadata.visible_dates import visible_dates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from crawler.extraction.metadata.headlines import HeadlineArea, Piece


_MAX_NAMES: Final = 30
_LONGEST: Final = 150
_LONG_TEXT: Final = 120  # characters; a paragraph of the article
_NEIGHBOURS: Final = 2  # pieces between a date and a name
_MARKS: Final = " |,;\u2022\u00b7\u2013\u2014-"
_IN_A_SECTION: Final = re.compile(r" in$")  # "Ann Lee in Politics"
_TEASER_LEVELS: Final = 5
_PROFILE: Final = re.compile(
    r"/(?:authors?|autor(?:e[ns]?|in)?|auteurs?|writers?|reporters?|journalists?|contributors?"
    r"|columnists?|people|staff|profiles?|redaktion|by|penulis|yazar(?:lar)?)/[^/?#]",
    re.IGNORECASE,
)
_LIST: Final = re.compile(r"\s*/\s*|\s+and\s+|\s*,\s*")


def authors_near(area: HeadlineArea) -> Iterator[list[str]]:
    """The names by the headline: linked to a profile, after "By", beside the date, or in bold."""
    for pieces in (area.after, area.before):
        for find in (_profiles, _after_by, _beside_date, _in_bold):
            yield find(pieces)


def _profiles(pieces: Sequence[Piece]) -> list[str]:
    links = (
        (piece.text, anchor.get("href") or "")
        for piece in pieces
        if (anchor := _anchor(piece.element)) is not None
    )
    return [text for text, href in links if _PROFILE.search(href) and is_like_a_name(text)]


def _anchor(element: HtmlElement) -> HtmlElement | None:
    if element.tag == "a":
        return element
    parent = element.getparent()
    return parent if parent is not None and parent.tag == "a" else None


def _after_by(pieces: Sequence[Piece]) -> list[str]:
    for number, piece in enumerate(pieces):
        if is_by(piece.text):
            following = pieces[number + 1 : number + 1 + _MAX_NAMES]
            if names := list(_run_of_names(following)):
                return names
        elif starts_byline(piece.text) and not _is_of_a_teaser(piece):
            names = [name for name in author_names([piece.text]) if is_like_a_name(name)]
            if names:
                return names
    return []


def _is_of_a_teaser(piece: Piece) -> bool:
    """Whether a piece stands in a link that says more: that of another article."""
    parents = zip(range(_TEASER_LEVELS), piece.element.iterancestors(), strict=False)
    links = (parent for _, parent in parents if parent.tag == "a")
    return len(piece.text) > _LONGEST or any(element_text(link) != piece.text for link in links)


def _run_of_names(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        if is_like_a_name(piece.text):
            yield piece.text
        elif any(character.isalnum() for character in piece.text):
            return


def _beside_date(pieces: Sequence[Piece]) -> list[str]:
    dated = next(
        (n for n, piece in enumerate(pieces) if piece.time or visible_dates(piece.text)), None
    )
    if dated is None:
        return []
    marks = (piece for piece in pieces[dated + 1 :][:_NEIGHBOURS] if not _is_mark(piece))
    beside = [*reversed(pieces[max(0, dated - _NEIGHBOURS) : dated]), *islice(marks, 1)]
    texts = [piece.text for piece in beside if not _is_link(piece)]
    if dates := visible_dates(pieces[dated].text):
        texts.insert(0, pieces[dated].text[dates[0].end :])
    names = (_IN_A_SECTION.sub("", text.strip(_MARKS)) for text in texts)
    return next(([name] for name in names if is_like_a_name(name)), [])


def _is_mark(piece: Piece) -> bool:
    return not any(character.isalnum() for character in piece.text)


def _is_link(piece: Piece) -> bool:
    anchor = _anchor(piece.element)
    return anchor is not None and anchor.get("href") is not None


def _in_bold(pieces: Sequence[Piece]) -> list[str]:
    """A paragraph in bold right before the first of the article."""
    for piece, following in pairwise(pieces):
        if len(piece.text) > _LONG_TEXT:
            return []
        bold = piece.element
        if bold.tag in {"strong", "b"} and (paragraph := bold.getparent()) is not None:
            begins = len(following.text) >= _LONG_TEXT / 2 or len(following.text) == 1  # an initial
            is_alone = begins and element_text(paragraph) == piece.text
            names = [name.strip() for name in _LIST.split(piece.text)]
            if is_alone and paragraph.tag == "p" and all(map(is_like_a_name, names)):
                return names
    return []


_MAX_ELEMENTS: Final = 30
_MAX_CLIMB: Final = 100
_MAX_BEFORE_HEADLINE: Final = 1_000  # elements of an article
_MAX_CLASS: Final = 500

_NAMED: Final = XPath(
    "descendant::*/@class[contains(., 'utho') or contains(., 'utor')"
    " or contains(., 'uteur') or contains(., 'yline')]/.."
)
_RIGHT: Final = XPath("descendant::p[@align='right' or contains(@style, 'right')]")
_LABELS: Final = ("作者", "记者", "記者", "责编", "编辑", "編輯")
_LABELLED: Final = XPath(
    f"descendant::text()[{' or '.join(f'contains(., {label!r})' for label in _LABELS)}]",
    smart_strings=False,
)
_HAN_NAME: Final = "[㐀-鿿]{2,4}"
# Author, reporter, editor in charge; the last is often the only name that is given.
_SIGNED: Final = re.compile(
    rf"(?:{'|'.join(_LABELS)})\s?[:\uff1a]\s?"
    rf"(?P<names>{_HAN_NAME}(?:[\u3001\uff0c\s]{_HAN_NAME})*)(?![\u3400-\u9fff])"
)
_CLASS_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^A-Za-z]+")
_CALLED_SO: Final = frozenset(
    {
        "author",
        "authors",
        "authorname",
        "byline",
        "bylines",
        "autor",
        "autore",
        "autores",
        "autoren",
        "auteur",
    }
    | {"auteurs", "articleauthor", "postauthor", "entryauthor"}
)
# What else a class says of an element that only tells of an author.
_OTHERWISE: Final = frozenset(
    {"bio", "avatar", "image", "img", "photo", "social", "follow", "about"}
)
_AUTHOR_NAME: Final = re.compile(r"(?:author|autor|auteur|byline)[-_]{0,2}name")
_PROFILE_LINKS: Final = XPath(
    "descendant::a[contains(@href, 'ut') or contains(@href, 'user') or contains(@href, 'member')]"
    "[contains(@href, '/author') or contains(@href, '/autor') or contains(@href, '/auteur')"
    " or contains(@href, '/user') or contains(@href, '/member')]"
)
_OWN_PROFILE: Final = re.compile(
    r"/(?:authors?|autor(?:e[ns]?|in)?|auteurs?|users?|members?)/([^/?#]+?)(?:\.html?)?/?(?:[?#]|$)",
    re.IGNORECASE,
)
_NOBODY: Final = frozenset(
    {"", "login", "signin", "signup", "register", "logout", "list", "memberlist", "account", "new"}
    | {"index", "search", "all", "profile", "settings", "admin", "administrator"}
)
_MAX_LINKS: Final = 200
_TEXTS: Final = XPath("descendant::text()[contains(., ':') or contains(., ' by ')]")
_MAX_TEXTS: Final = 500
_NO_TEXT: Final = frozenset({"script", "style", "noscript", "template", "title", "option"})
_LABELLED_NAME: Final = re.compile(
    r"\W*(?:(?:autor(?:en|in|es|a)?|authors?|auteurs?|autore|text|texte|testo|texto|redaktion"
    r"|redazione|redacción|written by|forfatter|skribent|tekst|szerző|автор|текст)\s*[:\uff1a]"
    r"|(?:this )?(?:post|article|story|blog|guide) (?:was|is) written by)\s*([^\n(]{3,80}?)"
    r"\s*(?:[(,.\n|/]|$)",
    re.IGNORECASE,
)
_LABEL_ALONE: Final = re.compile(
    r"\s*(?:autor(?:en|in|es|a)?|authors?|auteurs?|autore|redaktion|written by|text|texte|von)"
    r"\s?[:\uff1a]\s*",
    re.IGNORECASE,
)
_MAX_BEHIND: Final = 7
# Where the names of others stand: comments, teasers and the frame of the page.
_ELSEWHERE: Final = frozenset({"aside", "footer", "nav", "form", "button", "figure", "figcaption"})


def linked_authors(tree: HtmlElement) -> list[str]:
    """The texts of the first rel=author link and of those beside it (HTML Standard, 4.6.7)."""
    texts: list[str] = []
    parent: HtmlElement | None = None
    for count, link in enumerate(tree.xpath("descendant::a[contains(@rel, 'uthor')]")):
        if count >= _MAX_ELEMENTS or (parent is not None and link.getparent() is not parent):
            break
        if "author" in (link.get("rel") or "").lower().split() and not _is_elsewhere(link):
            parent = link.getparent()
            texts.append(element_text(link))
    return texts


def visible_bylines(tree: HtmlElement) -> list[str]:
    """The names of the first short element called author or byline that holds a full name."""
    for element in _first(_NAMED(tree)):
        if not _is_called_so(element) or _is_elsewhere(element):
            continue
        if called := _called_names(element):
            return called
        text = element_text(element, between="; ")
        names = author_names([text]) if len(text) <= _LONGEST else ()
        if not names or not all(map(is_like_a_name, names)):
            names = _linked_names(element) or names
        if names and (is_full_name(names[0]) or is_name_without_spaces(names[0])):
            return list(names)
    return []


def profile_authors(tree: HtmlElement) -> list[str]:
    """The first names that their own links vouch for: "Mia", to /author/mia/."""
    names: list[str] = []
    parent: HtmlElement | None = None
    for link in islice(_PROFILE_LINKS(tree), _MAX_LINKS):
        if parent is not None and link.getparent() is not parent:
            continue
        text = element_text(link)
        if len(text) > _LONGEST or not _is_own_profile(text, link.get("href") or ""):
            continue
        if author_names([text]) == (text,) and not _is_elsewhere(link):
            parent = link.getparent()
            names.append(text)
    return names


def _is_own_profile(name: str, href: str) -> bool:
    match = _OWN_PROFILE.search(href[:_MAX_CLASS])
    key = letters(name)
    return match is not None and letters(match[1]) == key and key not in _NOBODY


def labelled_authors(tree: HtmlElement) -> list[str]:
    """The full names behind a label: "Text: Ann Lee", "This post was written by Ann Lee, …"."""
    for text in islice(_TEXTS(tree), _MAX_TEXTS):
        is_alone = _LABEL_ALONE.fullmatch(text[:_LONGEST]) is not None
        match = None if is_alone else _LABELLED_NAME.match(text[:_LONGEST])
        if match is None and not is_alone:
            continue
        parent = text.getparent()
        if parent is None or parent.tag in _NO_TEXT | _ELSEWHERE or _is_elsewhere(parent):
            continue
        names = author_names([match[1] if match else _text_behind(parent)])
        if names and all(map(is_like_a_name, names)):
            return list(names)
    return []


def _text_behind(label: HtmlElement) -> str:
    """The text that follows an element which holds a label and nothing else."""
    following = (
        label.tail,
        *(part for one in label.itersiblings() for part in (one.text, one.tail)),
    )
    text = next((one for one in islice(following, _MAX_BEHIND) if one and not one.isspace()), "")
    return text[:_LONGEST].split("/")[0].strip()


def _linked_names(element: HtmlElement) -> tuple[str, ...]:
    """The names that are links in a byline, those to profiles if any is, without other words."""
    links = list(_first(element.iter("a")))
    profiles = [link for link in links if _PROFILE.search((link.get("href") or "")[:_MAX_CLASS])]
    return _names_of(profiles) or _names_of(links)


def _names_of(links: Iterable[HtmlElement]) -> tuple[str, ...]:
    return tuple(
        name
        for name in author_names(element_text(link) for link in links)
        if is_like_a_name(name) or is_name_without_spaces(name)
    )


def signatures(tree: HtmlElement, *, is_chinese: bool = False) -> list[str]:
    """The name that is set right as the last line of an article, or labelled there in Chinese."""
    texts = (
        element_text(element) for element in _first(_RIGHT(tree)) if not _is_elsewhere(element)
    )
    if name := next((text for text in texts if is_like_a_name(text)), None):
        return [name]
    if not is_chinese:
        return []
    labelled = (str(text)[:_LONGEST] for text in _LABELLED(tree)[:_MAX_ELEMENTS])
    match = next((match for text in labelled if (match := _SIGNED.search(text))), None)
    return re.findall(_HAN_NAME, match["names"]) if match else []


def _first(elements: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    return (element for element, _ in zip(elements, range(_MAX_ELEMENTS), strict=False))


def _is_called_so(element: HtmlElement) -> bool:
    for name in (element.get("class") or "")[:_MAX_CLASS].split():
        words = {word.lower() for word in _CLASS_WORD.findall(name)}
        if not _CALLED_SO.isdisjoint(words) and _OTHERWISE.isdisjoint(words):
            return True
    return False


def _called_names(element: HtmlElement) -> list[str]:
    """The full names in those parts of a byline that its classes call the author's name."""
    parts = (one for one in islice(element.iter(), _MAX_CLIMB) if one.get("class"))
    texts = (
        element_text(one) for one in parts if _AUTHOR_NAME.search(one.get("class", "").lower())
    )
    return list(dict.fromkeys(text for text in texts if is_like_a_name(text)))


def _is_of_the_article(footer: HtmlElement) -> bool:
    """Whether a footer ends the `<article>` that holds the first headline."""
    article = next(footer.iterancestors("article"), None)
    if article is None:
        return False
    return any(element.tag == "h1" for element in islice(article.iter(), _MAX_BEFORE_HEADLINE))


def _is_elsewhere(element: HtmlElement) -> bool:
    is_in_footer = False
    for count, around in enumerate(element.iterancestors()):
        if around.tag == "main":  # what holds it was never closed
            return False
        if around.tag == "footer" and not is_in_footer and _is_of_the_article(around):
            is_in_footer = True
        elif count >= _MAX_CLIMB or around.tag in _ELSEWHERE:
            return True
        if "comment" in (around.get("class") or "")[:_MAX_CLASS].lower():
            # A body element often says only that comments are open or closed.
            return str(around.tag) != "body"
    return "comment" in (element.get("class") or "")[:_MAX_CLASS].lower()
