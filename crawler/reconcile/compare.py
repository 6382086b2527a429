"""Field by field, what an item says and what its page says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from crawler.inert import http_url, plain_text
from crawler.reconcile.images import is_same_image
from crawler.reconcile.kinds import kinds_agree
from crawler.reconcile.providers import domains_agree, names_agree
from crawler.reconcile.times import times_agree
from crawler.reconcile.titles import titles_agree
from crawler.urls.registered_domain import registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.extraction.article import Article
    from crawler.reconcile.claims import Claims

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
