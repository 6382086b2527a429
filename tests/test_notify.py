"""Messages about runs, through real Apprise, to a real HTTP and a real SMTP server."""

from __future__ import annotations

import json
import socket
import time
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from standardwebhooks.webhooks import Webhook as Verifier

from crawler.notify import Notifier, Webhook, digest
from crawler.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb
    from tests.web.server import Handler

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = "http://hook.example/in?token=abcdef"
AT = "2026-03-01T12:00:00Z"
ALL = frozenset({"lost", "failing", "back", "changed", "monitor", "failed"})


class Letters:
    """What an SMTP server has taken."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd looks for this name
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def letters() -> Iterator[tuple[Letters, str]]:
    """Letters, and the address of the server for Apprise."""
    found = Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    yield found, f"mailto://127.0.0.1:{port}?from=crawler@news.example&to=desk@news.example"
    server.stop()


def record(**said: Any) -> dict[str, Any]:
    return {
        "endedDateTime": AT,
        "ended": "finished",
        "exitCode": 0,
        "failedMonitors": [],
        "happened": {"lost": 0, "failing": 0, "back": 0, "changed": 0},
        "events": [],
    } | said


def event(kind: str, number: int = 0, **more: Any) -> dict[str, Any]:
    return {"source": f"n.example/{number}", "event": kind, "state": "gone", "at": AT} | more


def test_a_quiet_run_is_no_news() -> None:
    assert digest(record(), ALL) is None


def test_what_is_not_wanted_is_no_news() -> None:
    told = record(
        happened={"lost": 1, "failing": 0, "back": 0, "changed": 0}, events=[event("lost")]
    )
    assert digest(told, ALL - {"lost"}) is None


def test_a_digest_has_the_worst_first_and_no_more_than_the_first_of_each_kind() -> None:
    told = record(
        exitCode=1,
        failedMonitors=[{"name": "newly-lost", "message": "25 links were lost"}],
        happened={"lost": 25, "failing": 0, "back": 1, "changed": 1},
        events=[
            *(event("lost", number) for number in range(25)),
            event("back", 90, since="2026-02-01T00:00:00Z"),
            event("changed", 91, words=520, wordsBefore=412),
        ],
    )
    title, body = digest(told, ALL) or ("", "")
    assert title == "a monitor failed, 25 lost, 1 back, 1 changed"
    assert body.splitlines() == [
        "newly-lost: 25 links were lost",
        "",
        "lost (25):",
        *(f"- n.example/{number} (gone)" for number in range(20)),
        "- … and 5 more",
        "",
        "back (1):",
        "- n.example/90 (had failed since 2026-02-01)",
        "",
        "changed (1):",
        "- n.example/91 (412 → 520 words)",
        "",
        "`crawler report ITEMS` tells more.",
    ]


def test_a_run_that_could_not_be_done_says_why() -> None:
    assert digest(record(exitCode=2, ended="the disk is full"), ALL) == (
        "the run could not be done",
        "the disk is full\n\n`crawler report ITEMS` tells more.",
    )


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # as Apprise loads
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"CRAWLER_NOTIFY": "json://ok.example hunter2://x:pass@y"}, "CRAWLER_NOTIFY: number 2 is"),
        ({"CRAWLER_WEBHOOK": "ftp://user:hunter2@x"}, "CRAWLER_WEBHOOK: it is no http or https"),
        ({"CRAWLER_WEBHOOK": "http://[hunter2"}, "CRAWLER_WEBHOOK: it is no http or https"),
        ({"CRAWLER_WEBHOOK": "http://x/hunter2 a"}, "CRAWLER_WEBHOOK: it is no http or https"),
        ({"CRAWLER_WEBHOOK": "http://x/hunter2\x01"}, "CRAWLER_WEBHOOK: it is no http or https"),
        ({"CRAWLER_WEBHOOK": "http://x/hunter2ä"}, "CRAWLER_WEBHOOK: it is no http or https"),
        (
            {"CRAWLER_WEBHOOK": HOOK, "CRAWLER_WEBHOOK_SECRET": "hunter2"},
            "CRAWLER_WEBHOOK_SECRET: it is not whsec_",
        ),
        (
            {"CRAWLER_WEBHOOK": HOOK, "CRAWLER_WEBHOOK_SECRET": "whsec_aHVudGVyMg=="},
            "CRAWLER_WEBHOOK_SECRET: it is not whsec_ and 24 to 64 bytes",
        ),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_without_being_told(
    variables: dict[str, str], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(OptionError, match=said) as raised:
        Notifier.from_environment({}, variables)
    assert "hunter2" not in str(raised.value) + caplog.text


def test_nobody_is_told_where_nobody_is_named() -> None:
    assert Notifier.from_environment({}, {}) is None


class Broken:
    service_name = "Broken"

    def notify(self, **_: str) -> bool:
        raise RuntimeError("https://user:hunter2@x")


def test_a_service_that_breaks_keeps_no_other_from_being_told(web: LocalWeb) -> None:
    url = web.url("/in?token=abcdef")
    web.raw("/in?token=abcdef", lambda handler: handler.send(200, {}, b""))
    services: Any = [Broken(), Broken()]
    notifier = Notifier(services, Webhook(url, b""), ALL)
    told = list(notifier.tell("out", record(exitCode=2, ended="the disk is full")))
    assert told == ["CRAWLER_NOTIFY: Broken could not be told"] * 2
    assert web.requests[-1].path == "/in?token=abcdef"


def crawl_a_loss(
    web: LocalWeb,
    items: Path,
    output: Path,
    run_crawler: Callable[..., Outcome],
    article_html: Callable[..., str],
    *words: str,
) -> tuple[Outcome, Outcome]:
    """Crawl a page that is there, and once more as it is gone."""
    web.page("http://news.example/bridge", article_html())
    before = run_crawler("run", items, "-o", output, web=web)
    web.raw("http://news.example/bridge", lambda handler: handler.send(404, {}, b"none"))
    time.sleep(1.05 - time.time() % 1)
    return before, run_crawler("run", items, "-o", output, "--force", *words, web=web)


def test_a_loss_is_mailed_and_posted_once_with_a_signature_that_others_verify(
    web: LocalWeb,
    tmp_path: Path,
    letters: tuple[Letters, str],
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, address = letters
    monkeypatch.setenv("CRAWLER_NOTIFY", address)
    monkeypatch.setenv("CRAWLER_WEBHOOK", HOOK)
    monkeypatch.setenv("CRAWLER_WEBHOOK_SECRET", SECRET)
    web.raw(HOOK, lambda handler: handler.send(200, {}, b""))
    items, output = tmp_path / "items", tmp_path / "output"
    write_item(items, "bridge", original_url="http://news.example/bridge")
    before, after = crawl_a_loss(web, items, output, run_crawler, article_html)

    assert (before.code, after.code) == (0, 0), before.stderr + after.stderr
    (letter,) = found.taken
    assert letter["Subject"] == f"1 lost ({output})"
    body = letter.get_body(("plain", "html"))
    assert body is not None
    assert "news.example/bridge (not-found)" in body.get_content()

    (posted,) = [request for request in web.requests if request.url == HOOK]
    Verifier(SECRET).verify(posted.body, {name.lower(): v for name, v in posted.headers.items()})
    message = json.loads(posted.body)
    assert message["type"] == "run.ended"
    last = json.loads((output / ".crawler" / "runs.jsonl").read_text().splitlines()[-1])
    assert message["data"] == {"output": str(output), **last}
    assert message["data"]["happened"]["lost"] == 1


def test_a_run_that_cannot_be_done_is_told(
    web: LocalWeb, tmp_path: Path, run_crawler: Callable[..., Outcome], monkeypatch: Any
) -> None:
    monkeypatch.setenv("CRAWLER_WEBHOOK", HOOK)
    web.raw(HOOK, lambda handler: handler.send(204, {}, b""))
    (tmp_path / "items").mkdir()
    assert run_crawler("run", tmp_path / "items", "-o", tmp_path / "out", web=web).code == 2
    (posted,) = [request for request in web.requests if request.url == HOOK]
    message = json.loads(posted.body)
    assert message["type"] == "run.failed"
    assert "there is no item below" in message["data"]["ended"]


@pytest.mark.parametrize(
    ("answers", "tries", "said"),
    [
        ([500, 503, 200], 3, None),
        ([500, 500, 500], 3, "the answer was HTTP 500"),
        ([401], 1, "the answer was HTTP 401"),
        ([302], 1, "the answer was HTTP 302"),
    ],
)
def test_a_webhook_is_tried_again_where_that_may_help_and_its_address_is_in_no_log(
    answers: list[int],
    tries: int,
    said: str | None,
    web: LocalWeb,
    tmp_path: Path,
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    run_crawler: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CRAWLER_WEBHOOK", HOOK)
    monkeypatch.setenv("CRAWLER_NOTIFY", "json://127.0.0.1:9/hunter2")
    left = list(answers)

    def answer(handler: Handler) -> None:
        handler.send(left.pop(0), {"Location": "http://elsewhere.example/"}, b"")

    web.raw(HOOK, answer)
    items, output = tmp_path / "items", tmp_path / "output"
    write_item(items, "bridge", original_url="http://news.example/bridge")
    _, after = crawl_a_loss(web, items, output, run_crawler, article_html, "--verbose")

    assert after.code == 0
    assert len([request for request in web.requests if request.url == HOOK]) == tries
    assert web.count("http://elsewhere.example/") == 0
    assert (f"not told: CRAWLER_WEBHOOK: {said}" in after.stderr) is (said is not None)
    assert "not told: CRAWLER_NOTIFY: JSON could not be told" in after.stderr
    assert "hunter2" not in after.stderr
    assert "abcdef" not in after.stderr
    assert "hunter2" not in (output / ".crawler" / "runs.jsonl").read_text()
