"""A maintainer's fortnight: each morning's report says what became of the links in the night."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb
    from tests.web.server import Handler

HTML = {"Content-Type": "text/html; charset=utf-8"}
BRIDGE, FERRY, MARKET = (f"http://{name}.example/{name}" for name in ("bridge", "ferry", "market"))
ELSEWHERE = "http://market.example/new-hall"
CORRECTION = "The mayor thanked those who had collected money for two of the beams in the winter."

PARAGRAPHS = (
    "the council voted on Tuesday evening to keep it open, after a debate that lasted longer.",
    "engineers had reported in spring that two of its beams were rotten, and named a price.",
    "work begins in the second week of September, and walkers will be led over the weir.",
)

# What becomes of the pages in a night, what the morning's report has to say of it, and which
# monitor fails.
ALL = (BRIDGE, FERRY, MARKET)
NIGHTS: list[tuple[dict[str, Any], dict[str, list[str]], str | None]] = [
    ({}, {}, None),
    (dict.fromkeys(ALL, 403), {"failing": list(ALL)}, "nothing-ok"),
    ({}, {}, None),  # what is known is no news
    (dict.fromkeys(ALL), {"back": list(ALL)}, None),
    ({BRIDGE: 404}, {"lost": [BRIDGE]}, None),
    ({FERRY: CORRECTION}, {"changed": [FERRY]}, None),
    ({BRIDGE: 410}, {}, None),  # lost it was before
    ({MARKET: ELSEWHERE}, {}, None),  # a link that moves is a thing to do, and no loss
    ({BRIDGE: None}, {"back": [BRIDGE]}, None),
    ({FERRY: 403}, {"failing": [FERRY]}, None),
    ({FERRY: 404}, {"lost": [FERRY]}, None),
    ({FERRY: CORRECTION, BRIDGE: CORRECTION}, {"back": [FERRY], "changed": [BRIDGE]}, None),
    ({BRIDGE: 404, FERRY: 404}, {"lost": [BRIDGE, FERRY]}, "newly-lost"),
    ({BRIDGE: CORRECTION, FERRY: CORRECTION}, {"back": [BRIDGE, FERRY]}, None),
]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_each_morning_says_what_the_night_brought_and_nothing_else(
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
) -> None:
    items, output = tmp_path / "items", tmp_path / "output"
    about = {
        url: write_item(items, url.rpartition("/")[2], original_url=url)
        for url in (BRIDGE, FERRY, MARKET)
    }
    pages: dict[str, Any] = {}

    def served(url: str, of: str | None = None) -> Callable[[Handler], None]:
        paragraphs = [f"{of or url} says: {text}" for text in PARAGRAPHS]

        def answer(handler: Handler) -> None:
            now = pages.get(url)
            if isinstance(now, int):
                handler.send(now, HTML, b"<title>None</title>")
            elif now == ELSEWHERE:
                handler.send(301, {"Location": ELSEWHERE})
            else:
                text = [paragraphs[0], now, *paragraphs[1:]] if now else paragraphs
                handler.send(200, HTML, article_html(paragraphs=text).encode())

        return answer

    for url in about:
        web.raw(url, served(url))
    web.raw(ELSEWHERE, served(ELSEWHERE, of=MARKET))

    def night() -> tuple[int, dict[str, Any]]:
        time.sleep(1.05 - time.time() % 1)  # runs are told apart by their second
        few = {"CRAWLER_MONITOR_LEAST": 2}
        ran = run_crawler("run", items, "-o", output, "--force", web=web, settings=few)
        told = run_crawler("report", items, "-o", output, "--format", "json", web=web)
        assert told.code == 0, told.stderr
        document: dict[str, Any] = json.loads(told.stdout)
        return ran.code, document

    since: dict[str, str] = {}
    for number, (becomes, expected, alarm) in enumerate(NIGHTS, 1):
        pages.update(becomes)
        before = {path: path.read_bytes() for path in output.rglob("*.md")}
        code, morning = night()
        said = {
            kind: sorted(event["url"] for event in morning[kind])
            for kind in ("lost", "failing", "back", "changed")
            if morning[kind]
        }
        assert said == expected, f"night {number}"
        failed = [monitor["name"] for monitor in morning["verdict"]["failedMonitors"]]
        assert failed == ([alarm] if alarm else []), f"night {number}"
        assert code == bool(alarm), f"night {number}"
        assert morning["verdict"]["isFine"] is not bool({"lost", "failing"} & expected.keys())
        if not becomes and number > 1:
            after = {path: path.read_bytes() for path in output.rglob("*.md")}
            assert after == before, f"night {number} brought nothing, and a file was written"
        failing = {
            link["url"]: link["failingSince"] for link in morning["links"] if "failingSince" in link
        }
        assert failing.keys() == {url for url, now in pages.items() if isinstance(now, int)}
        for url, at in failing.items():
            assert since.setdefault(url, at) == at, "it fails since the first failure"
        since = {url: since[url] for url in failing}

    (moved,) = [link for link in morning["links"] if "movedTo" in link]
    assert (moved["url"], moved["movedTo"]) == (MARKET, ELSEWHERE)
    line = about[MARKET].read_text().splitlines().index(f'originalUrl: "{MARKET}"') + 1
    assert moved["places"] == [f"{about[MARKET]}:{line}"]
    assert len(morning["runs"]) == len(NIGHTS)

    assert moved["suggestion"] == ELSEWHERE
    expected = {
        path: path.read_bytes().replace(f'"{MARKET}"'.encode(), f'"{ELSEWHERE}"'.encode())
        for path in items.iterdir()
    }
    assert run_crawler("fix", items, "-o", output, "--write").code == 0
    assert {path: path.read_bytes() for path in items.iterdir()} == expected
