"""All URLs under which one article may be found, in the order in which to try them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.urls.amp_cache import origin_of_amp_cache
from crawler.urls.canonical import clean_url, url_key
from crawler.urls.redirectors import publisher_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class UrlFamily:
    """The URLs of one article; build it with `url_family`.

    Attributes:
        urls: cleaned URLs to request, best first; at least one, no two with the same key.
        amp_from: index of the first AMP page in `urls`, which are all AMP pages from there on;
            `len(urls)` where there is none.
    """

    urls: tuple[str, ...]
    amp_from: int

    @property
    def key(self) -> str:
        """The identity of the article: the key of its best URL."""
        return url_key(self.urls[0])

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all URLs, in their order."""
        return tuple(url_key(url) for url in self.urls)


def url_family(urls: Sequence[str], amp_urls: Sequence[str] = ()) -> UrlFamily:
    """Order the URLs that an item names for one article, and drop repetitions.

    Args:
        urls: the article's URLs (originalUrl, webUrl), best first.
        amp_urls: URLs of its AMP pages (ampWebUrl, cdnAmpWebUrl), best first.

    Of a redirector's URL that says where it leads (Google, Bing News), that counts.
    AMP pages come last, since they are often cut or withdrawn. A URL counts as AMP when it
    stands among `amp_urls`, or is an AMP cache's, which its origin replaces. Of URLs that
    share a key the first keeps its place, as https if one of them is.

    Raises:
        ValueError: no URL at all was given.
    """
    plain: list[str] = []
    amp = [origin_of_amp_cache(url) or clean_url(url) for url in map(publisher_url, amp_urls)]
    for url in map(publisher_url, urls):
        origin = origin_of_amp_cache(url)
        if origin is None:
            plain.append(clean_url(url))
        else:
            amp.append(origin)
    best = _best_by_key([*plain, *amp])
    if not best:
        raise ValueError("a family needs at least one URL")
    amp_keys = {url_key(url) for url in amp}
    first = tuple(url for key, url in best.items() if key not in amp_keys)
    last = tuple(url for key, url in best.items() if key in amp_keys)
    return UrlFamily(urls=first + last, amp_from=len(first))


def _best_by_key(urls: Iterable[str]) -> dict[str, str]:
    best: dict[str, str] = {}
    for url in urls:
        key = url_key(url)
        if key not in best or (url.startswith("https:") and best[key].startswith("http:")):
            best[key] = url
    return best
