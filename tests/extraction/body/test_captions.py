from __future__ import annotations

import pytest

from crawler.extraction.body.trim import drop_captions, drop_labels
from tests.extraction.body.bodies import PROSE, body_of, texts_of


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Photo: Ada Okafor</p>",
        "<p>Bild: dpa / Ada Okafor</p>",
        "<p>Foto von: Ada Okafor</p>",
        "<p>© Ada Okafor</p>",
        "<p>(Image: Ada Okafor)</p>",
        "<p>写真\uff1a大川綾</p>",
        "<graphic/><p>The bridge in the morning</p>",
        "<p>Advertisement</p>",
        "<head>Anzeige</head>",
        "<p>Empfohlener redaktioneller Inhalt</p>",
        "<p>Article continues below</p>",
        "<p>If you buy through our links, The Paper may earn an affiliate commission.</p>",
        "<p>This post contains affiliate links. Read more about them on another page.</p>",
        "<p>Kaufen Sie darüber ein, erhalten wir eine Provision.</p>",
        "<p>Klicken Sie auf den Button, um den Inhalt von maps.example zu laden.</p>",
    ],
)
def test_captions_credits_and_placeholders_go(markup: str) -> None:
    body = body_of(f"<p>{PROSE}</p>{markup}<p>{PROSE}</p>")
    drop_captions(body)
    assert texts_of(body) == [PROSE, PROSE]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Photographs were forbidden.</p>",
        f"<p>Photo: {PROSE} {PROSE}</p>",
        "<graphic/><p>The bridge stays open.</p>",
        "<graphic/><p><hi rend='#b'>The second phone</hi></p>",
        "<graphic/><head>The second phone</head>",
        "<p>The bridge in the morning</p>",
        "<p>The advertisement was taken down</p>",
        "<p>The commission may earn the trust of the town, and its links with the county.</p>",
    ],
)
def test_what_is_told_stays(markup: str) -> None:
    body = body_of(f"<p>{PROSE}</p>{markup}<p>{PROSE}</p>")
    expected = texts_of(body)
    drop_captions(body)
    assert texts_of(body) == expected


@pytest.mark.parametrize("labels", ["<p>BERLIN</p>", "<p>Ada Okafor</p><graphic/><p>14 May</p>"])
def test_labels_before_the_first_paragraph_go(labels: str) -> None:
    body = body_of(f"{labels}<p>{PROSE}</p>")
    drop_labels(body)
    assert texts_of(body) == [PROSE]


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>Dear readers,</p><p>{PROSE}</p>",
        f"<p>It is over.</p><p>{PROSE}</p>",
        f"<p>a<lb/>line of a poem</p><p>{PROSE}</p>",
        "<p>Roses are red</p><p>Violets are blue</p>",
        "<p>Roses are red</p><p>It was short.</p>",
        f"<head>Background</head><p>{PROSE}</p>",
        f"{'<p>A verse without an end</p>' * 6}<p>{PROSE}</p>",
    ],
)
def test_a_beginning_that_is_text_stays(markup: str) -> None:
    body = body_of(markup)
    expected = texts_of(body)
    drop_labels(body)
    assert texts_of(body) == expected
