from __future__ import annotations

from typing import TYPE_CHECKING

import lxml.html
import pytest

from crawler.extraction.article import Article
from crawler.extraction.job import ExtractionJob, extract_page
from crawler.extraction.metadata.markup import read_markup
from crawler.extraction.metadata.opt_outs import (
    OptOuts,
    header_opt_outs,
    markup_opt_outs,
    with_opt_outs,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

URL = "https://news.example/a"
POLICY = "https://news.example/tdm.json"


def of_page(head: str, agent: str = "our-bot") -> OptOuts:
    tree = lxml.html.document_fromstring(f"<html><head>{head}</head><body></body></html>")
    return markup_opt_outs(read_markup(tree, URL), agent)


def of_headers(
    *tags: str, tdm: Sequence[str] = (), policies: Sequence[str] = (), agent: str = "our-bot"
) -> OptOuts:
    return header_opt_outs(tags, tdm, policies, base=URL, agent=agent)


@pytest.mark.parametrize(
    ("head", "directives"),
    [
        ("", ()),
        ("<meta name=robots content='noindex, nofollow'>", ()),
        ("<meta name=robots content='noai'>", ("noai",)),
        ("<meta name=ROBOTS content='NOIMAGEAI,NoAI'>", ("noai", "noimageai")),
        ("<meta name=robots content='index noimageai'>", ("noimageai",)),
        ("<meta name=robots content=noai><meta name=robots content=noimageai>", "both"),
        ("<meta name=our-bot content=noai>", ("noai",)),
        ("<meta name=Our-Bot content=noai>", ("noai",)),
        ("<meta name=other-bot content=noai>", ()),
        ("<meta name=robots content=noairport>", ()),
        ("<meta name=robots content='<script>noai</script>'>", ()),
        ("<meta name=robots>", ()),
    ],
)
def test_what_meta_elements_ask(head: str, directives: tuple[str, ...] | str) -> None:
    expected = ("noai", "noimageai") if directives == "both" else directives
    assert of_page(head).directives == expected


@pytest.mark.parametrize(
    ("tags", "directives"),
    [
        ([], ()),
        (["noai, noimageai"], ("noai", "noimageai")),
        (["noindex", "NoAI"], ("noai",)),
        (["otherbot: noai"], ()),
        (["otherbot: noindex, noai"], ()),
        (["Our-Bot: noai"], ("noai",)),
        (["otherbot: noindex, our-bot: noai"], ("noai",)),
        (["noai, otherbot: noimageai"], ("noai",)),
        (["otherbot: noai", "noimageai"], ("noimageai",)),
        (["max-snippet: 20, noai"], ("noai",)),
        (["unavailable_after: 25 Jun 2030 15:00:00 PST, noai"], ("noai",)),
        (["*: noai"], ("noai",)),
        (["", ":", ",", ": noai"], ()),
    ],
)
def test_what_x_robots_tag_asks(tags: list[str], directives: tuple[str, ...]) -> None:
    assert of_headers(*tags).directives == directives


@pytest.mark.parametrize(
    ("reservation", "policy", "expected"),
    [
        ("1", POLICY, (True, POLICY)),
        (" 1 ", "/tdm.json", (True, POLICY)),
        ("1", None, (True, None)),
        ("1", "javascript:alert(1)", (True, None)),
        ("1", "ftp://news.example/x", (True, None)),
        ("0", POLICY, (False, None)),
        ("yes", POLICY, (False, None)),
        (None, POLICY, (False, None)),
    ],
)
def test_the_tdm_reservation_protocol(
    reservation: str | None, policy: str | None, expected: tuple[bool, str | None]
) -> None:
    metas = {"tdm-reservation": reservation, "tdm-policy": policy}
    head = "".join(f"<meta name={name} content='{text}'>" for name, text in metas.items() if text)
    for found in (
        of_page(head),
        of_headers(tdm=[reservation] if reservation else [], policies=[policy] if policy else []),
    ):
        article = with_opt_outs(Article(), found)
        assert (article.tdm_reserved or False, article.tdm_policy) == expected


def test_a_policy_comes_out_safe_to_print() -> None:
    found = of_headers(tdm=["1"], policies=["https://x.example/\"><script>{{'"])
    assert found.tdm_policy is not None
    assert not set(found.tdm_policy) & set("\"<>{}'")


def test_the_page_and_its_headers_are_told_together() -> None:
    page = OptOuts(("noai",), reserves_tdm=True, tdm_policy=POLICY)
    headers = OptOuts(("noai", "noimageai"), reserves_tdm=True, tdm_policy=URL, origin="http")
    article = with_opt_outs(with_opt_outs(Article(title="A"), page), headers)
    assert article.ai_opt_outs == ("noai", "noimageai")
    assert article.tdm_policy == POLICY
    origins = {"ai_opt_outs": "meta", "tdm_reserved": "meta", "tdm_policy": "meta"}
    assert article.origins == origins
    only_page = OptOuts(reserves_tdm=True)
    assert with_opt_outs(with_opt_outs(Article(), only_page), headers).tdm_policy == URL
    only_headers = with_opt_outs(Article(origins={"title": "html"}), headers)
    assert only_headers.tdm_policy == URL
    assert only_headers.origins == {"title": "html", **dict.fromkeys(origins, "http")}


def test_an_article_without_opt_outs_stays_the_same_object() -> None:
    article = Article(title="A", origins={"title": "html"})
    assert with_opt_outs(article, OptOuts()) is article


@pytest.mark.parametrize("wants_body", [True, False])
def test_extraction_brings_them_for_our_name(*, wants_body: bool) -> None:
    page = b"<meta name=our-bot content=noai><p>" + b"word " * 50
    job = ExtractionJob(page, URL, wants_body=wants_body, agent="our-bot")
    assert extract_page(job).ai_opt_outs == ("noai",)
    assert extract_page(ExtractionJob(page, URL, wants_body=wants_body)).ai_opt_outs == ()


def test_values_without_end_cost_little() -> None:
    many = ["a: " * 100_000] * 1_000
    assert of_headers(*many, tdm=many, policies=many) == OptOuts(origin="http")
