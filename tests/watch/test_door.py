"""The HTTP server of a watch, asked over real connections."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.watch.conftest import wait_for
from tests.web.item_files import write_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.watch.conftest import Watching
    from tests.web.local_web import LocalWeb

FIRST = "http://first.example/a"
SECOND = "http://second.example/b"
TOKEN = "right-Horse 7"
KEY = {"Authorization": f"Bearer {TOKEN}"}
AS_JSON = {**KEY, "Content-Type": "application/json"}


class Door:
    """A client of the server."""

    def __init__(self, watching: Watching) -> None:
        (line,) = watching.await_events("listening")
        assert line["host"] == "127.0.0.1"
        self.port = line["port"]

    def ask(
        self, method: str, path: str, body: Any = None, headers: Any = None
    ) -> tuple[int, Any, bytes]:
        """Return status, headers and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def post(self, body: Any, query: str = "", headers: Any = KEY) -> tuple[int, Any]:
        """Post to /items; return status and document."""
        status, _, text = self.ask("POST", f"/items{query}", body, headers)
        return status, json.loads(text)

    def metrics(self) -> dict[str, float]:
        """Return all samples."""
        status, headers, text = self.ask("GET", "/metrics")
        assert status == 200
        assert headers["Content-Type"].startswith("text/plain; version=")
        lines = [line for line in text.decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def health(self) -> tuple[int, Any]:
        """Return the status and the document."""
        status, _, text = self.ask("GET", "/healthz")
        return status, json.loads(text)


def test_health_and_metrics_tell_how_the_watch_is(
    watch: Callable[..., Watching],
    items: Path,
    output: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    web.page(FIRST, article_html())
    write_item(items, "first", original_url=FIRST)
    write_item(items, "lost", original_url="http://lost.example/a")
    watching = watch("--http", 0)
    door = Door(watching)
    assert door.health()[0] == 200
    watching.await_runs(1)
    wait_for(lambda: door.health()[1]["nextRunDateTime"])

    status, health = door.health()
    assert (status, health["status"], health["running"]) == (200, "ok", None)
    assert (health["lastRun"]["trigger"], health["lastRun"]["exitCode"]) == ("start", 0)
    metrics = door.metrics()
    assert metrics['crawler_runs_total{exit_code="0",trigger="start"}'] == 1
    assert metrics['crawler_visits_total{state="not-found"}'] == 1
    assert metrics['crawler_sources{state="ok"}'] == 1
    assert metrics['crawler_events_total{event="lost"}'] == 1
    assert metrics['crawler_host_tries{host="lost.example"}'] == 1
    assert metrics['crawler_host_failures{host="lost.example"}'] == 1
    assert metrics["crawler_items"] == 2
    assert metrics["crawler_files_written_total"] == 2
    assert metrics["crawler_run_seconds_count"] == 1
    assert metrics["crawler_last_run_exit_code"] == 0
    assert metrics["crawler_running"] == 0

    assert door.post(b"x") == (
        403,
        {"error": "nothing can be posted, since CRAWLER_TOKEN is not set"},
    )
    assert door.ask("GET", "/items")[0] == 405
    assert door.ask("GET", "/etc/passwd")[0] == 404

    # A run that cannot be done makes it ill, until one can.
    ledger, kept = output / ".crawler/ledger.sqlite3", output / "kept"
    ledger.rename(kept)
    ledger.mkdir()
    write_item(items, "new", original_url=FIRST)
    watching.await_events("run-ended", exitCode=2)
    wait_for(lambda: door.health()[0] == 503)
    ledger.rmdir()
    kept.rename(ledger)
    wait_for(lambda: door.health()[0] == 200)
    assert watching.end(signal.SIGINT) == 0


def test_items_are_posted_by_those_who_have_the_key(
    watch: Callable[..., Watching], items: Path, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    web.page(FIRST, article_html())
    web.page(SECOND, article_html(title="Second"))
    text = write_item(items.parent, "new", original_url=SECOND, title="Second: a b").read_bytes()
    watching = watch("--http", 0, env={"CRAWLER_TOKEN": TOKEN})
    door = Door(watching)
    watching.await_runs(1)

    # Without the key nothing happens.
    keys = ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"})
    for headers in (*keys, {"Authorization": "Bearer"}, {"Authorization": "Bearer \xff"}):
        status, answered, _ = door.ask("POST", "/items", text, headers)
        assert (status, answered["WWW-Authenticate"]) == (401, "Bearer")

    # Nor does it with texts and paths that are none of an item.
    assert door.post(b"---\ntitle: [\n---\n")[0] == 422
    assert door.post(b"\xff")[0] == 422
    assert door.post(b"x" * (1024 * 1024 + 1))[0] == 413
    for path in ("../x.md", "/etc/x.md", "a.txt", ".x.md", "a%00.md", "..%2fx.md", ""):
        assert door.post(text, f"?path={path}")[0] == 400, path
    for document in (b"{", b"[]", b"{}", b'{"path": 1}', b"[" * 100_000):
        assert door.post(document, headers=AS_JSON)[0] == 400
    for path in ("../new.md", "/etc/passwd.md", "\\u0000.md", "\\udcff.md"):
        assert door.post(f'{{"path": "{path}"}}', headers=AS_JSON)[0] == 400, path
    assert door.post(b'{"path": "gone.md"}', headers=AS_JSON)[0] == 404
    assert list(items.iterdir()) == []
    assert len(watching.events("run-begun")) == 1

    # An item's text becomes a file and is crawled; it never replaces one.
    assert door.post(text) == (201, {"path": "2024-05-14-second-a-b.md"})
    watching.await_events("visited", url=SECOND)
    assert (items / "2024-05-14-second-a-b.md").read_bytes() == text
    assert door.post(text)[0] == 202
    assert door.post(text + b"\nmore")[0] == 409
    assert door.post(text, "?path=sub/x%20y.md")[1] == {"path": "sub/x y.md"}
    assert (items / "2024-05-14-second-a-b.md").read_bytes() == text

    # A file that is there already is looked at.
    runs = len(watching.await_events("run-ended", trigger="files"))
    document = json.dumps({"path": "2024-05-14-second-a-b.md"})
    assert door.post(document, headers=AS_JSON) == (202, {"path": "2024-05-14-second-a-b.md"})
    watching.await_events("run-ended", runs + 1, trigger="files")
    assert door.metrics()['crawler_posts_total{status="401"}'] == 5
    assert TOKEN not in str(watching.lines)


@pytest.mark.parametrize(
    "head", [b"", b"GET /healthz HTTP/1.1\r\nX: ", b"POST /items HTTP/1.1\r\n"]
)
def test_connections_that_ask_for_nothing_keep_nobody_out_and_end_nothing(
    watch: Callable[..., Watching],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
    head: bytes,
) -> None:
    web.page(FIRST, article_html())
    web.page(SECOND, article_html(title="Second"))
    write_item(items, "first", original_url=FIRST)
    few_files = ("prlimit", "--nofile=256:256")
    watching = watch("--http", 0, env={"CRAWLER_TOKEN": TOKEN}, before=few_files)
    door = Door(watching)
    watching.await_runs(1)
    with ExitStack() as stack:
        for _ in range(400):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", door.port)))
            with suppress(OSError):  # it has been ended already
                one.sendall(head)
        assert door.health()[0] == 200
        write_item(items, "second", original_url=SECOND)
        watching.await_events("visited", url=SECOND)
        text = write_item(items.parent, "new", original_url=FIRST, title="New").read_bytes()
        assert door.post(text)[0] == 201
        files = list(Path(f"/proc/{watching.process.pid}/fd").iterdir())
        assert len(files) < 150
    assert watching.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("sent", [b"", b"GET /", b"X" * 100_000, b"X: y\r\n" * 20_000])
def test_a_head_that_does_not_end_is_ended(watch: Callable[..., Watching], sent: bytes) -> None:
    door = Door(watch("--http", 0))
    with socket.create_connection(("127.0.0.1", door.port)) as one:
        one.settimeout(40)
        with suppress(ConnectionError):
            one.sendall(sent)
            while one.recv(1000):
                pass
    assert door.health()[0] in {200, 503}


def test_a_body_may_come_along_with_its_head(watch: Callable[..., Watching]) -> None:
    watching = watch("--http", 0, env={"CRAWLER_TOKEN": TOKEN})
    door = Door(watching)
    head = f"POST /items HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    body = b"x" * 200_000
    with socket.create_connection(("127.0.0.1", door.port)) as one:
        one.settimeout(60)
        watching.process.send_signal(signal.SIGSTOP)  # so that it finds both at once
        sender = Thread(
            target=one.sendall, args=(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body,)
        )
        sender.start()
        sender.join(1)
        watching.process.send_signal(signal.SIGCONT)
        assert one.recv(100).startswith(b"HTTP/1.1 422 ")
        sender.join()


def test_the_server_answers_to_its_own_names_only(watch: Callable[..., Watching]) -> None:
    watching = watch("--http", 0, settings={"CRAWLER_WATCH_HOSTS": "crawler.example, b.example"})
    door = Door(watching)
    own = (
        "127.0.0.1",
        "localhost",
        "LOCALHOST:80",
        "[::1]:9180",
        "10.0.0.5:80",
        "crawler",
        "[::1]",
    )
    for host in (*own, "a.localhost", "crawler.example", "b.example.:80"):
        assert door.ask("GET", "/healthz", None, {"Host": host})[0] in {200, 503}, host
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "a.b:c", "1.2.3"):
        for method, path in (("GET", "/healthz"), ("GET", "/metrics"), ("POST", "/items")):
            assert door.ask(method, path, None, {"Host": host})[0] in {400, 421}, host


def test_a_port_that_is_taken_ends_the_watch_with_its_reason(
    watch: Callable[..., Watching],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        watching = watch("--http", f"127.0.0.1:{taken.getsockname()[1]}")
        assert watching.process.wait(60) == 2
    wait_for(lambda: watching.events("failed"))
    assert "address already in use" in watching.lines[-1]["message"]
