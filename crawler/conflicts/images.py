"""Whether two URLs are of one image in perhaps another size, format or place."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

_INNER_URL: Final = re.compile(r"https?:/{1,2}(?=[^/])", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|jfif|tiff?)\b.*\Z")
_SIZE: Final = re.compile(
    r"""
    [-_.,]?(?<![0-9])[0-9]{1,5}\s?x\s?(?:[0-9]{1,5}|auto|-)?(?![0-9a-z])  # 1200x675, 770xauto
  | @[1-4]x(?![a-z])
  | (?<![a-z0-9])(?:w|h|width|height|q|quality|c|g|f|ar|dpr)[_=-]?[0-9]{1,5}(?![a-z0-9])
  | [-_](?:scaled|thumb(?:nail)?|small|medium|large|original|cropped|full)(?![a-z])
    """,
    re.VERBOSE,
)
# Parameters of image services that choose a size, a format or a signature for it.
_SIZE_PARAMETERS: Final = frozenset(
    {"w", "h", "width", "height", "q", "quality", "fit", "crop", "resize", "format", "fm", "auto"}
    | {"dpr", "ts", "s", "size", "strip", "rect", "fp-x", "fp-y", "v", "ver", "version", "ssl"}
    | {"imwidth", "impolicy", "im", "zoom"}
)
_NOT_ALNUM: Final = re.compile(r"[^a-z0-9]+")
_LONG_NAME: Final = 8  # letters and digits, of a name that no other image is likely to have
_LONG_ID: Final = 16


def is_same_image(one: str, other: str) -> bool:
    """Whether two http or https URLs differ only in size, format, crop, scheme or CDN.

    URLs of image proxies are read for the URL inside. Images of the same long file name, or with
    the same long id in their path, are one.
    """
    if one == other:
        return True
    parts, others = _parts(one), _parts(other)
    if parts == others:
        return True
    name, other_name = (
        _NOT_ALNUM.sub("", path[-1] if path else "") for _, path, _ in (parts, others)
    )
    if name == other_name and _is_rare(name, _LONG_NAME):
        return True
    ids = {segment for segment in parts[1] if _is_rare(_NOT_ALNUM.sub("", segment), _LONG_ID)}
    return bool(ids & set(others[1]))


def _is_rare(name: str, length: int) -> bool:
    is_mixed = any(c.isdigit() for c in name) and not name.isdigit()
    return len(name) >= (length if is_mixed else 2 * length)


def _parts(url: str) -> tuple[str, tuple[str, ...], str]:
    """Return host, path segments and query, without what is about the size or format."""
    text = unquote(url).lower()
    inner = [match.start() for match in _INNER_URL.finditer(text)]
    try:
        split = urlsplit(re.sub(r"\A(https?):/+", r"\1://", text[inner[-1] :] if inner else text))
    except ValueError:
        return "", (url,), ""
    path = _EXTENSION.sub("", split.path)
    segments = tuple(
        cut for segment in path.split("/") if (cut := _SIZE.sub("", segment).strip("-_.,"))
    )
    pairs = [pair for pair in parse_qsl(split.query) if pair[0] not in _SIZE_PARAMETERS]
    has_name = path != split.path
    query = "" if has_name else urlencode(sorted(pairs))
    return split.netloc.removeprefix("www."), segments, query
