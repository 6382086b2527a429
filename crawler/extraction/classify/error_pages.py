"""Pages with status 200 that say that no article is there: gone, out of order, for sale.

What such a page says is known by its titles and sentences; that it says nothing else is what makes
it one. The words alone are in articles, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml.etree import XPath

from crawler.extraction.article import count_characters
from crawler.extraction.classify.page import host_of, parameters_of, path_of
from crawler.extraction.classify.phrases import PHRASES, bare
from crawler.states import State

if TYPE_CHECKING:
    from crawler.extraction.classify.page import Page
    from crawler.extraction.classify.phrases import Phrases


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
_LITTLE_BESIDE_ADS: Final = 900


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
    if said is None or page.screen.prose_characters > _LITTLE_BESIDE_ADS:
        return None
    name = page.host.removeprefix("www.")
    own = bool(name) and any(name in text for text in (page.title, *page.headings))
    lander = _LANDER.search(page.start) or _HOSTING.search(page.path)
    for_sale = _MARKETS.search(page.start) or PHRASES["parking_says"].first_in(page.title)
    if (own and (lander or for_sale)) or (lander and (for_sale or _HOSTING.search(page.path))):
        return f'parked: "{said}"'
    return None


_MOST_PROSE: Final = 900  # characters to read; a notice that explains itself at length
_SOME: Final = 600
_LITTLE_ELSE: Final = 300
_NOTHING_BUT_NOTICE: Final = 120
_SHARE: Final = 0.5
_TWO: Final = 2
_TELLING: Final = 12  # characters of a title that is more than "error" or "removed"
_HEADLINE: Final = 4  # words; a site is called something shorter
_CODE: Final = re.compile(  # of HTTP, before or after its meaning
    r"^(?:(?:http|error|status|code)\s+)*[345]\d\d\b[\s:\u2013-]*"
    r"|[\s,:(-]*(?:error code |code )?[45]\d\d\)?$"
)
_SENTENCE_END: Final = re.compile(r"[.!?:(\u2026\u3002]\s*")


class Notice(NamedTuple):
    """A kind of notice: the state that it means, the concept of its phrases, and the verdict."""

    state: State
    concept: str
    verdict: str


_NOTICES: Final = (
    Notice(State.PARKED, "unset", "it is of a server or its host, and no site is there"),
    Notice(State.SOFT_404, "removed", "it says that it was removed"),
    Notice(State.SERVER_ERROR, "fault", "it says that the site is out of order"),
    Notice(State.FORBIDDEN, "refusal", "it says that it is not shown to us"),
    Notice(State.EMPTY, "script", "it says that it needs JavaScript"),
)


def notice_on(page: Page) -> tuple[State, str] | None:
    """The state that a notice in the place of a page means, and what shows it; None: no notice."""
    if page.is_declared_article or not page.is_thin:
        return None
    if page.screen.prose_characters > _MOST_PROSE:
        return None
    told = [(_signs(page, notice.concept), notice) for notice in _NOTICES]
    signs, notice = max(told, key=lambda one: sum(map(len, one[0])))
    if not signs:
        return None
    named = ", ".join(f'"{bare(sign)}"' for sign in signs[:_TWO])
    return notice.state, f"{notice.verdict}: {named}"


def _signs(page: Page, concept: str) -> list[str]:
    """What of a page shows a notice, where that is enough; or else nothing."""
    titles, phrases = PHRASES[f"{concept}_title"], PHRASES[f"{concept}_says"]
    title = titles.equal_to((*page.called, *map(_without_code, page.called)))
    said = _apart(phrases.found_in(f"{page.title}\n{page.screen.text}"))
    prose = page.screen.prose_characters
    if title is not None and any(phrase not in title for phrase in said):
        return [title, *(phrase for phrase in said if phrase not in title)]
    if page.og_type == "article" or page.has_publication or _has_headline(page, titles, phrases):
        return []
    if title is not None:
        is_telling = len(title) >= _TELLING
        return [title] if prose < (_LITTLE_ELSE if is_telling else _NOTHING_BUT_NOTICE) else []
    is_enough = (len(said) >= _TWO and prose < _SOME) or prose < _LITTLE_ELSE
    return said if is_enough and _is_most_of(page, said) else []


def _has_headline(page: Page, titles: Phrases, phrases: Phrases) -> bool:
    """Whether it is called something that no notice is, and that is long for a site's name."""
    return any(
        _words(name) >= _HEADLINE and not phrases.found_in(name)
        for name in _called(page)
        if not any(part in titles.all for part in (name, *_parts(name)))
    )


def _called(page: Page) -> tuple[str, ...]:
    """Headings and the parts of the title; the title as a whole only where it has no parts."""
    whole, *parts = page.title_parts or ("",)
    return (*page.headings, *(parts or [whole]))


def _words(name: str) -> int:
    """How many words; three characters are one where a script has no spaces."""
    return max(len(name.split()), count_characters(name) // 3)


def _parts(name: str) -> list[str]:
    return [_without_code(name), *(bare(part) for part in _SENTENCE_END.split(name))]


def _without_code(name: str) -> str:
    return bare(_CODE.sub("", name))


def _apart(phrases: list[str]) -> list[str]:
    """The phrases that are not part of another one, the longest first."""
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return [
        phrase
        for number, phrase in enumerate(ordered)
        if not any(phrase in longer for longer in ordered[:number])
    ]


def _is_most_of(page: Page, said: list[str]) -> bool:
    """Whether the lines that say so are most of what there is to read."""
    lines = [line for line in page.screen.lines if not line.is_consent]
    telling = sum(len(line.text) for line in lines if any(part in line.text for part in said))
    return telling >= _SHARE * max(page.screen.prose_characters, 1)


_FRONT: Final = re.compile(
    r"^/(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?"
    r"(?:(?:index|home|default|main|start|startseite|accueil|inicio)(?:\.[a-z]{3,5})?/?)?$"
)
_SAME_SITE: Final = re.compile(r"^(?:www\d?|m|mobile|amp|old|new)\.")
_HEADLINES: Final = XPath("//*[self::h2 or self::h3 or self::h4][.//a or parent::a]")
_LISTING_LINKS: Final = 8
_SECTION_LENGTH: Final = 8  # characters; a longer name at the top is that of a page


def evidence_of_moved_home(page: Page) -> str | None:
    """What shows that the front page answered in place of a page below it."""
    if not page.is_redirected or not _is_front(page.url) or not _is_deep(page.asked):
        return None
    asked, answered = (_site(url) for url in (page.asked, page.url))
    if page.is_declared_article and not page.types & {"website", "collectionpage"}:
        return None  # a single story as a site of its own
    if asked == answered:
        return f"redirected to the front page: {page.url}"
    is_one_owner = asked.endswith(f".{answered}") or answered.endswith(f".{asked}")
    is_site = bool(page.types & {"website", "collectionpage"})
    if is_site and not page.has_publication and (is_one_owner or _has_headlines(page)):
        return f"redirected to another front page: {page.url}"
    return None


def _is_front(url: str) -> bool:
    if not _FRONT.match(path_of(url)) or "#" in url:
        return False  # some sites have their whole address behind the "#"
    return not any(_is_id(value) for value in parameters_of(url).values())


def _is_deep(url: str) -> bool:
    path = path_of(url)
    named = [part for part in path.split("/") if part]
    return not _FRONT.match(path) and (
        len(named) > 1 or any(len(part) > _SECTION_LENGTH for part in named)
    )


def _is_id(value: str) -> bool:
    """Whether a parameter may name an article."""
    return any(character.isdigit() for character in value) or "-" in value


def _site(url: str) -> str:
    return _SAME_SITE.sub("", host_of(url))


def _has_headlines(page: Page) -> bool:
    return len(_HEADLINES(page.tree)) >= _LISTING_LINKS


_NAMES: Final = re.compile(
    r"^(?:error-?404|page-?404|p404|is-404|http-404|404|page-404-?\w*|not-?found|page-not-?found"
    r"|page--?error|error-?page|page-?error|page__404|template-404|error404-page"
    r"|path-(?:error|not-found|404)|is-error-page|page--?not-found|not-found-page|system-404)$"
)
_PATHS: Final = re.compile(
    r"/(?:404|error-?404|not-?found|page-?not-?found|404-?(?:error|page|not-?found)|error/404"
    r"|errors?/not-?found|page_not_found|pagenotfound|seite-nicht-gefunden|page-introuvable)"
    r"(?:\.[a-z]{3,5})?/?$"
)
# What frameworks put into their own error page.
_FRAMEWORK: Final = re.compile(
    r"next-error-h1|\"page\"\s*:\s*\"/(?:404|_error)\"|\"statusCode\"\s*:\s*404"
    r"|statusCode:404|id=[\"']__nuxt_error|\bNEXT_NOT_FOUND\b|NEXT_HTTP_ERROR_FALLBACK;404"
)
_NUMBERS: Final = frozenset({"404", "error 404", "404 error", "http 404"})
_BOXES: Final = XPath(
    "boolean(//*[contains(@class, 'page-404') or contains(@class, 'error-404')"
    " or contains(@class, 'page404') or contains(@class, 'error404') or contains(@id, '404')])"
)
_LITTLE: Final = 700  # characters to read, outside of links
_NEXT_TO_NOTHING: Final = 200
_ENOUGH: Final = 2


def evidence_of_soft_404(page: Page) -> str | None:
    """What shows that a page says it is not there; two signs at least, of different kinds."""
    titles = PHRASES["not_found_title"]
    title, heading = titles.equal_to(page.title_parts), titles.equal_to(page.headings)
    built = _built_as_error(page)
    if not (title or heading or built) and (page.is_declared_article or not page.is_thin):
        return None
    prose = page.screen.prose_characters
    says = PHRASES["not_found_says"].first_in(page.screen.text) if prose < _LITTLE else None
    named = [f'title "{title}"'] * bool(title) + [f'heading "{heading}"'] * bool(heading)
    if not named and not says:
        return None
    if _FRAMEWORK.search(page.start):
        built.append("the framework's own error page")
    said = [f'"{says}"'] * bool(says) + ["noindex"] * page.is_noindex
    if not built and not _is_plainly_said(page, named, said, title or heading):
        return None
    signs = [*named, *built, *said]
    if not named and not built:
        signs.append("in an error box")
    return f"it says that it does not exist: {', '.join(signs)}" if len(signs) >= _ENOUGH else None


def _built_as_error(page: Page) -> list[str]:
    """What of a page's making is an error's."""
    name = next((name for name in sorted(page.names) if _NAMES.match(name)), None)
    led = page.is_redirected and _PATHS.search(page.path) and not _PATHS.search(path_of(page.asked))
    return [f'class "{name}"'] * bool(name) + [f"redirected to {page.path}"] * bool(led)


def _is_plainly_said(page: Page, named: list[str], said: list[str], title: str | None) -> bool:
    """Whether the words alone are enough: there are articles that are called "Not found"."""
    prose = page.screen.prose_characters
    if page.is_declared_article or prose >= _LITTLE:
        return False
    if not named:
        return bool(_BOXES(page.tree)) and page.og_type != "article"
    if said:
        return True
    return title not in _NUMBERS and prose < _NEXT_TO_NOTHING and page.og_type != "article"
