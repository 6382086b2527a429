"""Hands articles to a function: `python -m crawler.enrichers.worker MODULE:FUNCTION`.

It reads a line of JSON for each article and writes one for what came of it. What the function
prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from crawler.enrichers.enricher import load_function
from crawler.sanitize import plain_text

_REASON_LENGTH = 300


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    function = load_function(sys.argv[1])
    for line in sys.stdin.buffer:
        told: dict[str, Any]
        try:
            asked = json.loads(line)
            told = {"result": function(asked["article"], asked["item"])}
            answer = json.dumps(told, ensure_ascii=True)
        except Exception as error:  # noqa: BLE001 - whatever somebody's function raises
            reason = plain_text(f"{type(error).__name__}: {error}", limit=_REASON_LENGTH)
            answer = json.dumps({"problem": reason})
        answers.write(f"{answer}\n")
        answers.flush()


if __name__ == "__main__":
    main()
