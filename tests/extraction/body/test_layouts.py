# ruff: noqa: RUF001 - letters of many alphabets look alike
"""Articles in many languages and many layouts come out whole, and without what is around them."""

from __future__ import annotations

import pytest

from crawler.extraction.body.second_opinion import agreement, shingles
from crawler.extraction.extract import extract_article

SENTENCES = {
    "en": "The council voted to keep the old footbridge open, and work begins in September.",
    "de": "Der Rat hat beschlossen, die alte Brücke zu erhalten, und im Herbst wird gebaut.",
    "fr": "Le conseil a décidé de garder la vieille passerelle, et les travaux débutent bientôt.",
    "es": "El concejo decidió conservar el viejo puente, y las obras empiezan en septiembre.",
    "pl": "Rada postanowiła zachować starą kładkę, a prace zaczną się już we wrześniu.",
    "tr": "Meclis eski yaya köprüsünü açık tutmaya karar verdi ve çalışmalar eylülde başlıyor.",
    "ru": "Совет решил сохранить старый пешеходный мост, и работы начнутся в сентябре.",
    "el": "Το συμβούλιο αποφάσισε να κρατήσει την παλιά γέφυρα και οι εργασίες αρχίζουν.",
    "ar": "قرر المجلس الإبقاء على الجسر القديم مفتوحا، وتبدأ الأعمال في شهر سبتمبر المقبل.",
    "he": "המועצה החליטה להשאיר את הגשר הישן פתוח, והעבודות יתחילו בחודש ספטמבר הקרוב.",
    "hi": "परिषद ने पुराने पुल को खुला रखने का निर्णय लिया, और काम सितंबर में शुरू होगा।",
    "zh": "市议会决定保留这座古老的人行桥,工程将于九月的第二周开始,居民们对此表示欢迎。",
    "ja": "町議会は古い歩道橋を残すことを決め、工事は九月の第二週に始まる予定だという。",
    "ko": "의회는 오래된 다리를 계속 열어 두기로 결정했으며 공사는 구월에 시작될 예정이다.",
    "th": "สภาเมืองตัดสินใจเปิดสะพานเก่าต่อไป และงานก่อสร้างจะเริ่มในเดือนกันยายนที่จะถึงนี้",
    "vi": "Hội đồng quyết định giữ lại cây cầu cũ, và công việc sẽ bắt đầu vào tháng chín.",
}
PARAGRAPHS = 8
NAVIGATION = "<nav><ul>" + "<li><a href=/s>Section of the paper</a>" * 12 + "</ul></nav>"
TEASERS = "<div class=more><h3>More</h3><ul>" + "".join(
    f"<li><a href=/{n}>Another story of this paper, number {n}</a></li>" for n in range(6)
)
FOOTER = "</ul></div><footer><p>© The Paper. All rights reserved.</p></footer>"


def paragraphs(language: str) -> list[str]:
    """Paragraphs that differ from each other in each of their sentences."""
    sentence = SENTENCES[language]
    return [f"{n} {sentence} {n * 7} {sentence}" for n in range(10, 10 + PARAGRAPHS)]


def _joined(opening: str, texts: list[str], closing: str) -> str:
    return "".join(f"{opening}{text}{closing}" for text in texts)


def _article(texts: list[str]) -> str:
    return f"<article>{_joined('<p>', texts, '</p>')}</article>"


def _boxes(texts: list[str]) -> str:
    return f"<main><div class=story><div>{_joined('<div>', texts, '</div>')}</div></div></main>"


def _line_breaks(texts: list[str]) -> str:
    return f"<div id=content><div class=text>{_joined('', texts, '<br><br>')}</div></div>"


def _table(texts: list[str]) -> str:
    return f"<table><tr><td>Menu<td>{_joined('<p>', texts, '</p>')}</table>"


def _split(texts: list[str]) -> str:
    return "<div class=page>" + "".join(
        f"<div class=row><div class=column><div class=text-part>{_joined('<p>', part, '</p>')}"
        "</div></div></div><div class=ad>Advertisement</div>"
        for part in (texts[: PARAGRAPHS // 2], texts[PARAGRAPHS // 2 :])
    )


def _interrupted(texts: list[str]) -> str:
    box = "<div><h4>Read more</h4><ul><li><a href=/x>A story that is not this one</a></ul></div>"
    return f"<article>{_joined('<p>', texts, f'</p>{box}')}</article>"


def _marked_up(texts: list[str]) -> str:
    return f"<section class=article-body>{_joined('<p><span>', texts, '</span></p>')}</section>"


def _never_closed(texts: list[str]) -> str:
    return f"<div class=post-content>{_joined('<p>', texts, '')}"


def _paywalled(texts: list[str]) -> str:
    free, paid = _joined("<p>", texts[:2], "</p>"), _joined("<p>", texts[2:], "</p>")
    return f"<article>{free}<div class=paywall-content>{paid}</div></article>"


LAYOUTS = {
    "article": _article,
    "boxes": _boxes,
    "line breaks": _line_breaks,
    "table": _table,
    "split": _split,
    "interrupted": _interrupted,
    "marked up": _marked_up,
    "never closed": _never_closed,
    "paywalled": _paywalled,
}


def _share_found(language: str, layout: str) -> float:
    texts = paragraphs(language)
    html = (
        f"<!doctype html><html lang={language}><title>T</title><body>{NAVIGATION}<h1>T</h1>"
        f"{LAYOUTS[layout](texts)}{TEASERS}{FOOTER}"
    )
    found = extract_article(html, "http://news.example/story").markdown
    return agreement(shingles(" ".join(texts)), shingles(found))


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_article_is_found_in_any_language_and_layout(language: str, layout: str) -> None:
    assert _share_found(language, layout) > 0.97
