"""The main job, whole: real items through the real downloader from a real local web."""

from __future__ import annotations

import itertools
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/bridge"
AMP = "http://news.example/amp/bridge"
OTHER = "http://other.example/market"


def front_matter(path: Path) -> dict[str, Any]:
    text = path.read_bytes().decode().replace("\r\n", "\n")
    return yaml.safe_load(text.split("---\n")[1])


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = [path for path in folder.rglob("*.md") if path.is_file()]
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in files
    }


def pages_asked(web: LocalWeb) -> list[str]:
    return sorted(r.url for r in web.requests if not r.url.endswith("/robots.txt"))


@pytest.mark.parametrize("crlf", [False, True], ids=["LF", "CRLF"])
def test_an_item_keeps_its_bytes_and_gains_the_article(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    *,
    crlf: bool,
) -> None:
    item = write_item(items, "bridge", original_url=NEWS, related=[OTHER], crlf=crlf)
    web.page(NEWS, article_html(title="The bridge: no. 1 <b>&"))
    web.page(OTHER, article_html(title="Market moves indoors"))

    outcome = crawl()

    assert outcome.code == 0, outcome.stderr
    original, enriched = item.read_bytes(), (output / "items" / "bridge.md").read_bytes()
    newline = b"\r\n" if crlf else b"\n"
    head = original[: original.rindex(b"---" + newline)]
    assert enriched.startswith(head + b"enrichment:" + newline)
    if crlf:
        assert b"\n" not in enriched.replace(b"\r\n", b"")
    data = front_matter(output / "items" / "bridge.md")
    enrichment = data.pop("enrichment")
    assert data == front_matter(item)
    source = enrichment["source"]
    assert source["state"] == "ok"
    assert source["httpStatus"] == 200
    assert source["requestedUrl"] == source["finalUrl"] == NEWS
    assert source["authors"] == ["Ada Okafor"]
    assert source["publishedDateTime"] == "2024-05-14T08:30:00+02:00"
    assert source["siteName"] == "The Example Courier"
    assert source["language"] == "en"
    assert source["wordCount"] > 50
    assert source["textFile"] == "items/bridge.md"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", source["fetchedDateTime"])
    (related,) = enrichment["related"]
    assert related["webUrl"] == OTHER
    assert related["state"] == "ok"
    assert f"<!-- article:begin {NEWS} -->".encode() in enriched
    assert b"Engineers had reported in spring" in enriched
    text_file = output / related["textFile"]
    assert re.fullmatch(r"sources/other\.example/market-[0-9a-f]{8}\.md", related["textFile"])
    assert front_matter(text_file)["title"] == "Market moves indoors"
    assert "Engineers had reported in spring" in text_file.read_text()


def test_a_second_run_asks_nothing_and_touches_nothing(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a/bridge", original_url=NEWS, related=[OTHER, "http://other.example/lost"])
    write_item(items, "b/market", original_url=OTHER)
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    assert crawl().code == 0
    assert pages_asked(web) == [NEWS, "http://other.example/lost", OTHER]
    before = snapshot(output)
    web.forget()

    assert crawl().code == 0

    assert web.requests == []
    assert snapshot(output) == before


def test_a_forced_run_that_finds_the_same_touches_nothing(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "bridge", original_url=NEWS, related=[OTHER])
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    crawl()
    before = snapshot(output)

    outcome = crawl("--force")

    assert outcome.json["sources"]["visited"] == {"ok": 2}
    assert snapshot(output) == before


def test_a_change_of_secured_alone_is_copied_without_a_request(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "bridge", original_url=NEWS)
    web.page(NEWS, article_html())
    crawl()
    web.forget()
    write_item(items, "bridge", original_url=NEWS, secured="bmV3")

    crawl()

    assert web.requests == []
    assert front_matter(output / "items" / "bridge.md")["secured"] == "bmV3"


def test_the_amp_page_answers_where_the_article_is_gone(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "bridge", original_url=NEWS, ampWebUrl=AMP)
    web.page(NEWS, "gone", status=404)
    web.page(AMP, article_html())

    assert crawl().code == 0

    source = front_matter(output / "items" / "bridge.md")["enrichment"]["source"]
    assert source["state"] == "ok"
    assert source["requestedUrl"] == AMP


def test_the_amp_page_is_not_asked_where_the_article_answers(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "bridge", original_url=NEWS, ampWebUrl=AMP)
    web.page(NEWS, article_html())
    web.page(AMP, article_html())
    crawl()
    assert pages_asked(web) == [NEWS]


def test_a_source_is_fetched_once_however_many_items_name_it(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    write_item(items, "a", original_url=NEWS, related=[OTHER, f"{OTHER}?utm_source=feed"])
    write_item(items, "b", original_url=NEWS, related=[OTHER])
    crawl()
    assert pages_asked(web) == [NEWS, OTHER]
    first, second = front_matter(output / "items" / "a.md")["enrichment"]["related"]
    assert first["textFile"] == second["textFile"]
    assert second["webUrl"] == f"{OTHER}?utm_source=feed"


def test_a_related_source_that_is_an_item_is_not_written_twice(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "a", original_url=NEWS, related=[OTHER])
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    crawl()
    assert list((output / "sources").rglob("*.md"))
    write_item(items, "b", original_url=OTHER)

    crawl()

    (related,) = front_matter(output / "items" / "a.md")["enrichment"]["related"]
    assert related["textFile"] == "items/b.md"
    assert not list((output / "sources").rglob("*.md"))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (404, "not-found"),
        (410, "gone"),
        (403, "forbidden"),
        (429, "rate-limited"),
        (500, "server-error"),
    ],
)
def test_bad_news_leaves_the_article_and_is_told_beside_it(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    status: int,
    state: str,
) -> None:
    write_item(items, "bridge", original_url=NEWS, related=[OTHER])
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    crawl()
    before = front_matter(output / "items" / "bridge.md")["enrichment"]
    text = (output / before["related"][0]["textFile"]).read_text().split("---\n")[-1]
    web.page(NEWS, "no", status=status)
    web.page(OTHER, "no", status=status)

    outcome = crawl("--force")

    assert outcome.code == 0
    assert outcome.json["sources"]["visited"] == {state: 2}
    assert outcome.json["sources"]["held"] == {"ok": 2}
    after = front_matter(output / "items" / "bridge.md")["enrichment"]
    for entry, old in (
        (after["source"], before["source"]),
        (after["related"][0], before["related"][0]),
    ):
        attempt = entry.pop("lastAttempt")
        assert attempt["state"] == state
        assert attempt["httpStatus"] == status
        assert entry.pop("failingSince") == attempt["attemptedDateTime"]
        assert entry == old
    assert "Engineers had reported" in (output / "items" / "bridge.md").read_text()
    assert (output / after["related"][0]["textFile"]).read_text().split("---\n")[-1] == text


def test_each_kind_of_answer_ends_in_its_state(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    page = article_html()
    web.page("http://allowed.example/a", page)
    web.page("http://status-404.example/a", page, status=404)
    web.page("http://status-410.example/a", page, status=410)
    web.page("http://status-403.example/a", page, status=403)
    web.page("http://status-503.example/a", page, status=503)
    web.page(
        "http://robots.example/robots.txt",
        "User-agent: *\nDisallow: /",
        headers={"Content-Type": "text/plain"},
    )
    web.page("http://robots.example/a", page)
    web.page("http://pdf.example/a", "%PDF-1.7", headers={"Content-Type": "application/pdf"})
    web.page("http://empty.example/a", "<html><body><nav>Home</nav></body></html>")
    web.page("http://large.example/a", "<p>words and more words</p>" * 200_000)
    web.page("http://slow.example/a", page, delay=8)
    web.fault("http://reset.example/a", "reset")
    web.fault("http://truncated.example/a", "truncate")
    web.redirect("http://loop.example/a", "http://loop.example/a")
    web.redirect("http://moved.example/a", "http://allowed.example/b")
    web.page("http://allowed.example/b", page)
    web.page("http://video.example/a", page)
    expected = {
        "allowed": "ok",
        "status-404": "not-found",
        "status-410": "gone",
        "status-403": "forbidden",
        "status-503": "server-error",
        "robots": "robots",
        "pdf": "not-html",
        "empty": "empty",
        "large": "too-large",
        "slow": "timeout",
        "reset": "network-error",
        "truncated": "network-error",
        "loop": "network-error",
        "moved": "ok",
        "video": "unsupported",
    }
    for name in expected:
        kind = "video" if name == "video" else "article"
        write_item(items, name, original_url=f"http://{name}.example/a", type=kind)

    outcome = crawl(settings={"DOWNLOAD_TIMEOUT": 3, "DOWNLOAD_MAXSIZE": 100_000})

    assert outcome.code == 0
    sources = {
        name: front_matter(output / "items" / f"{name}.md")["enrichment"]["source"]
        for name in expected
    }
    assert {name: source["state"] for name, source in sources.items()} == expected
    assert sum(outcome.json["sources"]["held"].values()) == len(expected)
    assert web.count("http://robots.example/a") == 0
    assert sources["moved"]["finalUrl"] == "http://allowed.example/b"
    assert sources["moved"]["requestedUrl"] == "http://moved.example/a"
    assert "fetchedDateTime" not in sources["reset"]
    assert sources["video"]["title"] == "The old footbridge stays open"
    assert "wordCount" not in sources["video"]
    assert "<!-- article" not in (output / "items" / "video.md").read_text()
    assert "<!-- article" not in (output / "items" / "empty.md").read_text()


def test_a_page_that_takes_too_long_to_extract_costs_only_itself(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    # As many tags as are read of a page, in paragraphs that the extractors do not agree on.
    more = "".join(
        f'<p>story no. {n} <a href="/{n}">is {n} steps away</a></p>' for n in range(4800)
    )
    poison = article_html().replace("</article>", f"{more}</article>")
    web.page("http://poison.example/a", poison)
    write_item(items, "poison", original_url="http://poison.example/a")
    for number in range(5):
        web.page(f"http://n{number}.example/a", article_html())
        write_item(items, f"n{number}", original_url=f"http://n{number}.example/a")

    outcome = crawl(settings={"CRAWLER_EXTRACTION_SECONDS": 0.4, "CRAWLER_EXTRACTION_MEMORY": 1e9})

    assert outcome.json["sources"]["visited"] == {"ok": 5, "extraction-timeout": 1}
    source = front_matter(output / "items" / "poison.md")["enrichment"]["source"]
    assert source["state"] == "extraction-timeout"


def test_https_is_verified(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "https://secure.example/a"
    web.page(url, article_html())
    write_item(items, "secure", original_url=url)
    assert crawl().json["sources"]["visited"] == {"ok": 1}
    shutil.rmtree(output)
    empty = items.parent / "nobody.pem"
    empty.write_text("")
    monkeypatch.setattr(web, "ca_file", empty)
    assert crawl().json["sources"]["visited"] == {"robots": 1}
    source = front_matter(output / "items" / "secure.md")["enrichment"]["source"]
    assert "certificate verify failed" in source["detail"]


def test_a_bad_item_is_named_with_its_line_and_stops_no_other(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    web.page(NEWS, article_html())
    good = write_item(items, "good", original_url=NEWS)
    crawl()
    before = snapshot(output)
    good.write_bytes(good.read_bytes().replace(b"originalUrl: ", b"originalUrl: [ "))
    bad = items / "bad.md"
    bad.write_text("---\ntitle: a\noriginalUrl: /relative\n---\n")
    write_item(items, "other", original_url=NEWS)

    outcome = crawl()

    assert outcome.code == 3
    assert outcome.json["items"] == {"selected": 1, "changed": 1, "invalid": 2}
    assert f"{bad}:3: " in outcome.stderr
    assert f"{good}:6: " in outcome.stderr or f"{good}:" in outcome.stderr
    assert (output / "items" / "other.md").exists()
    assert not (output / "items" / "bad.md").exists()
    assert snapshot(output)["items/good.md"] == before["items/good.md"]


def test_an_output_file_read_as_an_item_is_replaced_and_not_nested(
    crawl: Callable[..., Outcome],
    run_crawler: Callable[..., Outcome],
    items: Path,
    output: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "bridge", original_url=NEWS, related=[OTHER], body="My own words.\n")
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    crawl()
    again = tmp_path / "again"
    outcome = run_crawler("run", output / "items", "-o", again, "--json", web=web)
    assert outcome.code == 0, outcome.stderr
    fetched = re.compile(rb'fetchedDateTime: "[^"]+"')
    once, twice = ((top / "items" / "bridge.md").read_bytes() for top in (output, again))
    assert fetched.sub(b"", once) == fetched.sub(b"", twice)


def test_in_place_enriches_the_items_themselves_and_settles(
    crawl: Callable[..., Outcome],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    item = write_item(items, "Some Folder/My Bridge", original_url=NEWS, related=[OTHER], crlf=True)
    original = item.read_bytes()
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    assert crawl("--in-place").code == 0
    enriched = item.read_bytes()
    assert enriched.startswith(original[: original.rindex(b"---\r\n")])
    assert b"enrichment:" in enriched
    assert not (output / "items").exists()
    source = front_matter(item)["enrichment"]["source"]
    assert source["textFile"] == "Some Folder/My Bridge.md"
    before = snapshot(items) | snapshot(output)
    web.forget()
    assert crawl("--in-place").code == 0
    assert web.requests == []
    assert snapshot(items) | snapshot(output) == before


def test_items_of_two_folders_with_one_name_do_not_share_a_file(
    run_crawler: Callable[..., Outcome],
    items: Path,
    output: Path,
    tmp_path: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    second = tmp_path / "second"
    write_item(items, "bridge", original_url=NEWS)
    write_item(second, "bridge", original_url=OTHER)
    web.page(NEWS, article_html())
    web.page(OTHER, article_html(title="Market moves indoors"))
    for folders in ([items, second], [items], [second]):
        assert run_crawler("run", *folders, "-o", output, web=web).code == 0
        written = sorted(front_matter(p)["originalUrl"] for p in (output / "items").iterdir())
        assert written == [NEWS, OTHER]


def test_one_site_sees_one_request_at_a_time_whatever_its_hosts(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    for number in range(6):
        url = f"http://{'abc'[number % 3]}.paper.co.uk/{number}"
        web.page(url, article_html(), delay=0.1)
        write_item(items, f"n{number}", original_url=url)
        other = f"http://site{number}.example/a"
        web.page(other, article_html(), delay=0.5)
        write_item(items, f"o{number}", original_url=other)
    assert crawl().code == 0
    one_site = sorted((r.started, r.ended) for r in web.requests if "paper.co.uk" in r.host)
    assert len(one_site) == 9
    for (_, ended), (started, _) in itertools.pairwise(one_site):
        assert started >= ended - 0.005
    others = [r for r in web.requests if "site" in r.host and r.path == "/a"]
    assert min(r.ended for r in others) > max(r.started for r in others)  # all at once


def test_a_public_crawl_without_a_contact_is_refused(
    run_crawler: Callable[..., Outcome],
    items: Path,
    output: Path,
    write_item: Callable[..., Path],
) -> None:
    write_item(items, "bridge", original_url="https://www.example.com/a")
    outcome = run_crawler("run", items, "-o", output)
    assert outcome.code == 2
    assert "CRAWLER_CONTACT" in outcome.stderr
    assert not (output / "items").exists()


def test_the_user_agent_names_the_contact(
    crawl: Callable[..., Outcome],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    web.page(NEWS, article_html())
    write_item(items, "bridge", original_url=NEWS)
    crawl(settings={"CRAWLER_CONTACT": "https://example.com/bot"})
    agents = {r.headers.get("user-agent") or r.headers.get("User-Agent") for r in web.requests}
    assert len(agents) == 1
    assert "(+https://example.com/bot)" in str(agents)
