"""Pages and item files, damaged at random but the same way for the same number."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]

_MAX_BYTES: Final = 400_000
_FRAGMENTS: Final = [
    *(payload.encode("utf-8", "surrogatepass") for payload in PAYLOADS),
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x1b$B",
        b"\xc3",
    ),
    *(b"&#0;", b"&#x110000;", b"&#xD800;", b"&#11;", b"&", b"<", b">", b'"', b"'", b"\r", b"\t"),
    *(b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE", b"<?xml version='1.0' encoding='x'?>"),
]
_TAGS: Final = (
    b"a abbr article aside b base blockquote body br code dd del div dl dt em figure form frameset"
    b" h1 h2 h6 head header hr html i iframe img li link main math meta nav noscript ol p plaintext"
    b" pre q script section select span strong style sub svg table tbody td template textarea th"
    b" time title tr u ul video x:y"
).split()
_ATTRIBUTES: Final = (
    b"class id href src srcset content property name rel itemprop itemscope itemtype datetime lang"
    b" alt width height colspan style hidden charset http-equiv type"
).split()
_NAMES: Final = (
    b"article author byline entry-content headline og:title og:image og:url article:published_time"
    b" canonical amphtml description keywords https://schema.org/NewsArticle articleBody"
    b" application/ld+json datePublished refresh ../.. http:// //[ 99999999999999999999 -1 NaN"
    b" 2024-13-45T99:99:99+99:99 0000-00-00 9999-12-31T23:59:59-23:59 1e309"
).split()
_CODECS: Final = (
    "utf-16",
    "utf-16-le",
    "utf-32",
    "cp1252",
    "shift_jis",
    "gb18030",
    "utf-7",
    "cp037",
)
_TAG: Final = re.compile(rb"<(/?)([A-Za-z][A-Za-z0-9]*)")
_JSON_LD: Final = re.compile(rb'(<script type="application/ld\+json">)(.*?)(</script>)', re.DOTALL)
# Lines of YAML, one or more a line of the file, as string literals without quotes.
_YAML_LINES: Final = [
    line.encode().decode("unicode_escape").encode()
    for line in Path(__file__).with_name("yaml_lines.txt").read_text("utf-8").splitlines()
]


def mutated_page(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    """Damage a page in one to six ways."""
    return _mutated(random, page, others, _ANYWHERE + _IN_PAGES)


def mutated_item(random: Random, item: bytes, others: Sequence[bytes]) -> bytes:
    """Damage an item file in one to six ways; often in its lines only."""
    mutations = _IN_ITEMS if random.random() < 0.5 else _ANYWHERE + _IN_ITEMS
    return _mutated(random, item, others, mutations)


def _mutated(
    random: Random, data: bytes, others: Sequence[bytes], mutations: Sequence[Mutation]
) -> bytes:
    for _ in range(random.choice((1, 1, 1, 2, 6))):
        data = random.choice(mutations)(random, data, others)[:_MAX_BYTES]
    return data


def _place(random: Random, data: bytes, longest: int = 200) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.randrange(1, longest))


def _flip_bytes(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 2, 20))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _delete(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _place(random, data)
    return data[:start] + data[end:]


def _repeat(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _place(random, data)
    return data[:end] + data[start:end] * random.choice((1, 2, 50)) + data[end:]


def _splice(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    start, end = _place(random, other, 2_000)
    at, until = _place(random, data)
    return data[:at] + other[start:end] + data[random.choice((at, until)) :]


def _truncate(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _insert_fragment(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at, until = _place(random, data, 30)
    return data[:at] + random.choice(_FRAGMENTS) + data[random.choice((at, until)) :]


def _swap_encoding(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    text = data.decode("utf-8", "replace")
    if random.random() < 0.3:
        return text.encode("utf-8").decode("latin-1").encode("utf-8")
    return text.encode(random.choice(_CODECS), "replace")


def _rename_tag(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    tags = list(_TAG.finditer(data))
    if not tags:
        return data
    tag = random.choice(tags)
    return data[: tag.start(2)] + random.choice(_TAGS) + data[tag.end(2) :]


def _add_tags(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    tag, slash = random.choice(_TAGS), random.choice((b"", b"", b"/"))
    return data[:at] + b"<%s%s>" % (slash, tag) * random.choice((1, 1, 3, 300)) + data[at:]


def _add_attribute(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    tags = list(_TAG.finditer(data))
    if not tags:
        return data
    at = random.choice(tags).end()
    value = random.choice((random.choice(_NAMES), random.choice(_FRAGMENTS)))
    quote = random.choice((b'"', b"'", b""))
    attribute = b" %s=%s%s%s" % (random.choice(_ATTRIBUTES), quote, value, quote)
    return data[:at] + attribute + data[at:]


def _change_json_ld(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    found = _JSON_LD.search(data)
    if found is None:
        return data
    try:
        value = json.loads(found[2])
    except (ValueError, RecursionError):
        return data
    changed = json.dumps(_changed_value(random, value)).encode()
    return data[: found.start(2)] + changed + data[found.end(2) :]


def _changed_value(random: Random, value: Any) -> Any:
    if isinstance(value, dict) and value and random.random() < 0.8:
        key = random.choice(list(value))
        name = random.choice((key, key, key, "@id", "@type", "@graph", "image", "author"))
        return value | {name: _changed_value(random, value[key])}
    if isinstance(value, list) and value and random.random() < 0.8:
        at = random.randrange(len(value))
        return [*value[:at], _changed_value(random, value[at]), *value[at:]]
    deep: Any = value
    for _ in range(random.choice((1, 3, 60))):
        deep = random.choice(([deep], {"@graph": [deep]}, {"name": deep, "@type": ["Person", 1]}))
    text = random.choice(_FRAGMENTS).decode("utf-8", "replace")
    numbers = (0, -1, 10**400, 1e308, float("nan"), float("inf"), 10**15)
    return random.choice((None, True, [], {}, "", deep, text, text * 50, random.choice(numbers)))


def _change_line(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    at = random.randrange(len(lines))
    line = lines[at]
    key, colon, value = line.partition(b":")
    fragment = random.choice(_FRAGMENTS)
    foreign = random.choice(others).splitlines(keepends=True)
    lines[at] = random.choice(
        (
            b"",
            line * 2,
            b"  " + line,
            line.lstrip(),
            line.rstrip(b"\r\n"),
            line.rstrip(b"\r\n") + b"\r\n",
            line.rstrip(b"\r\n") + b"\r",
            key + colon + b" " + fragment + b"\n",
            key + colon + b' "' + fragment + b'"\n',
            key + colon + b" |\n  " + fragment + b"\n",
            fragment + colon + value,
            b"- " + line,
            line + random.choice(_YAML_LINES),
            random.choice(_YAML_LINES) + line,
            random.choice(foreign or [b""]),
        )
    )
    return b"".join(lines)


def _add_yaml(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Put lines right before the closing fence, where the crawler's own will stand."""
    at = data.find(b"\n---") + 1
    return data[:at] + random.choice(_YAML_LINES) + data[at:]


def _swap_line_ends(random: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    bare = data.replace(b"\r\n", b"\n")
    return random.choice((bare, bare.replace(b"\n", b"\r\n"), bare.replace(b"\n", b"\r")))


_ANYWHERE: Final[tuple[Mutation, ...]] = (
    *(_flip_bytes, _delete, _repeat, _splice, _truncate),
    *(_insert_fragment, _insert_fragment, _swap_encoding),
)
_IN_PAGES: Final[tuple[Mutation, ...]] = (
    *(_rename_tag, _add_tags, _add_attribute, _add_attribute, _change_json_ld, _change_json_ld),
)
_IN_ITEMS: Final[tuple[Mutation, ...]] = (
    *(_change_line, _change_line, _change_line, _add_yaml, _insert_fragment, _swap_line_ends),
)
