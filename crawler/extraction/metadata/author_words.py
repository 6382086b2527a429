"""Words that stand where an author should, and name a job or everybody."""

from __future__ import annotations

import re

_MAX_JOB_WORDS = 5
# Words that make a job: "Senior Reporter", "Political Editor", and those that go with them.
_JOBS = frozenset(
    {"reporter", "writer", "editor", "correspondent", "contributor", "journalist", "columnist"}
    | {"producer", "photographer", "analyst", "director", "manager", "editors", "reporters"}
    | {"redakteur", "redakteurin", "reporterin", "korrespondent", "korrespondentin", "autorin"}
    | {"journalistin", "volontär", "volontärin", "journaliste", "periodista", "redactor"}
    | {"redactora", "jornalista", "giornalista", "redacteur", "verslaggever", "jurnalis"}
    | {"wartawan", "muhabir"}
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


def is_newsroom(name: str) -> bool:
    """Whether a name is that of no one: "Redaktion", "Staff"."""
    return name.casefold().removeprefix("la ").removeprefix("die ") in _NEWSROOM


def is_job(text: str) -> bool:
    """Whether a text begins or ends with a job: "Senior Reporter", "Editor at large"."""
    words = text.casefold().split()
    return len(words) <= _MAX_JOB_WORDS and (words[-1] in _JOBS or words[0] in _JOBS)
