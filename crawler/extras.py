"""How the libraries of an extra are got, for the hints where one is missing."""

from __future__ import annotations

import shlex
from importlib.metadata import PackageNotFoundError, requires
from typing import Final

from packaging.requirements import Requirement

_PROJECT: Final = "frontmatter-crawler"


def how_to_get(extra: str) -> str:
    """Return the command that installs what an extra stands for.

    It names the libraries and not this project, so that it works wherever the project itself came
    from (a checkout, also an editable one; a wheel; a Git reference), and asks no index for a name
    that may be somebody else's there.
    """
    told = f"the extra {extra!r}"
    libraries = " ".join(map(shlex.quote, _libraries(extra)))
    return f"{told}: pip install {libraries}" if libraries else told


def _libraries(extra: str) -> list[str]:
    """Return the requirements that an extra adds on this machine; none where nobody knows."""
    try:
        lines = requires(_PROJECT) or []
    except PackageNotFoundError:  # run from an egg of Scrapyd, or off a folder
        return []
    added = []
    for line in lines:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""}):
            requirement.marker = None
            added.append(str(requirement))
    return added
