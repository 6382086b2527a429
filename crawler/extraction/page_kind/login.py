"""Logins and offers of subscriptions in place of what was asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.extraction.page_kind.page import carries, host_of, path_of
from crawler.extraction.page_kind.phrases import PHRASES

if TYPE_CHECKING:
    from crawler.extraction.page_kind.page import Page

_HOSTS: Final = re.compile(
    r"^(?:[a-z0-9-]+\.)*(?:accounts?|login|signin|sso|auth|idp|oauth|secure-login|identity|konto"
    r"|my-?account|passport|cas|adfs|id|members?|mein|mijn|moncompte|compte|okta|auth0)\."
)
_PATHS: Final = re.compile(
    r"/(?:log-?in|sign-?in|log-?on|authwall|wp-login\.php|users?/(?:log_?in|sign_?in)|auth(?:enticate)?"
    r"|oauth2?|authorize|sso|sessions?/new|accounts?/(?:log_?in|sign_?in|begin|create)|regwall"
    r"|(?:user|member|customer|my)/(?:account/)?(?:log-?in|sign-?in|auth)|registration|register"
    r"|registrieren|registrierung|registrati|registrarse|cadastro|inscription|sign-?up|servicelogin|anmelden|anmeldung|connexion|identification|se-connecter"
    r"|iniciar-sesion|acceso|accedi|entrar|inloggen|logowanie|zaloguj|logga-in|log-ind|logg-inn"
    r"|kirjaudu|prihlaseni|bejelentkezes|giris|uye-girisi|nidlogin)(?:\.[a-z]{3,5})?(?:[/;]|$)"
)
_LITTLE: Final = 600  # characters to read beside the form
_LITTLE_LED: Final = 1_500  # and where redirects led there: advantages of an account, terms


def evidence_of_login(page: Page) -> str | None:
    """What shows that a page asks who one is, or to subscribe, and has nothing else."""
    if (offer := _offer_in_place(page)) is not None:
        return f'it offers a subscription and has no article: "{offer}"'
    led = _is_led_to_login(page)
    # One of several headings may be of a form that is opened by a button.
    headings = page.headings if len(page.headings) == 1 else ()
    title = PHRASES["login_title"].equal_to((*page.title_parts, *headings))
    if not led and (title is None or not page.is_thin):
        return None
    most = _LITTLE_LED if led else _LITTLE
    if page.is_declared_article or page.screen.prose_characters > most:
        return None
    says = PHRASES["login_says"].first_in(page.screen.text)
    if led and (page.has_password or title or says or not page.screen.prose):
        return f"redirected to a login: {page.host}{page.path}"
    if title and page.has_password:
        return f'it asks for a password: "{title}"'
    if title and says and _names_login(page):
        return f'it asks to log in: "{title}", "{says}"'
    return None


def _offer_in_place(page: Page) -> str | None:
    """What an offer calls itself that is a page of its own; where there is a text, it is none."""
    phrases = PHRASES["paywall_says"]
    title = phrases.equal_to(page.title_parts)
    if title is None or page.is_declared_article or page.screen.prose_characters > _LITTLE:
        return None
    return title if phrases.first_in(page.screen.text) else None


def _is_led_to_login(page: Page) -> bool:
    if not page.is_redirected:
        return False
    by_host = _HOSTS.match(page.host) and not _HOSTS.match(host_of(page.asked))
    by_path = _PATHS.search(page.path) and not _PATHS.search(path_of(page.asked))
    if by_host or by_path:
        return True
    is_titled = PHRASES["login_title"].equal_to(page.called) is not None
    return carries(page.url, page.asked) and (page.has_password or is_titled)


def _names_login(page: Page) -> bool:
    return bool(_PATHS.search(page.path) or _HOSTS.match(page.host) or not page.screen.prose)
