"""A page that is kept with what was extracted from it (`crawler try --save`), field by field."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from crawler.extraction.job import ExtractionJob, extract_page
from crawler.output.atomic import create_atomically, write_atomically
from crawler.output.entry import written_name
from crawler.output.layout import safe_segment
from crawler.rules import SiteRules, read_rules
from crawler.states import State

if TYPE_CHECKING:
    from crawler.extraction.article import Article


_NOT_FIELDS: Final = frozenset({"origins", "kind", "rule_misses"})
_STATE: Final = "state"


@dataclass(frozen=True, slots=True)
class Told:
    """The value of a field as JSON has it, and which part of the page gave it."""

    value: Any
    origin: str


def told_fields(article: Article) -> dict[str, Told]:
    """Return what an article has, by the names of the front matter; its text is `body`."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(article) | {"origins": None}))
    return {
        "body" if name == "markdown" else written_name(name): Told(
            value, article.origins.get(name, "text")
        )
        for name, value in plain.items()
        if name not in _NOT_FIELDS and (value is False or value not in (None, [], "", 0))
    }


def told_page(article: Article) -> dict[str, Told]:
    """Return what a page is, as `state`, and what it has where it is an article."""
    state = State.OK if article.markdown else State.EMPTY
    state = state if article.kind is None else article.kind.state
    fields = told_fields(article) if article.kind is None or state.has_text else {}
    return {_STATE: Told(str(state), "text"), **fields}


_SUFFIX: Final = ".case.json"
_SHOWN: Final = 120  # characters of a value
_TESTS: Final = "test_cases.py"
_TESTS_TEXT: Final = '''\
"""Extracts the pages of this folder again; made by `crawler try --save`, which updates them."""

from pathlib import Path

import pytest
from crawler.testing.cases import Case, read_cases


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent), ids=str)
def test_the_page_is_extracted_as_it_was(case: Case) -> None:
    assert case.changes() == []
'''


class CaseError(ValueError):
    """A file is no case; the message begins with its path."""


@dataclass(frozen=True, slots=True)
class Case:
    """A kept page; as text it is the name of its files.

    Attributes:
        file: what it is and what is expected, JSON; the page is beside it.
        html: the page's bytes.
        url: where it came from, after redirects.
        content_type: its Content-Type header.
        day: when it was kept (UTC); it decides which of dated rules counts.
        rules: the file of rules that it is read by; None: by the default alone.
        expected: what was extracted.
        page_objects: modules of page objects that it is read by.
    """

    file: Path
    html: bytes
    url: str
    content_type: str
    day: date
    rules: Path | None
    expected: dict[str, Told]
    page_objects: tuple[str, ...] = ()

    @classmethod
    def of_page(
        cls,
        folder: Path,
        job: ExtractionJob,
        article: Article,
        *,
        day: date,
        rules: Path | None,
        page_objects: tuple[str, ...] = (),
    ) -> Self:
        """Make the case of a page and of what was extracted from it; nothing is written yet."""
        file = folder / f"{safe_segment(job.url)}{_SUFFIX}"
        told = told_page(article)
        return cls(file, job.html, job.url, job.content_type, day, rules, told, page_objects)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a case and its page.

        Raises:
            CaseError: it is none.
            OSError: one of the two cannot be read.
        """
        try:
            plain = json.loads(file.read_text(encoding="utf-8"))
            rules = plain["rules"]
            return cls(
                file,
                _page_of(file).read_bytes(),
                plain["url"],
                plain["contentType"],
                date.fromisoformat(plain["day"]),
                None if rules is None else file.parent / rules,
                {name: Told(**told) for name, told in plain["expected"].items()},
                tuple(plain["pageObjects"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise CaseError(f"{file}: is no case: {error!r}") from error

    def __str__(self) -> str:
        return self.file.name.removesuffix(_SUFFIX)

    def write(self) -> None:
        """Write the case and its page, in the place of an earlier one of the same URL.

        A folder that has no tests yet gets those that pytest runs all its cases by.

        Raises:
            OSError: it cannot be written.
        """
        folder = self.file.parent
        rules = None if self.rules is None else Path(os.path.relpath(self.rules, folder))
        plain: dict[str, Any] = {
            "url": self.url,
            "contentType": self.content_type,
            "day": self.day.isoformat(),
            "rules": None if rules is None else rules.as_posix(),
            "pageObjects": self.page_objects,
            "expected": {name: asdict(told) for name, told in self.expected.items()},
        }
        text = json.dumps(plain, indent=2, ensure_ascii=False) + "\n"
        write_atomically(_page_of(self.file), self.html, root=folder)
        write_atomically(self.file, text.encode(), root=folder)
        create_atomically(folder / _TESTS, _TESTS_TEXT.encode(), root=folder)

    def changes(self) -> list[str]:
        """Extract the page again, and return a line for each field that is not as expected.

        Raises:
            RulesError, PageObjectError: what it is read by cannot be used.
        """
        rules = SiteRules() if self.rules is None else SiteRules(read_rules(self.rules))
        rule = rules.rule_for(self.url, self.day)
        job = ExtractionJob(self.html, self.url, self.content_type, rule=rule)
        return _changes(self.expected, told_page(self._extracted(job)))

    def _extracted(self, job: ExtractionJob) -> Article:
        if not self.page_objects:
            return extract_page(job)
        from crawler.page_objects import (  # noqa: PLC0415 - needs an extra
            extract_by_page_objects,
            load_page_objects,
        )

        load_page_objects(self.page_objects)
        return extract_by_page_objects(job)


def read_cases(folder: Path) -> list[Case]:
    """Return the cases of a folder, by name.

    Raises:
        CaseError, OSError: as `Case.read`.
    """
    return [Case.read(file) for file in sorted(folder.glob(f"*{_SUFFIX}"))]


def _page_of(file: Path) -> Path:
    return file.with_name(f"{file.name.removesuffix(_SUFFIX)}.html")


def _changes(expected: dict[str, Told], now: dict[str, Told]) -> list[str]:
    return [
        f"{name}: was {_shown(expected.get(name), now.get(name))},"
        f" is {_shown(now.get(name), expected.get(name))}"
        for name in expected | now
        if expected.get(name) != now.get(name)
    ]


def _shown(told: Told | None, other: Told | None) -> str:
    """Return a value from where it differs from another one, with its origin."""
    if told is None:
        return "nothing"
    value, start = told.value, 0
    if isinstance(value, str) and other is not None and isinstance(other.value, str):
        pairs = enumerate(zip(value, other.value, strict=False))
        differs = next((place for place, (a, b) in pairs if a != b), 0)
        start = max(0, differs - _SHOWN // 2)
    text = repr(value[start : start + _SHOWN] if isinstance(value, str) else value)
    return f"{text[: 2 * _SHOWN]} ({told.origin})"
