"""Words that stand where an author should, and name a job or everybody."""

from __future__ import annotations

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


def is_newsroom(name: str) -> bool:
    """Whether a name is that of no one: "Redaktion", "Staff"."""
    return name.casefold().removeprefix("la ").removeprefix("die ") in _NEWSROOM


def is_job(text: str) -> bool:
    """Whether a text begins or ends with a job: "Senior Reporter", "Editor at large"."""
    words = text.casefold().split()
    return len(words) <= _MAX_JOB_WORDS and (words[-1] in _JOBS or words[0] in _JOBS)
