"""Pages of names that are for sale, whose owner is gone, or whose site is not there yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.page_kind.page import host_of, parameters_of
from crawler.extraction.page_kind.phrases import PHRASES

if TYPE_CHECKING:
    from crawler.extraction.page_kind.page import Page

_MARKETS: Final = re.compile(
    r"(?:https?:)?//(?:[a-z0-9-]+\.)*(?:sedo\.com|sedoparking\.com|dan\.com|afternic\.com"
    r"|hugedomains\.com|bodis\.com|parkingcrew\.net|parklogic\.com|above\.com|undeveloped\.com"
    r"|buydomains\.com|domainmarket\.com|dynadot\.com|namecheap\.com|namesilo\.com|uniregistry\.com"
    r"|voodoo\.com|godaddy\.com|secureserver\.net|wsimg\.com|squadhelp\.com|atom\.com|efty\.com"
    r"|sav\.com|domain\.com|netsol\.com|networksolutions\.com|register\.com|ionos\.[a-z]+"
    r"|strato\.[a-z]+|reg\.ru|nic\.ru|home\.pl|aftermarket\.pl|nazwa\.pl|ovh\.[a-z]+|gandi\.net"
    r"|onamae\.com|muumuu-domain\.com|gname\.com|west\.cn|aliyun\.com|loopia\.[a-z]+|one\.com"
    r"|natro\.com|isimtescil\.net|trustname\.com|brandpa\.com|cashparking\.com|nameshift\.com)\b",
    re.IGNORECASE,
)
_LANDER: Final = re.compile(
    r"/parking-lander/|adsense/domains|\bparkingcrew\b|window\.park\s*=|/lander[\"'?]|sale_form"
    r"|\bdata-adblockkey=|\bcaf\.js\b|domain_profile|\bparked-domain\b|domain-?parking",
    re.IGNORECASE,
)
# Where hosting companies send what is asked of a site that they have switched off.
_HOSTING: Final = re.compile(r"^/cgi-sys/(?:suspended|default)\w*\.cgi$")
# Where parking services send what is asked of a name: ww25.name.example/?subid1=20240501-...
_STAND_IN: Final = re.compile(r"^ww\d{1,3}\.(?P<name>.+)$")
_PARKING_PARAMETERS: Final = frozenset(
    {"subid1", "usid", "utid", "fp", "prvtof", "poru", "caf", "dn"}
)
_LITTLE: Final = 900


def _stand_in(page: Page) -> str | None:
    """The host of a parking service's kind under the name itself, with nothing of a site."""
    found = _STAND_IN.match(page.host)
    if found is None or not page.is_redirected or _STAND_IN.match(host_of(page.asked)):
        return None
    is_own = host_of(page.asked).removeprefix("www.") == found["name"]
    is_theirs = parameters_of(page.url).keys() & _PARKING_PARAMETERS or _LANDER.search(page.start)
    is_bare = not page.screen.prose and not page.types
    return page.host if is_own and (is_theirs or is_bare) else None


def evidence_of_parking(page: Page) -> str | None:
    """What shows that a page is about nothing but its own domain name."""
    if page.is_declared_article or not page.is_thin:
        return None
    if (host := _stand_in(page)) is not None:
        return f"parked: redirected to {host}"
    said = PHRASES["parking_says"].first_in(f"{page.title}\n{page.screen.text}")
    if said is None or page.screen.prose_characters > _LITTLE:
        return None
    name = page.host.removeprefix("www.")
    own = bool(name) and any(name in text for text in (page.title, *page.headings))
    lander = _LANDER.search(page.start) or _HOSTING.search(page.path)
    for_sale = _MARKETS.search(page.start) or PHRASES["parking_says"].first_in(page.title)
    if (own and (lander or for_sale)) or (lander and (for_sale or _HOSTING.search(page.path))):
        return f'parked: "{said}"'
    return None
