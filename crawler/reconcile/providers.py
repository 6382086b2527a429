"""Whether a provider's name and domain are those of the page's site."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from crawler.reconcile.letters import is_run_of, letters, word_list
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEWEST_LETTERS: Final = 4  # of a name that may stand within another one
_SHORTEST_INITIALS: Final = 2


def domains_agree(domain: str, urls: Iterable[str]) -> bool:
    """Whether one of the page's URLs is on the registered domain of `domain`, a host or URL."""
    return registered_domain(domain) in {registered_domain(url) for url in urls}


def names_agree(name: str, site_names: Iterable[str], urls: Iterable[str]) -> bool:
    """Whether a name is one of the site's, a part or the initials of one, or that of its domain."""
    domains = {registered_domain(url) for url in urls}
    labels = [domain.partition(".")[0] for domain in domains]
    return any(_is_same_name(name, own) for own in (*site_names, *domains, *labels))


def _is_same_name(one: str, other: str) -> bool:
    words, others = word_list(one), word_list(other)
    if not words or not others:
        return False
    short, whole = sorted((letters(one), letters(other)), key=len)
    return (
        is_run_of(words, others)
        or is_run_of(others, words)
        or short == whole
        or (len(short) >= _FEWEST_LETTERS and short in whole)
        or _are_initials(short, words)
        or _are_initials(short, others)
    )


def _are_initials(short: str, words: list[str]) -> bool:
    """Whether a name is the initials of the words, with or without a short word among them.

    So "NYT" is "The New York Times", and "FAZ" "Frankfurter Allgemeine Zeitung".
    """
    if len(short) < _SHORTEST_INITIALS or len(words) < _SHORTEST_INITIALS:
        return False
    initials = "".join(word[0] for word in words)
    cuts = {initials, initials[1:]}
    cuts |= {initials[:at] + initials[after:] for at, after in pairwise(range(len(initials) + 1))}
    return short in cuts
