"""Consent walls: pages that show nothing before cookies are agreed to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.page_kind.page import carries, host_of
from crawler.extraction.page_kind.phrases import PHRASES
from crawler.extraction.page_kind.screen import joined

if TYPE_CHECKING:
    from crawler.extraction.page_kind.page import Page

_HOSTS: Final = re.compile(
    r"^(?:[a-z0-9-]+\.)*(?:consent|guce|cmp|myprivacy|privacy-gate|privacygate|cookiewall|consentgate)\."
)
# Hosts of which nothing else is asked, whatever language they answer in.
_NOTHING_BUT: Final = re.compile(
    r"^consent\.(?:google|youtube|yahoo)\.[a-z]{2,3}(?:\.[a-z]{2})?$|^guce\.[a-z.]+$"
)
_PATHS: Final = re.compile(
    r"/(?:collectconsent|cookie-?consent|cookie-?wall|consent-?wall|privacy-?gate|privacy-?wall"
    r"|privacy-policy-consent|consent)(?:[/.]|$)"
)
# What is in the scripts of consent managers.
_MANAGERS: Final = (
    *("cookielaw.org", "onetrust", "privacy-mgmt.com", "sourcepoint", "sp_message", "didomi"),
    *("privacy-center.org", "quantcast", "cmp.inmobi", "consensu.org", "usercentrics", "cookiebot"),
    *("consentmanager", "iubenda", "trustarc", "axept", "cookie-script", "osano", "traffective"),
    *("/cmp/", "/cmp.", "cookiefirst", "opencmp", "__tcfapi"),
)
_NOTHING_ELSE: Final = 160  # characters outside of the banner: a claim, an imprint
_LITTLE: Final = 400
_WALL_SHARE: Final = 0.6
_TWO: Final = 2


def evidence_of_consent_wall(page: Page) -> str | None:
    """What shows that a page is there to be agreed to, and has nothing else."""
    if _NOTHING_BUT.match(page.host):
        return f"{page.host} asks for consent"
    at_gate = _is_gate(page)
    if page.is_declared_article and not at_gate:
        return None
    title = PHRASES["consent_title"].equal_to(page.called)
    if not (at_gate or title or page.is_thin):
        return None
    screen = page.screen
    button = screen.has_button(PHRASES["consent_button"])
    outside = PHRASES["consent_says"].found_in(screen.text)
    inside = PHRASES["consent_says"].found_in(screen.consent_text)
    says = [*inside, *outside]
    is_bare = screen.prose_characters < _LITTLE or carries(page.url, page.asked)
    if at_gate and (title or says or button or is_bare):
        return f"redirected to {page.host}, which asks for consent"
    if not says or not (button or title) or page.has_password:
        return None
    told = _told(title, says, button)
    if screen.prose_characters < _NOTHING_ELSE:
        is_asked = button and (title or len(set(says)) >= _TWO or _has_manager(page))
        return told if is_asked else None
    is_about = outside and (title or (button and len(outside) >= _TWO))
    return told if is_about and _share(page) >= _WALL_SHARE else None


def _has_manager(page: Page) -> bool:
    return any(mark in page.start for mark in _MANAGERS)


def _is_gate(page: Page) -> bool:
    if not page.is_redirected or host_of(page.asked) == "":
        return False
    if _HOSTS.match(page.host) and not _HOSTS.match(host_of(page.asked)):
        return True
    return bool(_PATHS.search(page.path)) and carries(page.url, page.asked)


def _share(page: Page) -> float:
    """How much of what there is to read is about consent."""
    prose = page.screen.prose
    words, says = PHRASES["consent_words"], PHRASES["consent_says"]
    about = [line for line in prose if words.first_in(line.text) or says.first_in(line.text)]
    return len(joined(about)) / max(len(joined(prose)), 1)


def _told(title: str | None, says: list[str], button: str | None) -> str:
    parts = [f'"{part}"' for part in (title, max(says, key=len, default=None), button) if part]
    return "it asks for consent and has no article: " + ", ".join(parts)
