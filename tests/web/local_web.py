"""A web of one's own for one test: real sockets, any host, scripted answers."""

from __future__ import annotations

from threading import Lock, Thread
from typing import TYPE_CHECKING

from tests.web.answers import Answer, Answers
from tests.web.faults import Fault, fault
from tests.web.server import Handler, Server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.web.certificates import Authority
    from tests.web.request import Request

_POLL_SECONDS = 0.02
_HTML = "text/html; charset=utf-8"


class LocalWeb:
    """Answers on one loopback port for http, for https, and as a forward proxy for any host.

    A target is a path ("/x?y=1"), which answers at `url(path)` and `https_url(path)`, or a whole
    URL ("https://news.example/x"), which answers at that URL through `proxy_url`. What is not
    set is 404, robots.txt too.
    """

    def __init__(self, authority: Authority, address: str = "127.0.0.1") -> None:
        self.ca_file: Path = authority.ca_file
        self._answers = Answers()
        self._lock = Lock()
        self._requests: list[Request] = []
        self._server = Server(authority, self._answer_to, address)
        self.closing = self._server.closing
        self.tunnels = self._server.tunnels
        """What CONNECT to a host, or to all ("*"), is answered with in place of a tunnel."""
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,))
        self._thread.start()

    def close(self) -> None:
        """End all connections and threads; answers that wait for `closing` go on."""
        self._server.close()
        self._thread.join()

    @property
    def proxy_url(self) -> str:
        """The value for `http_proxy` and `https_proxy`."""
        return f"http://{self._netloc}"

    def url(self, path: str) -> str:
        """The http URL of a path of the server itself."""
        return f"http://{self._netloc}{path}"

    def https_url(self, path: str) -> str:
        """The https URL of the same path, on the same port."""
        return f"https://{self._netloc}{path}"

    def page(
        self,
        target: str,
        body: str | bytes = "",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        times: int | None = None,
    ) -> None:
        """Answer with a page, after `delay` seconds; its type is HTML unless `headers` says else.

        With an ETag or a Last-Modified among the headers, a conditional request that names the
        very same is answered with 304. `times` answers only the next so many requests; set
        another answer after it for those that follow.
        """
        content = body.encode() if isinstance(body, str) else body
        all_headers = {"Content-Type": _HTML, **(headers or {})}

        def answer(handler: Handler) -> None:
            self.closing.wait(delay)
            unchanged = status == 200 and _is_unchanged(handler, all_headers)
            handler.send(304 if unchanged else status, all_headers, content)

        self.raw(target, answer, times=times)

    def redirect(
        self, target: str, location: str, *, status: int = 301, times: int | None = None
    ) -> None:
        """Answer with a redirect; the Location is sent as given."""
        self.page(target, status=status, headers={"Location": location}, times=times)

    def fault(self, target: str, kind: Fault, *, times: int | None = None) -> None:
        """Answer with one of the faults of `tests.web.faults`."""
        self.raw(target, fault(kind, self.closing), times=times)

    def raw(self, target: str, answer: Answer, *, times: int | None = None) -> None:
        """Answer by a function of the request handler, which calls its `send` or misbehaves.

        It must return once `closing` is set.
        """
        self._answers.add(target, answer, times)

    @property
    def requests(self) -> list[Request]:
        """The requests so far, in the order in which they came, without CONNECT."""
        with self._lock:
            return list(self._requests)

    def count(self, target: str) -> int:
        """How many requests a path of the server itself, or a whole URL, has had."""
        return sum(target in self._targets(request) for request in self.requests)

    def forget(self) -> None:
        """Forget the requests so far; the answers stay."""
        with self._lock:
            self._requests.clear()

    @property
    def _netloc(self) -> str:
        return self._server.netloc

    def _targets(self, request: Request) -> tuple[str, ...]:
        whole = f"{request.scheme}://{request.host}{request.path}"
        return (whole, request.path) if request.host == self._netloc else (whole,)

    def _answer_to(self, request: Request) -> Answer:
        with self._lock:
            self._requests.append(request)
        return self._answers.take(*self._targets(request)) or _not_found


def _not_found(handler: Handler) -> None:
    handler.send(404, {"Content-Type": _HTML}, b"<title>Not found</title>")


def _is_unchanged(handler: Handler, headers: Mapping[str, str]) -> bool:
    if (tag := handler.headers.get("If-None-Match")) is not None:
        return tag == headers.get("ETag")
    since = handler.headers.get("If-Modified-Since")
    return since is not None and since == headers.get("Last-Modified")
