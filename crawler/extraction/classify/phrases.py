"""What walls, errors and logins say, in many languages; the lists are in `phrases.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_APOSTROPHES: Final = "\u2019\u2018\u02bc\u00b4"
_EDGES: Final = " \t.!?\u2026:;,\u00a1\u00bf\u3002\uff01\uff1f\"'()[]\u00ab\u00bb"


def folded(text: str) -> str:
    """A text as phrases are looked for in it: in lower case, with plain spaces and apostrophes."""
    plain = " ".join(text.split()).casefold()
    for quote in _APOSTROPHES:
        plain = plain.replace(quote, "'")
    return plain


def bare(text: str) -> str:
    """A folded text without the punctuation at its ends: what titles are compared by."""
    return text.strip(_EDGES)


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one concept in all languages, folded."""

    all: frozenset[str]

    def found_in(self, text: str) -> list[str]:
        """The phrases that a folded text contains, in no order."""
        return [phrase for phrase in self.all if phrase in text]

    def first_in(self, text: str) -> str | None:
        """The longest phrase that a folded text contains."""
        return max(self.found_in(text), key=len, default=None)

    def equal_to(self, texts: Iterable[str]) -> str | None:
        """The first of some bare texts that is one of the phrases."""
        return next((text for text in texts if text in self.all), None)


class PhraseBook:
    """All concepts of `phrases.toml`, each read from it once."""

    @cached_property
    def _concepts(self) -> Mapping[str, Mapping[str, list[str]]]:
        text = (files("crawler.extraction.classify") / "phrases.toml").read_text("utf-8")
        return tomllib.loads(text)

    @cached_property
    def _phrases(self) -> dict[str, Phrases]:
        return {
            concept: Phrases(
                frozenset(bare(folded(phrase)) for part in languages.values() for phrase in part)
            )
            for concept, languages in self._concepts.items()
        }

    def __getitem__(self, concept: str) -> Phrases:
        return self._phrases[concept]

    def languages(self, concept: str) -> frozenset[str]:
        """The BCP 47 tags of the languages that a concept has phrases in."""
        return frozenset(self._concepts[concept])


PHRASES: Final = PhraseBook()
