"""All rules of a run, and which of them a page is read by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from crawler.options import OptionError
from crawler.rules.rules_file import RulesError, read_rules
from crawler.urls.host import host_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.rules.rule import Rule

RULES: Final = "CRAWLER_RULES"


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The rules of a file, in its order."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Read the file that CRAWLER_RULES names, as it is now.

        Raises:
            OptionError: it cannot be used.
        """
        path = settings.get(RULES)
        if not path:
            return cls()
        try:
            return cls(read_rules(Path(path)))
        except RulesError as error:
            raise OptionError(f"{RULES}: {error}") from error

    def rule_for(self, url: str, on: date) -> Rule | None:
        """Return the rule for a page as its site served it on a day (UTC).

        Of several, that of the longer domain counts, then one with paths, then the latest, then
        the first in the file.
        """
        if not self.rules:
            return None
        host = host_of(url)
        fitting = [rule for rule in self.rules if rule.is_for(host, url, on)]
        return max(fitting, key=_rank, default=None)


def _rank(rule: Rule) -> tuple[int, bool, date]:
    return len(rule.domain), bool(rule.paths), rule.since or date.min
