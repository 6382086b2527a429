"""The enrichers of docs/examples, with a real summarizer and a local endpoint."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

EXAMPLES = Path(__file__).parents[2] / "docs/examples/enrichers"
SITE = "http://news.example"
SUMMARY = {"summary": "article_enrichers.summary:summary"}
MODEL = {"model": "article_enrichers.model:model"}
PARAGRAPHS = [
    "The council of Upper Mill met on Monday. Rain fell. The bridge over the mill pond stays open.",
    "Two beams of the bridge will be repaired by the council in spring. Nobody spoke against it.",
    "The repair of the bridge costs the council 40,000 euros. Tea was served.",
]


class Endpoint(ThreadingHTTPServer):
    """Answers as an OpenAI-compatible server does, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, dict[str, Any]]] = []
        self.status, self.content = 200, json.dumps({"summary": "S. {{ x }}", "tags": ["a", "b"]})
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        message = {"role": "assistant", "content": self.server.content}
        told = {"choices": [{"index": 0, "message": message}], "usage": {"total_tokens": 700}}
        data = json.dumps(told).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1/")
        monkeypatch.setenv("OPENAI_API_KEY", "secret-of-the-test")
        monkeypatch.setenv("ENRICHER_MODEL", "small")
        monkeypatch.setenv("ENRICHER_BUDGET_FILE", str(tmp_path / "budget.json"))
        yield server
        server.shutdown()
        thread.join()


Run = "Callable[..., tuple[Outcome, dict[str, Any]]]"


@pytest.fixture
def run(
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Crawl two items with an enricher; return how it ended, and the first one's block."""
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES))
    for name in "ab":
        paragraphs = [f"{name.upper()}. {text}" for text in PARAGRAPHS * 2]
        web.page(f"{SITE}/{name}", article_html(title=name, paragraphs=paragraphs))
        write_item(tmp_path / "items", name, original_url=f"{SITE}/{name}")

    def crawl(enrichers: dict[str, str]) -> tuple[Outcome, dict[str, Any]]:
        items, output = tmp_path / "items", tmp_path / "out"
        settings = {"CRAWLER_ENRICHERS": json.dumps(enrichers)}
        done = run_crawler("run", items, "-o", output, web=web, settings=settings)
        front = (output / "items/a.md").read_text().split("---\n")[1]
        return done, YAML(typ="safe").load(front)["enrichment"]

    return crawl


def test_a_summary_has_the_sentences_that_say_most(run: Run) -> None:
    pytest.importorskip("sumy", reason="sumy is not installed; the extra [test] has it")
    done, block = run(SUMMARY)
    assert done.code == 0, done.stderr
    summary = block["summary"]
    assert summary["sentences"] == 3
    assert "bridge" in summary["text"]
    assert "Tea was served" not in summary["text"]
    whole = " ".join(PARAGRAPHS)
    assert all(part.strip(" .") in whole for part in summary["text"].split(". ") if len(part) > 3)


def test_marks_of_markdown_are_no_part_of_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sumy", reason="sumy is not installed; the extra [test] has it")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    prose = importlib.import_module("article_enrichers.summary").prose
    text = (
        "## Heading\n\nA *big* [bridge](http://a.example/) of **two** beams.\n\n- a list\n\n> quote"
    )
    assert prose(text) == "A big bridge of two beams."
    for name in [name for name in sys.modules if name.startswith("article_enrichers")]:
        del sys.modules[name]


def test_a_model_is_asked_once_for_each_article(run: Run, endpoint: Endpoint) -> None:
    done, block = run(MODEL)
    assert done.code == 0, done.stderr
    assert block["model"]["summary"] == "S. \uff5b{ x }}"
    assert (block["model"]["tags"], block["model"]["model"]) == (["a", "b"], "small")
    path, key, body = endpoint.asked[0]
    assert (path, key) == ("/v1/chat/completions", "Bearer secret-of-the-test")
    assert body["model"] == "small"
    assert "The bridge over the mill pond stays open." in body["messages"][1]["content"]
    run(MODEL)
    assert len(endpoint.asked) == 2


def test_no_more_tokens_are_spent_in_a_day_than_there_are(
    run: Run, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ENRICHER_TOKENS_A_DAY", "1000")
    done, block = run(MODEL)
    assert len(endpoint.asked) == 1
    assert "the tokens of this day are spent" in done.stderr
    assert json.loads((tmp_path / "budget.json").read_text())["tokens"] == 700
    monkeypatch.setenv("ENRICHER_TOKENS_A_DAY", "5000")
    _, block = run(MODEL)
    assert len(endpoint.asked) == 2
    assert "model" in block


def test_a_dry_run_says_what_it_would_cost_and_asks_nothing(
    run: Run, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENRICHER_DRY_RUN", "1")
    done, block = run(MODEL)
    assert endpoint.asked == []
    assert "model" not in block
    assert f"would ask small about {SITE}/a: up to " in done.stderr


@pytest.mark.parametrize(
    ("status", "content", "told"),
    [
        (500, "{}", "HTTP Error 500"),
        (200, "I cannot do that", "JSONDecodeError"),
        (200, '{"tags": []}', "KeyError"),
    ],
)
def test_an_endpoint_that_fails_is_told_and_costs_no_more_than_it_says(
    run: Run, endpoint: Endpoint, tmp_path: Path, status: int, content: str, told: str
) -> None:
    endpoint.status, endpoint.content = status, content
    done, block = run(MODEL)
    assert done.code == 0
    assert told in done.stderr
    assert "enricher model: 2 of 2 articles failed" in done.stderr
    assert "model" not in block
    spent = json.loads((tmp_path / "budget.json").read_text())["tokens"]
    assert spent == (0 if status == 500 else 1400)
    assert "secret-of-the-test" not in done.stderr
