"""Which enrichers there are: functions and commands that the setting CRAWLER_ENRICHERS names."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

from crawler import config
from crawler.export.fields import Enrichment
from crawler.options import OptionError
from crawler.output.yaml_text import dump_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GROUP: Final = "frontmatter_crawler.enrichers"
"""The group of entry points by which packages offer functions."""

_COMMAND: Final = "command:"
_FUNCTION: Final = re.compile(r"[\w.]+:[\w.]+")
_HASH_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Enricher:
    """One enricher.

    Attributes:
        name: the key of its results in `enrichment`.
        words: the command that is run: once for each article, or, of a function, one that takes one
            article after the other.
        is_function: whether it is a function.
        version: when it changes, results are made anew.
        seconds: that an article may take.
        most: articles in one run; 0: all.
    """

    name: str
    words: tuple[str, ...]
    is_function: bool
    version: str
    seconds: float
    most: int = 0

    def made_from(self, content_hash: str) -> str:
        """Return what a result is cached by: the text, and what is done with it."""
        told = json.dumps([self.version, content_hash])
        return sha256(told.encode()).hexdigest()[:_HASH_LENGTH]


def enrichers_from_settings(settings: Mapping[str, Any]) -> tuple[Enricher, ...]:
    """Read CRAWLER_ENRICHERS and what bounds them.

    Raises:
        OptionError: one cannot be used.
    """
    named = config.ENRICHERS.of(settings)
    seconds = config.ENRICHER_SECONDS.of(settings)
    most = config.ENRICHER_LIMIT.of(settings)
    found = []
    for name, value in named.items():
        try:
            _check_name(name)
            words, version = _words(value.strip())
        except ValueError as error:
            raise OptionError(f"{config.ENRICHERS.name}: {name}: {error}") from error
        is_function = not value.strip().startswith(_COMMAND)
        found.append(Enricher(name, words, is_function, version, seconds, most))
    return tuple(found)


def _check_name(name: str) -> None:
    if name in Enrichment.__annotations__:
        raise ValueError("is a field of ours")
    dump_mapping({name: 1})  # says what is wrong with it as a key


def _words(value: str) -> tuple[tuple[str, ...], str]:
    """Return the command that is run, and its version."""
    if value.startswith(_COMMAND):
        words = shlex.split(value.removeprefix(_COMMAND))
        if not words or shutil.which(words[0]) is None:
            raise ValueError(f"there is no program {' '.join(words[:1])!r}")
        return tuple(words), value
    installed = entry_points(group=GROUP, name=value)
    place = next((one.value for one in installed), value)
    function = load_function(place)
    words = [sys.executable, "-m", "crawler.enrichers.worker", place]
    return tuple(words), str(getattr(function, "version", "1"))


def load_function(place: str) -> Callable[[Any, Any], Any]:
    """Return the function that `package.module:function` names.

    Raises:
        ValueError: there is none.
    """
    if not _FUNCTION.fullmatch(place):
        raise ValueError(
            f"{place!r} is neither package.module:function nor 'command: …', nor installed"
        )
    module, _, path = place.partition(":")
    try:
        found: Any = import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except Exception as error:  # whatever somebody's module raises
        raise ValueError(f"{place} cannot be loaded: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise ValueError(f"{place} is no function")  # noqa: TRY004 - as all others
    return found  # type: ignore[no-any-return]  # of somebody's module
