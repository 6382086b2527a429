"""A value for a field together with the part of the page that it is from."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

JSON_LD = "json-ld"
OPEN_GRAPH = "open-graph"
TWITTER = "twitter"
META = "meta"
MICRODATA = "microdata"
LINK = "link"
HTML = "html"
BYLINE = "byline"
TIME = "time"
URL = "url"
TEXT = "text"
HTMLDATE = "htmldate"
RULE = "rule"


class Candidate(NamedTuple):
    """What one source says; `origin` is a key of `Article.origins`' values."""

    value: str
    origin: str


class Found(NamedTuple, Generic[T]):
    """The value chosen for a field and its origin, which is None where nothing was found."""

    value: T
    origin: str | None


def candidates(values: list[str], origin: str) -> list[Candidate]:
    """Each of the values as a candidate of one origin."""
    return [Candidate(value, origin) for value in values]
