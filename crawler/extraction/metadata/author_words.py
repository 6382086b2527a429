"""Words that stand where an author should, and name a job or everybody."""

from __future__ import annotations

import re

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
