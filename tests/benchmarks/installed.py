"""What an installation without extras weighs, and which of it each dependency alone brings.

    python tests/benchmarks/installed.py

MiB are those of the installed files without byte code. A dependency's second number is what would
not be installed without it; its milliseconds of CPU are those of its import once Scrapy is there.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = "frontmatter-crawler"
# What not everybody needs: of `crawler watch`, of WARC files, of copies of articles, of feeds.
LOOKED_AT = {
    "aiohttp": "aiohttp.web",
    "watchfiles": "watchfiles",
    "cronsim": "cronsim",
    "prometheus-client": "prometheus_client",
    "warcio": "warcio",
    "rensa": "rensa",
    "feedparser": "feedparser",
    "jinja2": "jinja2",
}
MIB = 2**20
Wanted = tuple[str, tuple[str, ...]]  # a distribution, and its extras


def wanted_by(name: str, extras: tuple[str, ...] = ()) -> set[Wanted]:
    """What a distribution asks for, here and with these extras."""
    requirements = map(Requirement, distribution(name).requires or ())
    return {
        (re.sub(r"[-_.]+", "-", asked.name).lower(), tuple(sorted(asked.extras)))
        for asked in requirements
        if asked.marker is None
        or any(asked.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    }


def reached(roots: set[Wanted]) -> set[str]:
    """All that gets installed for these, by name."""
    seen: set[Wanted] = set()
    ahead = list(roots)
    while ahead:
        one = ahead.pop()
        if one not in seen:
            seen.add(one)
            try:
                ahead += wanted_by(*one)
            except PackageNotFoundError:  # of another platform
                seen.discard(one)
    return {name for name, _ in seen}


def mib(names: set[str]) -> float:
    files = [file for name in names for file in distribution(name).files or ()]
    paths = [Path(str(file.locate())) for file in files if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file()) / MIB


def import_milliseconds(module: str) -> float:
    """CPU time of an import in a process that has Scrapy; the best of three."""
    code = (
        "import time, scrapy.http; began = time.process_time(); "
        f"import {module}; print((time.process_time() - began) * 1000)"
    )
    command = [sys.executable, "-c", code]
    return min(float(subprocess.check_output(command)) for _ in range(3))


def main() -> None:
    direct = wanted_by(PROJECT)
    everything = reached(direct)
    print(f"{'all':<18} {len(everything):>3} packages {mib(everything):7.1f} MiB")
    for name, module in LOOKED_AT.items():
        without = reached({one for one in direct if one[0] != name})
        alone = everything - without
        print(
            f"{name:<18} {len(alone):>3} packages {mib(alone):7.1f} MiB "
            f"{import_milliseconds(module):6.0f} ms"
        )
    together = everything - reached({one for one in direct if one[0] not in LOOKED_AT})
    print(f"{'all of these':<18} {len(together):>3} packages {mib(together):7.1f} MiB")


if __name__ == "__main__":
    main()
