"""What a person's full name looks like, where nothing says that a text is one."""

from __future__ import annotations

import re
from typing import Final

from crawler.extraction.metadata.authors import author_names
from crawler.inert import plain_text

_FULL_NAME: Final = 2  # words
_LONGEST_NAME: Final = 4
_LABEL_WORDS: Final = frozenset(
    {"about", "all", "author", "authors", "by", "contact", "follow", "more", "published", "read"}
    | {"share", "staff", "the", "updated", "written", "posts", "your", "image", "photo", "news"}
    | {
        "alle",
        "artikel",
        "mehr",
        "zum",
        "zur",
        "autor",
        "profil",
        "profile",
        "view",
        "see",
        "articles",
    }
    | {"redaktion", "todos", "filed", "under", "tous", "tutti", "copied", "follow", "subscribe"}
    | {"posted", "min", "minutes", "copy", "email", "coupon", "comments"}
)
# Chinese, Japanese and Korean names are written in one.
_WITHOUT_SPACES: Final = re.compile("[\u3400-\u9fff\u3005\u3040-\u30ff]{2,10}|[\uac00-\ud7a3]{2,5}")
_NAME_WORD: Final = re.compile(r"(?:[^\W\d_]\.?)+(?:['\u2019\-][^\W\d_]+)*\.?")
_PARTICLES: Final = frozenset(
    {"de", "del", "della", "der", "den", "di", "da", "dos", "du", "la", "le", "van", "von", "bin"}
    | {"al", "el", "ter", "ten", "zu"}
)


def is_full_name(name: str) -> bool:
    """Whether what is called an author has the form of a full name, and is no label."""
    words = name.split()
    return (
        len(words) >= _FULL_NAME
        and not words[0][0].islower()
        and not words[-1][0].islower()
        and _LABEL_WORDS.isdisjoint(word.casefold() for word in words)
    )


def is_name_without_spaces(name: str) -> bool:
    """Whether what is called an author may be a name in a script without spaces."""
    return _WITHOUT_SPACES.fullmatch(name) is not None


def is_like_a_name(text: str) -> bool:
    """Whether a text that nothing calls an author can only be a person's full name."""
    words = text.split()
    return (
        _FULL_NAME <= len(words) <= _LONGEST_NAME + sum(word in _PARTICLES for word in words)
        and is_full_name(text)
        and all(word in _PARTICLES or word[0].isupper() for word in words)
        and all(_NAME_WORD.fullmatch(word) for word in words)
        and author_names([text]) == (plain_text(text),)
    )
