"""Names of authors out of the strings that pages give for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extraction.metadata.author_words import (
    bare_name,
    company,
    is_job,
    is_label,
    is_newsroom,
    without_labels,
)
from crawler.extraction.metadata.field_text import field_text
from crawler.extraction.metadata.topics import letters

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_AUTHORS = 50
MAX_NAME = 200
_MAX_STRINGS = 200
_MAX_STRING = 2_000
_MAX_WORDS = 8
_EDGE = " .,:;-\u2013\u2014"  # with the two long dashes
_FULL_NAME = 2  # words
_DASH = re.compile(r"\s[-\u2013\u2014|:]\s")

_BY = re.compile(
    r"^(?:by|von|por|par|di|da|door|durch|af|av|od|przez|από|autor(?:en|in|es|a)?|auth?ors?"
    r"|text|texte|testo|texto|oleh|penulis|reporter|автор|текст|tekst|skrevet av|skriven av"
    r"|bởi|tác giả|بقلم|מאת|written by|posted by|words by|story by|redacci[oó]n de)"
    r"(?:\s*:\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
# "ByAnn Lee": two elements run together.
_BY_GLUED = re.compile(r"^(?:By|BY|Von|VON|Por|Par|Από|Door|Автор|Oleh)(?=[^\W\d_a-zà-ÿ])")
# Commas of CJK texts, bullets and middle dots among them.
_HARD = re.compile(r"\s*[;|\n\u2022\u00b7,\u3001\uff0c]\s*|\s+/\s+")
# What never stands within one name; a comma and a middle dot do.
_BETWEEN_NAMES = re.compile(r"[;|\u2022\u3001:\uff1a]|\s/\s")
_AND = re.compile(
    r"\s+(?:and|und|et|y|e|og|och|en|i|ja|και|dan|và|ve)\s+|\s*[&+]\s*"
    r"|\s+(?:im (?:gespräch|interview) mit|in conversation with|en conversation avec|interviewed by"
    r"|interviewt von|en conversación con)\s+",
    re.IGNORECASE,
)
_LEADING_AND = re.compile(
    r"^(?:and|und|et|y|e|og|och|en|i|ja|with|mit|&|\+)\s+(?=\S)", re.IGNORECASE
)
_TRAILING_NOTE = re.compile(r"\s*[(][^()]{0,60}[)]\s*$")  # a sign or a role: Ann Lee (al)
# What no name holds: addresses, handles, numbers of dates, markup and code.
_NOT_A_NAME = re.compile(
    r"https?:|www\.|://|@|\d{2}|(?<!\w)\d(?!\w)|[\u2039\u203a{}\[\]=\uff1d\uff5b_#%]|^\W*$"
    r"|\.(?:com|html?|php)$|^\+"
)
_PLACEHOLDERS = frozenset(
    {"admin", "administrator", "author", "unknown", "none", "null", "undefined", "nan", "true"}
    | {"false", "n/a", "guest", "root", "test", "user", "name", "editor", "webmaster", "by"}
    | {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today"}
)
# "Lee, Ann" and "Lee, Ann B.", and nobody else.
_SURNAME_FIRST = re.compile(
    r"(?P<surname>[^\W\d_a-z][^\W\d_]+(?:[-'\u2019][^\W\d_]+)?),\s"
    r"(?P<given>[^\W\d_A-Z]*[^\W\d_a-z][^\W\d_]+(?:\s[A-Z]\.?)?)"
)
# Titles that stand behind a comma and belong to the name before it.
_AFTER_COMMA = frozenset(
    {
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "md",
        "phd",
        "mba",
        "esq",
        "cfa",
        "rn",
        "dds",
        "dvm",
        "vmd",
        "do",
    }
    | {"ms", "ma", "ba", "bs", "bsc", "msc", "llm", "llb", "jd", "rd", "rdn", "ldn", "fand", "lcsw"}
    | {
        "cpa",
        "cfp",
        "pmp",
        "mph",
        "psyd",
        "edd",
        "dpt",
        "pt",
        "np",
        "aprn",
        "facp",
        "dacvb",
        "cscs",
    }
    | {
        "lvt",
        "pharmd",
        "phr",
        "shrm-cp",
        "aicp",
        "aia",
        "cissp",
        "obe",
        "mbe",
        "cbe",
        "phd candidate",
    }
)
_BY_ALONE = re.compile(
    r"(?:by|von|por|par|di|da|door|af|av|od|przez|oleh|autor(?:en|in|es|a)?|auteurs?|auth?ors?"
    r"|text|texte|testo|written by|words by|story by)\s*:?",
    re.IGNORECASE,
)


def author_names(strings: Iterable[str], *, whole: bool = False) -> tuple[str, ...]:
    """The names in the strings, in order, at most 50, each once.

    Cuts a leading "By" in several languages, splits lists, and drops what is no name: URLs,
    e-mail addresses, handles, dates, numbers, placeholders and sentences.

    Args:
        strings: raw values, each a name or a list of names.
        whole: the strings are one name each (a Person's or an Organization's), to be split only
            where a part is a full name ("Ann Lee, dpa" but not "Lee, Ann").
    """
    names: dict[str, str] = {}
    for count, raw in enumerate(strings):
        if count >= _MAX_STRINGS:
            break
        for part in _parts(raw, whole=whole):
            key = part.casefold()
            if len(names) < MAX_AUTHORS and key not in names:
                names[key] = part
    return tuple(names.values())


def without_site(names: tuple[str, ...], site_names: Iterable[str]) -> tuple[str, ...]:
    """The names that are neither the site's own nor those of its newsroom."""
    own = {key for name in site_names if (key := letters(name))}
    return tuple(name for name in names if letters(name) not in own and not is_newsroom(name))


def without_affiliation(name: str, site_names: Iterable[str]) -> str:
    """A name without the site's at its end (as two elements run together) or, with a dash, before.

    "Ann Lee The Daily" and "The Daily - Ann Lee" are Ann Lee.
    """
    for site in site_names:
        if site and name.startswith(site) and _DASH.match(name, len(site)):
            person = _DASH.sub("", name[len(site) :], count=1)
            if len(person.split()) >= _FULL_NAME:
                return person
        person = name.removesuffix(site).rstrip(_EDGE)
        if person != name and name[len(person)] in _EDGE and len(person.split()) >= _FULL_NAME:
            return person
    return name


def starts_byline(text: str) -> bool:
    """Whether a text begins as bylines do: "By Ann Lee"."""
    return _BY.match(text) is not None


def is_by(text: str) -> bool:
    """Whether a text is what stands before a name, and nothing else: "By", "Von:"."""
    return _BY_ALONE.fullmatch(text) is not None


def _parts(raw: str, *, whole: bool) -> list[str]:
    raw = raw[:_MAX_STRING]
    if whole and all(len(line.split()) < _FULL_NAME for line in raw.splitlines()):
        raw = " ".join(raw.split())  # one name that a template has spread over lines
    text = field_text(raw.replace("\n", " ; ")[:_MAX_STRING], _MAX_STRING)
    if text is None:
        return []
    text = _without_by(text)
    if firm := company(text):
        return [firm]
    pieces: list[str] = []
    for piece in _HARD.split(text):
        if pieces and piece.casefold().replace(".", "") in _AFTER_COMMA:
            pieces[-1] += f", {piece}"
        else:
            pieces.extend(_at_conjunctions(_LEADING_AND.sub("", piece)))
    bare = (_TRAILING_NOTE.sub("", bare_name(_without_by(piece))) for piece in pieces)
    cleaned = [piece.strip(_EDGE) for piece in bare]
    names = [piece for piece in cleaned if _is_name(piece)]
    if surname_first := _SURNAME_FIRST.fullmatch(text):
        return [f"{surname_first['given']} {surname_first['surname']}"]
    if not whole or _BETWEEN_NAMES.search(text) or not _is_name(text):
        return names
    if len(pieces) > 1 and all(len(name.split()) < _FULL_NAME for name in names):
        return [text]
    return names


def _without_by(text: str) -> str:
    return _BY_GLUED.sub("", _BY.sub("", without_labels(text)))


def _at_conjunctions(piece: str) -> list[str]:
    """Split "Ann Lee and Bo Ek"; "Food and Drug Administration" and "Lea und Tom" stay whole."""
    parts = _AND.split(piece)
    are_names = all(len(part.split()) >= _FULL_NAME and not part[0].islower() for part in parts)
    return parts if are_names else [piece]


def _is_name(text: str) -> bool:
    return (
        1 < len(text) <= MAX_NAME
        and len(text.split()) <= _MAX_WORDS
        and not _NOT_A_NAME.search(text)
        and text.casefold() not in _PLACEHOLDERS
        and not is_label(text)
        and not is_job(text)
    )
