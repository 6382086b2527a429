from __future__ import annotations

import lxml.html

from crawler.extraction.body.missing_text import add_missing, is_foreign, own_text

TEXTS = [
    "The council met on Monday and decided about the bridge over the river.",
    "Work on the bridge is to begin in spring, and nobody would say what it costs.",
    "A museum on the upper floor is to show photographs of the year it was built.",
    "Shopkeepers in the street had asked for a later start of the works in summer.",
]


def _body(*texts: str) -> lxml.html.HtmlElement:
    body = lxml.html.fromstring("<body></body>")
    for text in texts:
        paragraph = body.makeelement("p")
        paragraph.text = text
        body.append(paragraph)
    return body


def _completed(page: str, *found: str, second: str = " ".join(TEXTS)) -> list[int]:
    body = _body(*found)
    add_missing(body, lxml.html.document_fromstring(page), second)
    return [TEXTS.index(paragraph.text) for paragraph in body]


PAGE = "<h1>T</h1>" + "".join(f"<p>{text}</p>" for text in TEXTS)


def test_a_paragraph_between_two_others_is_put_back_in_its_place() -> None:
    assert _completed(PAGE, TEXTS[0], TEXTS[3]) == [0, 1, 2, 3]


def test_a_paragraph_between_headline_and_text_is_put_back() -> None:
    assert _completed(PAGE, TEXTS[1], TEXTS[3]) == [0, 1, 2, 3]


def test_a_paragraph_that_stands_twice_in_a_row_is_kept_twice() -> None:
    page = PAGE.replace(f"<p>{TEXTS[1]}</p>", f"<p>{TEXTS[1]}</p>" * 3)
    assert _completed(page, *TEXTS) == [0, 1, 1, 1, 2, 3]
    assert _completed(page, TEXTS[0], *[TEXTS[1]] * 3, *TEXTS[2:]) == [0, 1, 1, 1, 2, 3]
    apart = PAGE + f"<div><p>{TEXTS[1]}</p></div>"
    assert _completed(apart, *TEXTS) == [0, 1, 2, 3]


def test_what_no_second_opinion_holds_stays_out() -> None:
    assert _completed(PAGE, TEXTS[0], TEXTS[3], second=" ".join(TEXTS[2:])) == [0, 2, 3]


def test_links_and_labels_are_not_missed() -> None:
    page = PAGE.replace(f"<p>{TEXTS[1]}", f"<p><a href=x>{TEXTS[1]}</a>")
    assert _completed(page, TEXTS[0], TEXTS[3]) == [0, 2, 3]


def test_what_follows_counts_in_boxes_like_those_of_the_text_and_where_it_is_much() -> None:
    boxes = "<h1>T</h1>" + "".join(f"<div class=m><p>{text}</p></div>" for text in TEXTS)
    assert _completed(boxes, TEXTS[0], TEXTS[1]) == [0, 1, 2, 3]
    assert _completed(boxes, *TEXTS[:3]) == [0, 1, 2]
    other = boxes.replace("<div class=m><p>" + TEXTS[2], "<div class=o><p>" + TEXTS[2])
    other = other.replace("<div class=m><p>" + TEXTS[3], "<div class=o><p>" + TEXTS[3])
    assert _completed(other, TEXTS[0], TEXTS[1]) == [0, 1]


def test_a_body_of_another_article_is_foreign_and_the_own_text_is_found() -> None:
    page = lxml.html.document_fromstring(
        f"<main><h1>T</h1><p>{TEXTS[0]}</p></main><div><p>{TEXTS[2]}</p></div>"
    )
    assert is_foreign(_body(TEXTS[2]), page)
    assert not is_foreign(_body(TEXTS[0]), page)
    assert not is_foreign(_body(*[TEXTS[2]] * 4), page)  # much longer than a teaser
    own = own_text(page)
    assert own is not None
    assert "".join(own.itertext()) == TEXTS[0]


def test_without_a_headline_in_an_article_nothing_is_foreign() -> None:
    page = lxml.html.document_fromstring(f"<h1>T</h1><p>{TEXTS[0]}</p>")
    assert not is_foreign(_body(TEXTS[2]), page)
    assert own_text(page) is None
