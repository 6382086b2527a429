from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.extraction.article import Article
from crawler.extraction.extract import extract_article
from crawler.extraction.job import ExtractionJob, extract_page, warm_up

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://news.example/2024/bridge.html"


def test_a_page_gives_its_text_its_metadata_and_their_measures(
    article_html: Callable[..., str],
) -> None:
    article = extract_article(article_html(canonical="/bridge"), URL)
    assert article.markdown.startswith("The council of the small town voted")
    assert "Work begins in the second week of September" in article.markdown
    assert "More stories" not in article.markdown
    assert article.title == "The old footbridge stays open"
    assert article.authors == ("Ada Okafor",)
    assert article.published == "2024-05-14T08:30:00+02:00"
    assert article.keywords == ("bridges", "council")
    assert article.canonical_url == "https://news.example/bridge"
    assert article.word_count == len(article.markdown.split())
    assert article.reading_minutes == 1
    assert article.content_hash is not None
    assert article.origins["authors"] == "json-ld"


def test_only_the_text_makes_the_content_hash(article_html: Callable[..., str]) -> None:
    one = extract_article(article_html(), URL)
    other = extract_article(article_html(title="Another title", authors=()), f"{URL}?2")
    changed = extract_article(article_html(paragraphs=["Now it is closed for good. " * 9]), URL)
    assert one.content_hash == other.content_hash
    assert one.content_hash != changed.content_hash


def test_without_a_wish_for_the_body_there_is_only_metadata(
    article_html: Callable[..., str],
) -> None:
    whole = extract_article(article_html(), URL)
    article = extract_article(article_html(), URL, wants_body=False)
    assert article.title == whole.title
    assert article.authors == whole.authors
    assert (article.markdown, article.word_count, article.reading_minutes) == ("", 0, 0)
    assert article.content_hash is None


@pytest.mark.parametrize(("words", "has_text"), [(9, False), (10, True)])
def test_a_few_words_are_no_article(words: int, *, has_text: bool) -> None:
    text = " ".join(f"word{number}" for number in range(words))
    html = f"<title>Bridge</title><body><article><p>{text}</p></article></body>"
    article = extract_article(html, URL)
    assert article.markdown == (text if has_text else "")
    assert article.word_count == (words if has_text else 0)
    assert article.title == "Bridge"


@pytest.mark.parametrize("html", ["", " \n", "<!-- -->", b"", b"\x00"])
def test_nothing_gives_an_empty_article(html: str | bytes) -> None:
    article = extract_article(html, URL)
    assert article.markdown == ""
    assert article.title is None


def test_bytes_are_decoded_by_what_http_declares_before_what_the_page_does() -> None:
    text = "Žluťoučký kůň úpěl ďábelské ódy a běžel přes most do města. " * 5
    html = f'<meta charset="windows-1251"><title>Kůň</title><article><p>{text}</p></article>'
    page = html.encode("windows-1250")
    assert text[:30] in extract_article(page, URL, charset="windows-1250").markdown
    job = ExtractionJob(page, URL, "text/html; charset=Windows-1250")
    assert extract_page(job) == extract_article(page, URL, charset="windows-1250")
    assert text[:30] not in extract_article(page, URL).markdown


def test_a_text_is_taken_as_it_is(article_html: Callable[..., str]) -> None:
    html = article_html(title="Köln, 日本")
    assert extract_article(html, URL) == extract_article(html.encode(), URL)
    assert extract_article(html, URL).title == "Köln, 日本"


def test_a_job_without_a_wish_for_the_body_has_none(article_html: Callable[..., str]) -> None:
    job = ExtractionJob(article_html().encode(), URL, "text/html", wants_body=False)
    assert extract_page(job).markdown == ""


def test_relative_links_are_resolved_against_the_page(article_html: Callable[..., str]) -> None:
    html = article_html(image="/bridge.png").replace(
        "Engineers had", '<a href="../report">Engineers</a> had'
    )
    article = extract_article(html, URL)
    assert article.images[0].url == "https://news.example/bridge.png"
    assert "](https://news.example/report)" in article.markdown


def test_warming_up_can_be_done_again() -> None:
    warm_up()
    warm_up()
    assert isinstance(extract_article("<p>x</p>", URL), Article)


def test_the_language_is_that_of_the_text_and_says_so(article_html: Callable[..., str]) -> None:
    german = "Der Rat der kleinen Stadt stimmte am Dienstag dafür, die alte Brücke zu erhalten. "
    page = article_html(paragraphs=[german * 3] * 4).replace("<html", '<html lang="en"', 1)
    article = extract_article(page, URL)
    assert (article.language, article.origins["language"]) == ("de", "text")


def test_without_a_body_the_language_is_that_of_title_and_description() -> None:
    page = (
        '<html lang="en"><title>Rat stimmt für den Erhalt der alten Brücke</title>'
        '<meta name="description" content="Der Rat der kleinen Stadt will sie nicht aufgeben.">'
    )
    assert extract_article(page, URL, wants_body=False).language == "de"
