"""Field by field, what an item says of an article and what its page says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from crawler.conflicts.titles import is_run_of, letters, titles_agree, word_list
from crawler.sanitize import http_url, plain_text
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crawler.extraction.article import Article


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


_MOST_IMAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Claims:
    """The fields of an item that its page speaks of as well; None or empty where it has none.

    Attributes:
        published: `publishedDateTime` as the YAML has it: a text, a date or a date-time.
        kind: `type`.
        images: the URLs of `images`, as they stand there.
    """

    title: str | None = None
    provider_name: str | None = None
    provider_domain: str | None = None
    published: str | date | None = None
    kind: str | None = None
    images: tuple[str, ...] = ()


def read_claims(fields: Mapping[Any, Any]) -> Claims:
    """Read the claims off a front matter, or off a mapping in its `related`.

    A value of another kind than its field's says nothing.
    """
    provider = fields.get("provider")
    provider = provider if isinstance(provider, dict) else {}
    published = fields.get("publishedDateTime")
    return Claims(
        title=_text(fields.get("title")),
        provider_name=_text(provider.get("name")),
        provider_domain=_text(provider.get("domain")),
        published=published if isinstance(published, date) else _text(published),
        kind=_text(fields.get("type")),
        images=tuple(_image_urls(fields.get("images"))),
    )


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _image_urls(value: object) -> list[str]:
    entries = value if isinstance(value, list) else []
    urls = [entry.get("url") if isinstance(entry, dict) else entry for entry in entries]
    return [url for url in map(_text, urls[:_MOST_IMAGES]) if url is not None]


_VIDEO: Final = frozenset({"videoobject", "movie", "tvepisode", "video"})
_AUDIO: Final = frozenset({"audioobject", "podcastepisode", "radioepisode", "audio", "music"})


def kinds_agree(kind: str, page_types: Iterable[str]) -> bool | None:
    """Whether the item's `type` is among what the page says of itself; None: that is not known.

    Args:
        kind: "article", "video" or "audio"; of others nothing is known.
        page_types: lower-case schema.org types and values of og:type. A plain "article" decides
            nothing against a video, since templates put it on every page.
    """
    types = list(page_types)
    found = {known for one in types if (known := _kind_of(one)) is not None}
    if kind not in {"article", "video", "audio"} or not found:
        return None
    if (
        kind != "article"
        and found == {"article"}
        and set(types) <= {"article", "webpage", "website"}
    ):
        return None
    return kind in found


def _kind_of(page_type: str) -> str | None:
    family = page_type.partition(".")[0]  # as in video.other
    if family in _VIDEO:
        return "video"
    if family in _AUDIO:
        return "audio"
    return "article" if family.endswith(("article", "posting")) else None


_FEWEST_LETTERS: Final = 4  # of a name that may stand within another one
_SHORTEST_INITIALS: Final = 2
_MOST_WORDS: Final = 12


def domains_agree(domain: str, urls: Iterable[str]) -> bool:
    """Whether one of the page's URLs is on the registered domain of `domain`, a host or URL."""
    return registered_domain(domain) in {registered_domain(url) for url in urls}


def names_agree(name: str, site_names: Iterable[str], urls: Iterable[str]) -> bool:
    """Whether a name is one of the site's, a part or the initials of one, or that of its domain."""
    domains = {registered_domain(url) for url in urls}
    labels = [domain.partition(".")[0] for domain in domains]
    return any(_is_same_name(name, own) for own in (*site_names, *domains, *labels))


def _is_same_name(one: str, other: str) -> bool:
    words, others = word_list(one), word_list(other)
    if not words or not others:
        return False
    short, whole = sorted((letters(one), letters(other)), key=len)
    return (
        is_run_of(words, others)
        or is_run_of(others, words)
        or short == whole
        or (len(short) >= _FEWEST_LETTERS and short in whole)
        or _are_initials(short, words)
        or _are_initials(short, others)
        or _is_shortened(short, words)
        or _is_shortened(short, others)
    )


def _is_shortened(short: str, words: list[str]) -> bool:
    """Whether a name is the words, of which some are only initials and short ones may be missing.

    So "HS Today" is "Homeland Security Today", and "CS Monitor" "The Christian Science Monitor".
    """
    ends = {(0, 0, 0)}  # letters taken, initials, whole words of some length
    for word in words[:_MOST_WORDS]:
        after = set(ends) if len(word) < _FEWEST_LETTERS else set()
        for taken, initials, whole in ends:
            if short.startswith(word, taken):
                after.add((taken + len(word), initials, whole + (len(word) >= _FEWEST_LETTERS)))
            if short.startswith(word[0], taken):
                after.add((taken + 1, initials + 1, whole))
        ends = after
    return any(
        taken == len(short) and initials >= _SHORTEST_INITIALS and whole
        for taken, initials, whole in ends
    )


def _are_initials(short: str, words: list[str]) -> bool:
    """Whether a name is the initials of the words, with or without a short word among them.

    So "NYT" is "The New York Times", and "FAZ" "Frankfurter Allgemeine Zeitung".
    """
    if len(short) < _SHORTEST_INITIALS or len(words) < _SHORTEST_INITIALS:
        return False
    initials = "".join(word[0] for word in words)
    cuts = {initials, initials[1:]}
    cuts |= {initials[:at] + initials[after:] for at, after in pairwise(range(len(initials) + 1))}
    return short in cuts


# What local times may lie apart from UTC: from Baker Island to the Line Islands.
_WEST: Final = timedelta(hours=12)
_EAST: Final = timedelta(hours=14)
_DAY: Final = timedelta(days=1)
_TOLERANCE: Final = timedelta(hours=1)


class Span(NamedTuple):
    """The first and the last moment, in UTC, that a statement may mean."""

    first: datetime
    last: datetime


def span_of(value: str | date) -> Span | None:
    """Return what a date, a date-time or an ISO 8601 text of one may mean.

    A date is any moment of that day anywhere on earth, and so is midnight, which is what a date
    becomes on its way through a program; a date-time without an offset is local to some place.
    None: it is no time, or at an end of the calendar.
    """
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(at, datetime):
            at = datetime.combine(at, time.min)
        is_day = at.timetz().replace(tzinfo=None) == time.min
        is_local = at.tzinfo is None or is_day
        first = (at.replace(tzinfo=UTC) if is_local else at).astimezone(UTC)
        last = first + _DAY if is_day else first
        return Span(first - _EAST, last + _WEST) if is_local else Span(first, last)
    except (ValueError, OverflowError):
        return None


def times_agree(one: str | date, other: str | date) -> bool | None:
    """Whether two statements may mean moments less than an hour apart; None: one is no time."""
    span, other_span = span_of(one), span_of(other)
    if span is None or other_span is None:
        return None
    gap = max(span.first - other_span.last, other_span.first - span.last)
    return gap < _TOLERANCE


FIELDS: Final = (
    "title",
    "publishedDateTime",
    "type",
    "provider.name",
    "provider.domain",
    "images",
)
"""The fields that are compared."""
_VALUE_LIMIT: Final = 300  # characters of a value that is shown


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field of which both speak.

    Attributes:
        field: its path in the item, such as "provider.name".
        item, page: what each says; plain text that is safe to print.
    """

    field: str
    item: str
    page: str
    agrees: bool


def compare(claims: Claims, article: Article, urls: Sequence[str]) -> list[Comparison]:
    """Compare what both an item and its page say, in the order of an item's fields.

    Args:
        urls: where the page is, the most telling one first: as it was asked for, and where that
            led. Its canonical URL is taken from the article.
    """
    places = [url for url in (article.canonical_url, *urls) if url]
    found = (
        *_title(claims, article, places),
        *_published(claims, article),
        *_type(claims, article),
        *_provider(claims, article, places),
        *_images(claims, article),
    )
    return [one for one in found if one.item and one.page]


def _compared(field: str, item: str, page: str, *, agrees: bool) -> Comparison:
    item, page = (plain_text(text, limit=_VALUE_LIMIT) for text in (item, page))
    return Comparison(field, item, page, agrees)


def _title(claims: Claims, article: Article, places: list[str]) -> Iterator[Comparison]:
    if claims.title and article.title:
        domains = {registered_domain(url) for url in places}
        names = [article.site_name, claims.provider_name, *domains]
        names += [domain.partition(".")[0] for domain in domains]
        agrees = titles_agree(claims.title, article.title, filter(None, names))
        yield _compared("title", claims.title, article.title, agrees=agrees)


def _published(claims: Claims, article: Article) -> Iterator[Comparison]:
    if claims.published is None or article.published is None:
        return
    agrees = times_agree(claims.published, article.published)
    if agrees is not None:
        field = "publishedDateTime"
        yield _compared(field, _time_text(claims.published), article.published, agrees=agrees)


def _time_text(value: str | date) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def _type(claims: Claims, article: Article) -> Iterator[Comparison]:
    if claims.kind is None:
        return
    agrees = kinds_agree(claims.kind, article.page_types)
    if agrees is not None:
        yield _compared("type", claims.kind, ", ".join(article.page_types), agrees=agrees)


def _provider(claims: Claims, article: Article, places: list[str]) -> Iterator[Comparison]:
    if not places:
        return
    domain = registered_domain(places[0])
    if claims.provider_name:
        name = claims.provider_name
        names = [article.site_name] if article.site_name else []
        # A site that does not name itself says nothing against a name, unless it is a headline.
        is_headline = article.title is not None and titles_agree(name, article.title)
        if names or is_headline:
            agrees = names_agree(name, names, places)
            page = article.site_name or domain
            yield _compared("provider.name", name, page, agrees=agrees)
    if claims.provider_domain:
        agrees = domains_agree(claims.provider_domain, places)
        yield _compared("provider.domain", claims.provider_domain, domain, agrees=agrees)


def _images(claims: Claims, article: Article) -> Iterator[Comparison]:
    own = [url for url in map(http_url, claims.images) if url]
    if not own or not article.images:
        return
    agrees = any(is_same_image(one, image.url) for one in own for image in article.images)
    # A URL is text here, so that no theme fetches it for a picture.
    yield _compared("images", own[0], article.images[0].url, agrees=agrees)
