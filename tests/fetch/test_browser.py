"""A real Chromium, which must not reach anything by itself."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from crawler.fetch.browser import Browser, PageAnswer, RenderError, find_chromium

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

URL = "http://news.example/app"
CHROMIUM = find_chromium()
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.xdist_group("heavy"),
]


async def nothing(_url: str) -> PageAnswer | None:
    return None


def rendered(
    html: str,
    answer: Callable[[str], Awaitable[PageAnswer | None]] = nothing,
    seconds: float = 20,
) -> str:
    async def render() -> str:
        assert CHROMIUM is not None
        browser = Browser(CHROMIUM, answer, seconds=seconds)
        try:
            return await browser.render(PageAnswer(URL, 200, "text/html", html.encode()))
        finally:
            await browser.close()

    return asyncio.run(render())


def test_scripts_run_and_what_they_ask_for_is_answered_by_the_caller() -> None:
    asked: list[str] = []

    async def answer(url: str) -> PageAnswer | None:
        asked.append(url)
        if url.endswith("app.js"):
            script = b"fetch('/api').then(r => r.text()).then(t => document.body.innerHTML = t)"
            return PageAnswer(url, 200, "text/javascript", script)
        return PageAnswer(url, 200, "text/html", b"<p>from the api</p>")

    html = rendered("<body><script src=/app.js></script><img src=/a.png></body>", answer)
    assert "<p>from the api</p>" in html
    assert asked == ["http://news.example/app.js", "http://news.example/api"]


def test_the_browser_reaches_nothing_by_itself() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        html = rendered(f"""<body><p>kept</p><img src="http://127.0.0.1:{port}/i">
<iframe src="http://127.0.0.1:{port}/f"></iframe>
<link rel=preconnect href="http://127.0.0.1:{port}/"><script>
fetch("http://127.0.0.1:{port}/a").catch(() => 0);
fetch("http://localhost:{port}/a", {{method: "POST"}}).catch(() => 0);
new WebSocket("ws://127.0.0.1:{port}/w");
navigator.sendBeacon("http://127.0.0.1:{port}/b", "x");
setTimeout(() => location = "http://127.0.0.1:{port}/l", 50);
</script></body>""")
        with pytest.raises(TimeoutError):
            server.accept()
    assert html


def test_a_script_that_never_ends_is_ended() -> None:
    with pytest.raises(RenderError):
        rendered("<body><p>a</p><script>for (;;) {}</script></body>", seconds=0.5)
