"""Links in the header of an answer (RFC 8288), where WebSub looks for hubs first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.discover.feeds.values import url_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINK: Final = re.compile(r"<([^<>]{1,2083})>((?:\s*;[^,<>]{0,500})*)")
_REL: Final = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


def links_of_header(fields: Iterable[str], rel: str, base: str) -> tuple[str, ...]:
    """Return the URLs of the links with a relation in the values of Link fields, each once."""
    found: dict[str, None] = {}
    for field in fields:
        for target, parameters in _LINK.findall(field):
            match = _REL.search(parameters)
            rels = (match[1] or match[2] or "").lower().split() if match else []
            if rel in rels and (url := url_of(target, base)):
                found[url] = None
    return tuple(found)
