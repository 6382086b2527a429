"""A real Chromium, which must not reach anything by itself, nor let a page do what it likes."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from crawler.downloader.browser import Browser, find_chromium
from crawler.downloader.rendering import PageAnswer, Rendered, RenderError

if TYPE_CHECKING:
    from crawler.downloader.rendering import Answerer

URL = "http://news.example/app"
CHROMIUM = find_chromium()
LONGEST = 4 * 1024 * 1024
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.xdist_group("heavy"),
]


async def nothing(_url: str, _origin: str | None) -> PageAnswer | None:
    return None


def all_rendered(
    *pages: str, answer: Answerer = nothing, seconds: float = 20
) -> list[Rendered | RenderError]:
    """Render pages of one crawl at the same time."""

    async def render_all() -> list[Rendered | RenderError]:
        assert CHROMIUM is not None
        browser = Browser(CHROMIUM, seconds=seconds)

        async def render(html: str) -> Rendered | RenderError:
            try:
                page = PageAnswer(URL, 200, "text/html", html.encode())
                return await browser.render(page, answer)
            except RenderError as error:
                return error

        try:
            return list(await asyncio.gather(*map(render, pages)))
        finally:
            await browser.close()

    return asyncio.run(render_all())


def rendered(html: str, answer: Answerer = nothing, seconds: float = 20) -> str:
    (page,) = all_rendered(html, answer=answer, seconds=seconds)
    if isinstance(page, RenderError):
        raise page
    return page.html


def test_scripts_run_and_what_they_ask_for_is_answered_by_the_caller() -> None:
    asked: list[str] = []

    async def answer(url: str, _origin: str | None) -> PageAnswer | None:
        asked.append(url)
        if url.endswith("app.js"):
            script = b"fetch('/api').then(r => r.text()).then(t => document.body.innerHTML = t)"
            return PageAnswer(url, 200, "text/javascript", script)
        return PageAnswer(url, 200, "text/html", b"<p>from the api</p>")

    html = rendered("<body><script src=/app.js></script><img src=/a.png></body>", answer)
    assert "<p>from the api</p>" in html
    assert asked == ["http://news.example/app.js", "http://news.example/api"]


OWN, OTHER = "http://news.example", "http://other.example"
# What is asked for, where the answer comes from in the end, whose scripts may read it, and whether
# those of a page of OWN may.
READS = [
    ("/own", f"{OWN}/own", None, True),
    ("/own", f"{OWN}:80/own", None, True),
    ("/own", f"{OWN}:81/own", None, False),
    ("/own", f"{OTHER}/own", None, False),
    ("/own", f"{OTHER}/own", OWN, True),
    (f"{OTHER}/a", f"{OTHER}/a", None, False),
    (f"{OTHER}/a", f"{OTHER}/a", "*", True),
    (f"{OTHER}/a", f"{OTHER}/a", OWN, True),
    (f"{OTHER}/a", f"{OTHER}/a", f"{OWN}.evil", False),
    (f"{OTHER}/a", f"{OTHER}/a", "null", False),
    (f"{OTHER}/a", f"{OWN}/a", None, False),
    ("https://news.example/a", "https://news.example/a", None, False),
    ("http://sub.news.example/a", "http://sub.news.example/a", None, False),
]
WAYS = {
    "fetch": "fetch('ASKED', {headers: {'X-Own': '1'}}).then(r => r.text()).then(show)",
    "xhr": """let x = new XMLHttpRequest(); x.onload = () => show(x.responseText);
x.open("GET", "ASKED"); x.send()""",
    "module": "import('ASKED').then(m => show(m.default))",
    "worker": "new Worker('/worker.js?ASKED').onmessage = m => show(m.data)",
}
SHOW = "const show = text => { document.body.textContent = text; }"
FETCH = "fetch(location.search.slice(1)).then(r => r.text(), e => 'no').then(postMessage)"


def test_scripts_read_what_a_browser_would_let_them_read() -> None:
    cases = [
        (way, *read)
        for way in WAYS
        for read in READS
        if way == "fetch" or (read[0] != "/own" and read[2] != "null")
    ]
    origins: set[tuple[bool, str | None]] = set()

    async def answer(url: str, origin: str | None) -> PageAnswer | None:
        if "/worker.js" in url:
            return PageAnswer(url, 200, "text/javascript", FETCH.encode())
        way, _, came_from, allowed, _ = cases[int(url.rpartition("=")[2])]
        if way == "module":
            return PageAnswer(came_from, 200, "text/javascript", b"export default 'read'", allowed)
        origins.add((url.startswith(f"{OWN}/"), origin))
        return PageAnswer(came_from, 200, "application/json", b"read", allowed)

    pages = [
        f"<body><script>{SHOW}; {WAYS[way].replace('ASKED', f'{asked}?case={number}')}</script>"
        for number, (way, asked, *_) in enumerate(cases)
    ]
    for case, page in zip(cases, all_rendered(*pages, answer=answer), strict=True):
        assert isinstance(page, Rendered), case
        assert ("<body>read</body>" in page.html) == case[-1], case
    assert origins == {(True, None), (False, OWN)}


def test_what_is_no_script_cannot_be_run_as_one_from_elsewhere() -> None:
    async def answer(url: str, _origin: str | None) -> PageAnswer | None:
        kind = "text/javascript" if url.endswith(".js") else "application/json"
        return PageAnswer(
            url, 200, kind, b"document.body.append('ran ' + document.currentScript.id)"
        )

    html = rendered(
        """<body><script src="http://other.example/a.js" id=script></script>
<script src="http://other.example/a.json" id=data></script></body>""",
        answer,
    )
    assert "ran script" in html
    assert "ran data" not in html


def test_the_browser_reaches_nothing_by_itself() -> None:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as server,
        closing(socket.socket(type=socket.SOCK_DGRAM)) as datagrams,
    ):
        port = server.getsockname()[1]
        datagrams.bind(("127.0.0.1", port))
        for listener in (server, datagrams):
            listener.settimeout(0.2)
        html = rendered(f"""<body><p>kept</p><img src="http://127.0.0.1:{port}/i">
<iframe src="http://127.0.0.1:{port}/f"></iframe>
<object data="http://127.0.0.1:{port}/o"></object>
<video src="http://127.0.0.1:{port}/v" autoplay></video>
<a id=file href="http://127.0.0.1:{port}/file" download>file</a>
<link rel=preconnect href="http://127.0.0.1:{port}/">
<link rel=prefetch href="http://127.0.0.1:{port}/p"><script>
const quietly = what => {{ try {{ Promise.resolve(what()).catch(() => 0); }} catch {{ }} }};
quietly(() => fetch("http://127.0.0.1:{port}/a"));
quietly(() => fetch("http://localhost:{port}/a", {{method: "POST"}}));
quietly(() => new WebSocket("ws://127.0.0.1:{port}/w"));
quietly(() => new EventSource("http://127.0.0.1:{port}/e"));
quietly(() => new WebTransport("https://127.0.0.1:{port}/t"));
quietly(() => new Worker("http://127.0.0.1:{port}/worker"));
quietly(() => Object.getPrototypeOf(navigator.serviceWorker).register.call(
  navigator.serviceWorker, "/sw.js"));
quietly(() => navigator.sendBeacon("http://127.0.0.1:{port}/b", "x"));
quietly(() => open("http://127.0.0.1:{port}/window"));
quietly(() => document.getElementById("file").click());
quietly(() => {{
  const peer = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{port}"}},
    {{urls: "turn:127.0.0.1:{port}?transport=tcp", username: "a", credential: "b"}}]}});
  peer.createDataChannel("a");
  return peer.createOffer().then(offer => peer.setLocalDescription(offer));
}});
setTimeout(() => location = "http://127.0.0.1:{port}/l", 50);
</script></body>""")
        with pytest.raises(TimeoutError):
            server.accept()
        with pytest.raises(TimeoutError):
            datagrams.recv(100)
    assert "<p>kept</p>" in html


LEAVING = [
    "location = '/place'",
    "location.replace('http://other.example/place')",
    "document.write('<meta http-equiv=refresh content=\"0;url=/place\">')",
    "document.body.innerHTML = '<form action=/place method=post>'; document.forms[0].submit()",
    "setTimeout(() => { location.href = '/place'; }, 100)",
]


def test_a_page_whose_scripts_lead_elsewhere_stays_and_says_where() -> None:
    pages = (f"<body><p>kept</p><script>{leaving}</script></body>" for leaving in LEAVING)
    for leaving, page in zip(LEAVING, all_rendered(*pages), strict=True):
        assert isinstance(page, Rendered), leaving
        assert (page.led_to or "").endswith("/place"), leaving
        assert "ERR_" not in page.html, leaving


@pytest.mark.parametrize("place", ["'about:blank'", "URL.createObjectURL(new Blob(['other']))"])
def test_what_is_shown_elsewhere_is_not_taken_for_the_page(place: str) -> None:
    (page,) = all_rendered(f"<body><p>kept</p><script>location = {place}</script></body>")
    assert isinstance(page, RenderError)
    assert not page.is_ours


TRICKS = [
    "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'x'.repeat(1e8)})",
    "String.prototype.slice = () => 'x'.repeat(1e8)",
    "Object.defineProperty(document, 'documentElement', {get: () => ({outerHTML: 'x'})})",
    "document.body.insertAdjacentHTML('beforeend', '<form name=documentElement>x</form>')",
    "document.body.hidden = true; document.body.append('x'.repeat(3e7))",
    "Object.getOwnPropertyDescriptor = () => ({get: () => 'x'.repeat(1e8)})",
]


def test_no_script_of_a_page_changes_how_it_is_read() -> None:
    pages = (f"<body><p>kept</p><script>{trick}</script></body>" for trick in TRICKS)
    for trick, page in zip(TRICKS, all_rendered(*pages), strict=True):
        assert isinstance(page, Rendered), trick
        assert "<p>kept</p>" in page.html, trick
        assert len(page.html) <= LONGEST + len("<!DOCTYPE html>\n"), trick


@pytest.mark.parametrize(
    "harm",
    [
        "for (;;) {}",
        "const a = []; for (;;) a.push('x'.repeat(1e6) + a.length)",
        "const a = []; for (;;) a.push(new Uint8Array(5e7).fill(1))",
        "for (let p = document.body; ;) p = p.appendChild(document.createElement('div'))",
        "const f = () => Promise.resolve().then(f); f()",
        "for (let i = 0; i < 9; i++) new Worker(URL.createObjectURL(new Blob(['for (;;) {}'])))",
        "for (;;) { try { alert('a'); history.pushState(0, 0, '/' + Math.random()); } catch {} }",
    ],
)
def test_a_page_that_does_harm_is_ended_and_costs_no_other_page(harm: str) -> None:
    good = "<body><p>kept</p><script>setTimeout(() => document.body.append('!'), 1500)</script>"
    bad, kept = all_rendered(
        f"<body><p>bad</p><script>setTimeout(() => {{ {harm} }}, 100)</script></body>",
        good,
        seconds=3,
    )
    assert isinstance(kept, Rendered), kept
    assert "<p>kept</p>" in kept.html
    assert isinstance(bad, Rendered) or not bad.is_ours, bad


def test_a_browser_that_has_died_is_started_again() -> None:
    async def scenario() -> str:
        assert CHROMIUM is not None
        browser = Browser(CHROMIUM, seconds=20)
        page = PageAnswer(URL, 200, "text/html", b"<body><p>kept</p></body>")
        try:
            await browser.render(page, nothing)
            assert browser._chromium is not None
            await browser._chromium.close()
            return (await browser.render(page, nothing)).html
        finally:
            await browser.close()

    assert "<p>kept</p>" in asyncio.run(scenario())


def test_that_there_is_no_browser_says_nothing_of_the_page() -> None:
    async def scenario() -> None:
        browser = Browser("/bin/false", seconds=5)
        try:
            await browser.render(PageAnswer(URL, 200, "text/html", b""), nothing)
        finally:
            await browser.close()

    with pytest.raises(RenderError) as raised:
        asyncio.run(scenario())
    assert raised.value.is_ours
