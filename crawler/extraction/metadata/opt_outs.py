"""What a page's owner says about its use by machines that learn from it.

Sources: `noai` and `noimageai` as values of `<meta name="robots">` and of X-Robots-Tag, and the
TDM Reservation Protocol of the W3C community group (`tdm-reservation`, `tdm-policy`). Only what is
known here is recorded, and no value of a stranger's but the URL of a policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from crawler.sanitize import http_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.extraction.article import Article
    from crawler.extraction.metadata.markup import Markup

META: Final = "meta"
HTTP: Final = "http"

_DIRECTIVES: Final = ("noai", "noimageai")
_EVERYBODY: Final = ("robots", "*")
# Directives of X-Robots-Tag that have a colon; any other word before one names a crawler.
_WITH_VALUE: Final = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)
_RESERVED: Final = "1"
_MAX_VALUES: Final = 50
_MAX_LENGTH: Final = 2_000
_BETWEEN: Final = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class OptOuts:
    """What was opted out of, and where the page says so; empty where it says nothing.

    Attributes:
        directives: "noai", "noimageai".
        reserves_tdm: whether the rights to text and data mining are reserved.
        tdm_policy: the URL of the terms for it; says nothing where nothing is reserved.
        origin: `META` or `HTTP`.
    """

    directives: tuple[str, ...] = ()
    reserves_tdm: bool = False
    tdm_policy: str | None = None
    origin: str = META


def markup_opt_outs(markup: Markup, agent: str = "") -> OptOuts:
    """Return what the `<meta>` elements say to everybody and to the crawler named `agent`."""
    names = ("robots", agent.lower()) if agent else ("robots",)
    words = {word for text in _bounded(markup.contents(*names)) for word in _words(text)}
    return _opt_outs(
        words,
        markup.contents("tdm-reservation"),
        markup.contents("tdm-policy"),
        base=markup.base,
        origin=META,
    )


def header_opt_outs(
    robots_tags: Sequence[str],
    tdm_reservations: Sequence[str],
    tdm_policies: Sequence[str],
    *,
    base: str,
    agent: str = "",
) -> OptOuts:
    """Return what the HTTP headers say to everybody and to the crawler named `agent`.

    Args:
        robots_tags: the values of X-Robots-Tag, one a header field.
        tdm_reservations, tdm_policies: those of the fields tdm-reservation and tdm-policy.
        base: the absolute URL of the page.
    """
    ours = {*_EVERYBODY, agent.lower()}
    words = {
        word
        for text in _bounded(robots_tags)
        for crawler, directive in _addressed(text)
        if crawler in ours
        for word in _words(directive)
    }
    return _opt_outs(words, tdm_reservations, tdm_policies, base=base, origin=HTTP)


def with_opt_outs(article: Article, found: OptOuts) -> Article:
    """Return the article with opt-outs added to those that it has, which stay first."""
    said: dict[str, object] = {}
    if new := tuple(word for word in found.directives if word not in article.ai_opt_outs):
        said["ai_opt_outs"] = (*article.ai_opt_outs, *new)
    if found.reserves_tdm:
        said["tdm_reserved"] = True
    is_reserved = found.reserves_tdm or article.tdm_reserved
    if is_reserved and article.tdm_policy is None and found.tdm_policy is not None:
        said["tdm_policy"] = found.tdm_policy
    if not said:
        return article
    origins = dict.fromkeys(said, found.origin) | dict(article.origins)
    return replace(article, origins=origins, **said)  # type: ignore[arg-type]  # by name


def _opt_outs(
    words: set[str],
    reservations: Iterable[str],
    policies: Iterable[str],
    *,
    base: str,
    origin: str,
) -> OptOuts:
    reserves = any(text.strip() == _RESERVED for text in _bounded(reservations))
    urls = (http_url(text.strip(), base) for text in _bounded(policies))
    return OptOuts(
        directives=tuple(word for word in _DIRECTIVES if word in words),
        reserves_tdm=reserves,
        tdm_policy=next((url for url in urls if url), None),
        origin=origin,
    )


def _bounded(values: Iterable[str]) -> Iterator[str]:
    for _, value in zip(range(_MAX_VALUES), values, strict=False):
        yield value[:_MAX_LENGTH]


def _words(text: str) -> list[str]:
    return _BETWEEN.split(text.lower())


def _addressed(text: str) -> Iterator[tuple[str, str]]:
    """Yield each directive of an X-Robots-Tag with the crawler that it is for."""
    crawler = "*"
    for part in text.split(","):
        before, colon, after = part.partition(":")
        if colon and before.strip().lower() not in _WITH_VALUE:
            crawler, directive = before.strip().lower(), after
        else:
            directive = part
        yield crawler, directive
