"""One sign alone is none: an article may have any of them."""

from __future__ import annotations

import pytest

from crawler.extraction.extract import extract_article

TEXT = "It was a long winter, and nobody came to the bridge that the town had built. " * 3
HEADLINES = "".join(f"<h3><a href='/{n}'>A headline with the number {n}</a></h3>" for n in range(9))


def kind_of(
    body: str, *, title: str = "The bridge", head: str = "", path: str = "/town/bridge"
) -> str | None:
    page = f"<html><head><title>{title}</title>{head}</head>{body}</html>"
    kind = extract_article(page, f"https://shore.example{path}").kind
    return None if kind is None else str(kind.state)


ALONE = {
    "a title of consent walls": {"body": f"<p>{TEXT}</p>", "title": "Your privacy"},
    "a consent button": {"body": f"<p>{TEXT}</p><button>Accept all</button>"},
    "a sentence of consent walls": {"body": f"<p>{TEXT} We and our partners are glad.</p>"},
    "a title of logins": {"body": f"<p>{TEXT}</p>", "title": "Welcome back"},
    "a password field": {"body": f"<p>{TEXT}</p><input type=password>"},
    "a sentence of logins": {"body": f"<p>{TEXT} Forgot your password?</p>"},
    "a title of challenges": {"body": f"<p>{TEXT}</p>", "title": "Please wait"},
    "a captcha": {"body": f"<p>{TEXT}</p><div class='g-recaptcha'></div>"},
    "a sentence of challenges": {"body": f"<p>{TEXT} Verify you are human.</p>"},
    "a title of error pages": {"body": f"<p>{TEXT}</p>", "title": "Not found"},
    "a sentence of error pages": {"body": f"<p>{TEXT} The page you requested.</p>"},
    "a class of error pages": {"body": f"<body class=error404><p>{TEXT}</p>"},
    "noindex": {"body": f"<p>{TEXT}</p>", "head": "<meta name=robots content=noindex>"},
    "the number of error pages": {"body": f"<h1>404</h1><p>{TEXT}</p>", "title": "404"},
    "a sentence of parked names": {"body": f"<p>{TEXT} This domain is for sale.</p>"},
    "a market for names": {"body": f"<p>{TEXT} <a href='https://sedo.com/'>Sedo</a></p>"},
    "its own name": {"body": f"<p>{TEXT}</p>", "title": "shore.example"},
    "many headlines": {"body": f"<p>{TEXT}</p>{HEADLINES}"},
    "a path of lists": {"body": f"<p>{TEXT}</p>", "path": "/tag/bridge"},
    "a class of lists": {"body": f"<body class=archive><p>{TEXT}</p>"},
    "a sentence of paywalls": {"body": f"<p>{TEXT} Already a subscriber?</p>"},
    "a box of paywalls": {"body": f"<p>{TEXT}</p><div class=paywall>Tell a friend.</div>"},
}

TOGETHER = {
    "consent-wall": {
        "body": "<p>We and our partners use cookies to store your choice and personal data.</p>"
        "<button>Accept all</button>",
        "title": "Your privacy",
    },
    "login": {"body": "<p>Welcome.</p><input type=password>", "title": "Welcome back"},
    "blocked": {"body": "<p>Verify you are human.</p>", "title": "Please wait"},
    "soft-404": {"body": "<p>The page you requested is not here.</p>", "title": "Not found"},
    "parked": {
        "body": "<p>This domain is for sale.</p><a href='https://sedo.com/'>Sedo</a>",
        "title": "shore.example",
    },
    "list-page": {"body": f"<body class=archive>{HEADLINES}"},
    "paywalled": {
        "body": f"<p>{TEXT}</p><div class=paywall><p>Already a subscriber?</p>"
        "<p>Subscribe to read on.</p></div>"
    },
}


@pytest.mark.parametrize("page", ALONE.values(), ids=ALONE)
def test_one_sign_alone_makes_no_other_page_of_an_article(page: dict[str, str]) -> None:
    assert kind_of(**page) is None


@pytest.mark.parametrize(("state", "page"), TOGETHER.items())
def test_two_signs_do(state: str, page: dict[str, str]) -> None:
    assert kind_of(**page) == state


DATED = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The bridge",'
    '"datePublished": "2024-05-14", "url": "https://shore.example/town/bridge"}</script>'
)


@pytest.mark.parametrize("state", [state for state in TOGETHER if state != "paywalled"])
def test_what_says_that_it_is_an_article_and_of_what_day_is_believed(state: str) -> None:
    assert kind_of(head=DATED, **TOGETHER[state]) is None
