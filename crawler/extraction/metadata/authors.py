"""Names of authors out of the strings that pages give for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.metadata.field_text import field_text
from crawler.extraction.metadata.keywords import letters
from crawler.sanitize import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable


_MAX_JOB_WORDS = 8
_FURTHER_FORM = 12  # characters from one legal form to the next: " & Co. KG"
# Words that make a job: "Senior Reporter", "Political Editor", and those that go with them.
_JOBS = frozenset(
    {"reporter", "writer", "editor", "correspondent", "contributor", "journalist", "columnist"}
    | {"producer", "photographer", "analyst", "director", "manager", "editors", "reporters"}
    | {"contributors", "writers", "correspondents", "coordinator", "expert", "specialist"}
    | {"strategist", "consultant", "founder", "cofounder", "co-founder", "president", "ceo", "cto"}
    | {"cmo", "officer", "dietitian", "nutritionist", "copywriter", "researcher", "professor"}
    | {"lecturer", "intern", "advisor", "adviser", "engineer", "therapist", "psychologist"}
    | {"redakteur", "redakteurin", "reporterin", "korrespondent", "korrespondentin", "autorin"}
    | {"journalistin", "volontär", "volontärin", "journaliste", "periodista", "redactor"}
    | {"redactora", "jornalista", "giornalista", "redacteur", "verslaggever", "jurnalis"}
    | {"wartawan", "muhabir", "chefredakteur", "chefredakteurin", "geschäftsführer", "dziennikarz"}
)
_OF_A_JOB = re.compile(
    r"\b(?:head|director|president|professor|founder|vp) (?:of|at)\b", re.IGNORECASE
)
# What buttons and labels by a name say, in whole or as one of their words.
_LABELS = re.compile(
    r"\+? ?follow(?:ing)?(?: us| me)?|followed|subscribe|share|link copied|cop(?:y|ied) ?(?:link)?"
    r"|(?:e-?mail )?bio(?: follow)?|posted(?: on| in| at)?|published(?: on)?|written(?: by)?"
    r"|updated(?: on)?|in this article|(?:get|view|see|read|show|load) (?:\w+ )?(?:\w+|more)|more"
    r"|all (?:posts|articles|stories)|alle (?:artikel|beiträge)|(?:mehr|weitere) (?:artikel|von)"
    r"|about the authors?|meet the author|reviewed by|edited by|fact[- ]checked(?: by)?|teilen"
    r"|folgen|tous les articles|todos los artículos|tutti gli articoli|contact|profile?|website"
    r"|facebook|twitter|linkedin|instagram|youtube|x|rss|e-?mail|print|save|listen|comments?"
    r"|advertisement",
    re.IGNORECASE,
)
_LABEL_AT_END = re.compile(
    r"\s+(?:\+ ?follow|link copied|email bio follow|view (?:bio|profile|posts)"
    r"|\d+[- ]min\w* read)$",
    re.IGNORECASE,
)
# "View all posts by", "Zeige alle Beiträge von", "Ein Gastbeitrag von", "Publié par".
_POSTS_BY = re.compile(
    r"^(?:(?:view|see|show|read|more|all|other|posts?|articles?|stories|entries|written|posted|story"
    r"|words|text|zeige|alle|weitere|mehr|beiträge|beitrag|gastbeitrag|artikel|ein|eine|pressemitteilung"
    r"|kommentar|interview|verfasst|geschrieben|veröffentlicht|erstellt|voir|tous|les|autres|publié|posté"
    r"|rédigé|écrit|article|ver|todas?|todos|las|los|entradas|artículos|publicaciones|publicado|escrito"
    r"|postado|vedi|tutti|gli|articoli|pubblicato|scritto|bekijk|berichten|geschreven|geplaatst|visa"
    r"|alla|inlägg|skrevet|skriven|zobacz|wszystkie|wpisy|opublikowane|napisane)\s+){1,7}"
    r"(?:by|von|par|por|de|di|da|door|av|af|przez)\s+(?=\S)",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"(?<!\w)(?:GmbH(?: & Co\. ?(?:KG|OHG))?|AG|SE|KG|e\. ?V\.?|Inc|Ltd|LLC|LLP|PLC"
    r"|S\.? ?A\.?|S\.?p\.?A|S\.?r\.?l|B\. ?V|N\. ?V|Co|Corp|Oy|AB|ApS|Pty)\.?(?=\s*(?:$|[,;|&]))"
)
# Words for the newsroom as a whole, which is the site under another name.
_NEWSROOM = frozenset(
    {"redaktion", "newsroom", "newsdesk", "redacción", "redaccion", "redazione", "redação", "staff"}
    | {"rédaction", "redactie", "redaksi", "redakcja", "news", "nachrichten", "webdesk"}
    | {"webredaktion", "onlineredaktion", "redactia", "redakcija", "redaktionen"}
)
# What stands before a name, in whatever language: "Szerző: ".
_LABEL = re.compile(r"[^\W\d_][^:\uff1a]{0,24}[:\uff1a]\s*(?=[^\s/])")
_OF_PICTURES = re.compile(
    r"(?:fot[oó]|photo|bild|illustr|grafi|фото|zdj[eę]ci|video|写真|图|圖|사진)", re.IGNORECASE
)
# "Reporter", which is written to a name in Chinese, Japanese and Korean.
_REPORTER = re.compile(
    r"^(?:本[报報])?[记記]者\s*(?=\w{2})|(?<=\w{2})\s*[记記]者$|(?<=\w{2})\s+(?:기자|특파원)$"
)


def bare_name(text: str) -> str:
    """A name without the label or the job that is written to it; "" where it labels a picture."""
    label = _LABEL.match(text)
    if label is not None and _OF_PICTURES.match(text):
        return ""
    return _REPORTER.sub("", text if label is None else text[label.end() :])


def without_labels(text: str) -> str:
    """A text without what leads to more by the same author, and the buttons behind the name."""
    return _LABEL_AT_END.sub("", _POSTS_BY.sub("", text))


def is_label(text: str) -> bool:
    """Whether a text is what stands on a button or before a name: "Follow", "Posted on"."""
    return _LABELS.fullmatch(text) is not None


def company(text: str) -> str | None:
    """The name of a company with its legal form, where a text begins with one.

    "Bau GmbH & Co. KG, Freiburg" → "Bau GmbH & Co. KG".
    """
    ends = [match.end() for match in _COMPANY.finditer(text) if match.start() > 0]
    if not ends or re.search(r"[,;|]", text[: ends[0]].partition(" ")[2]):
        return None
    end = ends[0]
    for following in ends[1:]:
        if following - end <= _FURTHER_FORM:
            end = following
    return text[:end]


def is_newsroom(name: str) -> bool:
    """Whether a name is that of no one: "Redaktion", "Staff"."""
    return name.casefold().removeprefix("la ").removeprefix("die ") in _NEWSROOM


def is_job(text: str) -> bool:
    """Whether a text begins or ends with a job: "Senior Reporter", "Editor at large"."""
    words = text.casefold().split()
    if len(words) > _MAX_JOB_WORDS:
        return False
    return words[-1] in _JOBS or words[0] in _JOBS or _OF_A_JOB.search(text) is not None


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
# Who did something else than write, behind the author.
_OTHER_ROLES = re.compile(
    r"(?<=\S)[\s.,;|\u2022\u00b7-]+(?:(?:medically |expert |clinically )?reviewed|fact[- ]checked"
    r"|edited|updated|photo(?:graph)?s|pictures|illustrat(?:ed|ions)|translated|narrated)"
    r" by\b.*",
    re.IGNORECASE | re.DOTALL,
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
# A sign, a role or a handle: "Ann Lee (al)", "Ann Lee @annlee".
_TRAILING_NOTE = re.compile(r"\s*[(][^()]{0,60}[)]\s*$|(?<=\w\s)@\w{2,30}$")
# What no name holds: addresses, handles, numbers of dates, markup and code.
_NOT_A_NAME = re.compile(
    r"https?:|www\.|://|@|\d{2}|(?<!\w)\d(?!\w)|[\u2039\u203a{}\[\]=\uff1d\uff5b_#%]|^\W*$"
    r"|\.(?:com|html?|php)$|^\+|^[a-z_]+(?:\.[a-z_]+){3,}$"
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
    text = _without_by(_OTHER_ROLES.sub("", text))
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


_PERSON_NAME: Final = 2  # words
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
    | {"posted", "min", "minutes", "copy", "email", "coupon", "comments", "content"}
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
        len(words) >= _PERSON_NAME
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
        _PERSON_NAME <= len(words) <= _LONGEST_NAME + sum(word in _PARTICLES for word in words)
        and is_full_name(text)
        and all(word in _PARTICLES or word[0].isupper() for word in words)
        and all(_NAME_WORD.fullmatch(word) for word in words)
        and author_names([text]) == (plain_text(text),)
    )
