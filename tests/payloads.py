"""Hostile text that pages and items may hold, from `inert_payloads.txt`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_LINES = Path(__file__).with_name("inert_payloads.txt").read_text("utf-8").splitlines()
_CODE = re.compile("⟦([0-9A-F]{2,6})⟧")

PAYLOADS: Final = [
    _CODE.sub(lambda match: chr(int(match[1], 16)), line)
    for line in _LINES
    if not line.startswith("// ")
]
