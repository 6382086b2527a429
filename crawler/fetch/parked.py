"""Parked domains: a name whose owner is gone answers with advertisements or with its price."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from crawler.urls.registered_domain import registered_domain

# Hosts of parking services, which hold nothing but parked names.
_PARKING: Final = frozenset({"bodis.com", "parkingcrew.net", "parklogic.com", "sedoparking.com"})
# Registrars and marketplaces publish pages of their own, too; these paths sell one name.
_OFFERS: Final = {
    "above.com": ("/marketplace/",),
    "afternic.com": ("/forsale/", "/domain/"),
    "atom.com": ("/name/",),
    "buydomains.com": ("/lander/",),
    "dan.com": ("/buy-domain/",),
    "domainmarket.com": ("/buynow/",),
    "dynadot.com": ("/market/",),
    "godaddy.com": ("/forsale/", "/domainsearch/"),
    "hugedomains.com": ("/domain_profile.cfm",),
    "sedo.com": ("/search/details",),
}
# Scripts that only parking pages load: AdSense for Domains and the landers of parking services.
_SCRIPT: Final = re.compile(
    rb"<script\b[^>]{0,300}?\bsrc\s{0,9}=\s{0,9}[\"']?(?:https?:)?//("
    rb"(?:www\.)?google\.com(?=/adsense/domains/)|"
    rb"img1\.wsimg\.com(?=/parking-lander/)|"
    rb"(?:[a-z0-9-]{1,63}\.)?(?:sedoparking\.com|parkingcrew\.net|bodis\.com)(?=/))",
    re.IGNORECASE,
)
_HEAD_BYTES: Final = 64 * 1024


def parked(asked: str, answered: str, body: bytes) -> str | None:
    """Return what shows that a name is parked; None: nothing does.

    Args:
        asked: the URL that was requested.
        answered: the URL that answered, at the end of all redirects.
        body: what it answered.
    """
    domain = registered_domain(answered)
    is_elsewhere = domain != registered_domain(asked)
    is_offer = urlsplit(answered).path.lower().startswith(_OFFERS.get(domain, ()))
    if is_elsewhere and (domain in _PARKING or is_offer):
        return f"parked: redirected to {domain}"
    script = _SCRIPT.search(body[:_HEAD_BYTES])
    return None if script is None else f"parked: loads a script of {script[1].decode().lower()}"
