"""Links to other articles go; the links and lists of the article itself stay."""

from __future__ import annotations

import pytest

from crawler.extraction.body.trim import drop_related
from tests.extraction.body.bodies import PROSE, body_of, texts_of

HEADLINES = (
    "<item><ref>Another story of this paper about a bridge</ref></item>"
    "<item>Town hall: <ref>The mayor has something to say as well</ref></item>"
)


def left_of(markup: str) -> list[str]:
    body = body_of(f"<p>{PROSE}</p>{markup}<p>{PROSE}</p>")
    drop_related(body)
    return texts_of(body)[1:-1]


@pytest.mark.parametrize(
    "markup",
    [
        f"<list>{HEADLINES}</list>",
        f"<head>Auch interessant</head><list>{HEADLINES}</list>",
        f"<p>Mehr zum Thema:</p><list>{HEADLINES}</list>",
        f"<p>À lire aussi</p><list>{HEADLINES}</list>",
        "<p>Read more: <ref>Another story of this paper</ref></p>",
        "<p>Lees ook <ref>Een ander verhaal van deze krant</ref></p>",
        "<p>Leggi anche <ref>Un'altra storia di questo giornale</ref></p>",
        "<p>Читайте также: <ref>Другая история этой газеты</ref></p>",
        "<p>関連記事 <ref>この新聞の別の記事についての話</ref></p>",
        "<p>Also on this site <ref>Another story of this paper</ref></p>",
        "<p><ref>ANOTHER STORY OF THIS PAPER</ref></p>",
        (
            "<head><ref>First teaser of a story</ref></head><p>What it is about.</p>"
            "<head><ref>Second teaser of a story</ref></head>"
        ),
    ],
)
def test_links_to_other_articles_go_with_their_labels(markup: str) -> None:
    assert left_of(markup) == []


def test_a_list_of_links_inside_another_block_goes() -> None:
    assert left_of(f"<quote>A quotation.<list>{HEADLINES}</list></quote>") == ["A quotation."]


@pytest.mark.parametrize(
    "markup",
    [
        "<list><item>One beam was <ref>rotten</ref></item><item>Another too</item></list>",
        "<list><item><ref>Aalen</ref></item><item><ref>Ulm</ref></item></list>",
        "<p>Read more of his poems, he said, and <ref>the others</ref> nodded in silence.</p>",
        "<p><ref>The report of the commission in full</ref></p>",
        "<p>It is in the report: <ref>The report</ref>, as they say.</p>",
        "<head>Background</head><p>What came before it was a flood, and it was long ago.</p>",
        (
            f"<head><ref>A phone that is worth it</ref></head><p>{PROSE * 3}</p>"
            f"<head><ref>A phone that is not so</ref></head><p>{PROSE * 3}</p>"
        ),
        "<list><item><ref>A photograph of a bridge</ref><graphic/></item></list>",
    ],
)
def test_what_belongs_to_the_article_stays(markup: str) -> None:
    assert left_of(markup) == texts_of(body_of(markup))
