"""What it costs to make a ledger anew from what was written.

    python tests/benchmarks/adoption.py [--items 10000]

Items with two related entries each are settled as by `nothing_due.py`; then the ledger is deleted,
and a run finds that nothing is due. Times are of that run, and of the same run once more.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from nothing_due import cost, make_items, settle_all


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    given = parser.parse_args()
    os.fsync = lambda _: None  # of this process, which only makes ready what is measured
    with tempfile.TemporaryDirectory() as folder:
        items, output = Path(folder, "items"), Path(folder, "output")
        make_items(items, given.items)
        sources = settle_all(items, output)
        print(f"{given.items} items, {sources} sources, {os.cpu_count()} cores")
        for path in (output / ".crawler").glob("ledger*"):
            path.unlink()
        for name in ("adopting", "nothing due"):
            of = cost(sys.executable, "-m", "crawler", "run", "--json", items, "-o", output)
            print(f"{name:12} {of.cpu:6.2f} s CPU {of.wall:6.2f} s wall")


if __name__ == "__main__":
    main()
