"""A hash that changes exactly when what is written of a source would."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.ledger.codec import visit_json

if TYPE_CHECKING:
    from crawler.ledger.records import SourceRecord, Visit


def revision_of(record: SourceRecord) -> str:
    """Return the revision of a visited source, in hex."""
    digest = hashlib.sha256()
    for visit in (record.held, record.last):
        digest.update(b"-" if visit is None else visit_json(_as_written(visit)))
    return digest.hexdigest()


def _as_written(visit: Visit) -> Visit:
    hop = replace(visit.hop, seconds=None, retry_at=None)
    return replace(visit, hops=(hop,), answered=0, etag=None, last_modified=None)
