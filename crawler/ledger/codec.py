"""Visits as bytes and back: compressed JSON without the fields that say nothing."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, replace
from typing import Any, Final

from crawler.extraction.article import Article, Image, Media
from crawler.ledger.records import Hop, Snapshot, Visit
from crawler.states import State

_LEVEL: Final = 3  # of zlib: two thirds of the time of the default for one tenth more bytes


DAMAGE: Final = (zlib.error, ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What reading a damaged record may raise."""


def encode_visit(visit: Visit) -> bytes:
    """Pack a visit."""
    return zlib.compress(visit_json(visit), _LEVEL)


def visit_json(visit: Visit) -> bytes:
    """Return a visit as JSON in UTF-8, the same for equal visits."""
    plain = {name: getattr(visit, name) for name in ("state", "at", "answered", "via_amp")}
    plain |= {"etag": visit.etag, "last_modified": visit.last_modified}
    plain["hops"] = [_without_empty(asdict(hop)) for hop in visit.hops]
    if visit.snapshot is not None:
        plain["snapshot"] = asdict(visit.snapshot)
    if visit.article is not None:
        plain["article"] = _article_to_plain(visit.article)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def decode_visit(packed: bytes) -> Visit:
    """Unpack a visit."""
    plain = json.loads(zlib.decompress(packed))
    article = plain.pop("article", None)
    hops = tuple(_hop_from_plain(hop) for hop in plain.pop("hops"))
    plain["state"] = State(plain["state"])
    if "snapshot" in plain:  # only visits to an archive have one
        plain["snapshot"] = Snapshot(**plain["snapshot"])
    visit = Visit(hops=hops, **plain)
    visit.hop  # noqa: B018 - one without it is damaged
    return visit if article is None else replace(visit, article=_article_from_plain(article))


def _without_empty(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value not in (None, (), [], "")}


def _article_to_plain(article: Article) -> dict[str, Any]:
    names = (
        name for name in Article.__dataclass_fields__ if name not in {"images", "media", "origins"}
    )
    plain = {name: getattr(article, name) for name in names}
    plain["images"] = [_without_empty(asdict(image)) for image in article.images]
    plain["media"] = [_without_empty(asdict(media)) for media in article.media]
    plain["origins"] = dict(article.origins)
    return _without_empty(plain)


def _article_from_plain(plain: dict[str, Any]) -> Article:
    images = tuple(Image(**image) for image in plain.pop("images", ()))
    media = tuple(Media(**one) for one in plain.pop("media", ()))
    for name in ("authors", "keywords", "ai_opt_outs", "page_types"):
        plain[name] = tuple(plain.get(name, ()))
    return Article(images=images, media=media, **plain)


def _hop_from_plain(plain: dict[str, Any]) -> Hop:
    plain["state"] = State(plain["state"])
    plain["redirects"] = tuple(plain.get("redirects", ()))
    return Hop(**plain)
