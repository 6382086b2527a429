from __future__ import annotations

from crawler.extraction.classify.phrases import PHRASES
from crawler.extraction.classify.screen import Screen, read_screen
from crawler.extraction.parse import parse_page


def screen(body: str) -> Screen:
    tree = parse_page(f"<html><body>{body}</body></html>")
    assert tree is not None
    return read_screen(tree)


def test_a_block_is_a_line_and_what_is_not_seen_is_none() -> None:
    seen = screen(
        "<h1>The  Bridge</h1><script>x</script><p>It is <b>open</b> again.</p>tail"
        "<div hidden>no</div><p style='Display : none'>no</p><nav>no</nav><noscript>no</noscript>"
    )
    assert [line.text for line in seen.lines] == ["the bridge", "it is open again.", "tail"]


def test_text_behind_what_is_not_seen_is_seen() -> None:
    assert screen("<div><style>p{}</style>kept</div>").text == "kept"


def test_buttons_and_links_are_labels() -> None:
    seen = screen(
        "<button>Accept all!</button><a href='/'>More <b>options</b></a>"
        "<input type=submit value=Go><div role=button>Reject</div><input value=typed><a href='/'>"
        + "long " * 99
        + "</a>"
    )
    assert seen.labels == {"accept all", "more options", "go", "reject"}
    assert seen.has_button(PHRASES["consent_button"]) == "accept all"


def test_a_line_that_is_a_link_or_short_is_no_prose() -> None:
    text = "It was a long winter, and nobody came to the bridge."
    seen = screen(f"<p>{text}</p><p><a href='/'>{text}</a></p><p>Winter</p>")
    assert [line.text for line in seen.prose] == [text.lower()]
    assert seen.prose_characters == len(text)


def test_where_there_are_no_spaces_a_sentence_is_shorter() -> None:
    assert len(screen("<p>改修工事のため通行止めになっていた港の橋が再び開通する。</p>").prose) == 1


def test_what_a_consent_banner_says_is_apart() -> None:
    seen = screen("<div id='CookieBar'><p>We use cookies</p></div><p>News</p>")
    assert (seen.text, seen.consent_text) == ("news", "we use cookies")


def test_an_article_about_cookies_is_no_banner() -> None:
    assert screen("<article class='tag-cookies'><p>Cookies are old.</p></article>").text


def test_a_giant_text_is_read_in_part() -> None:
    assert len(screen("<p>" + "word " * 1_000_000 + "</p>").text) <= 30_000
    assert len(screen("<p>word</p>" * 30_000).text) <= 60_000


def test_a_page_without_a_body_shows_nothing() -> None:
    tree = parse_page("<html><head><title>x</title></head></html>")
    assert tree is not None
    assert read_screen(tree).lines == ()
