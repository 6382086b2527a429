"""Enrichers add to items what they make of articles: once, within bounds, and never fatally."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from crawler import read_enriched

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

SITE = "http://news.example"
FUNCTIONS = Path(__file__).with_name("functions.py.txt")


class Portal:
    """Items of a site, and enrichers of somebody's."""

    def __init__(self, folder: Path, web: LocalWeb, run: Callable[..., Outcome]) -> None:
        self.folder, self.web, self._run = folder, web, run
        shutil.copyfile(FUNCTIONS, folder / "ours.py")

    def run(
        self, *words: str, enrichers: dict[str, str] | None = None, **settings: object
    ) -> Outcome:
        named = {"facts": "ours:facts"} if enrichers is None else enrichers
        chosen = {"CRAWLER_ENRICHERS": json.dumps(named), **settings}
        items, output = self.folder / "items", self.folder / "out"
        return self._run("run", items, "-o", output, *words, web=self.web, settings=chosen)

    def calls(self) -> list[str]:
        """Articles that `facts` was given since this was asked last."""
        file = self.folder / "calls"
        told = file.read_text().split() if file.exists() else []
        file.unlink(missing_ok=True)
        return sorted(told)

    def block(self, name: str, folder: str = "out/items") -> dict[str, Any]:
        text = (self.folder / folder / f"{name}.md").read_text()
        front = text.split("---\n")[1]
        block: dict[str, Any] = YAML(typ="safe").load(front)["enrichment"]
        return block

    def files(self) -> dict[str, bytes]:
        folder = self.folder / "out"
        found = [path for path in folder.rglob("*.md") if path.is_file()]
        return {str(path): path.read_bytes() for path in found}


@pytest.fixture
def portal(
    tmp_path: Path,
    web: LocalWeb,
    run_crawler: Callable[..., Outcome],
    write_item: Callable[..., Path],
    article_html: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Portal]:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(names: str = "a") -> Portal:
        for name in names:
            text = [f"What {name} says of the bridge and of the town."] * 20
            web.page(f"{SITE}/{name}", article_html(title=name, paragraphs=text))
            urls = [f"{SITE}/{name}"]
            write_item(tmp_path / "items", name, original_url=urls[0], related=[f"{SITE}/gone"])
        return Portal(tmp_path, web, run_crawler)

    return make


def test_a_result_is_added_under_the_enrichers_name_and_made_inert(
    portal: Callable[..., Portal],
) -> None:
    news = portal("ab")
    done = news.run()
    assert done.code == 0, done.stderr
    facts = news.block("a")["facts"]
    assert len(facts.pop("madeFrom")) == 16
    assert facts == {
        "title": "\uff5b{ a }}\u2039script\u203a",
        "words": 200,
        "category": "news",
        "day": "2024-05-14",
        "tags": ["a", {"name": "b", "isNew": True}],
    }
    assert "script\u203a" in news.block("b")["facts"]["title"]
    assert news.calls() == ["a", "b"]
    assert "this is not an answer" in done.stderr


def test_what_was_made_once_is_not_made_again(portal: Callable[..., Portal]) -> None:
    news = portal("ab")
    news.run()
    before = news.files()
    news.calls()
    assert news.run("--force").code == 0
    assert news.calls() == []
    assert news.files() == before


def test_a_changed_text_is_given_again(
    portal: Callable[..., Portal], article_html: Callable[..., str]
) -> None:
    news = portal("ab")
    news.run()
    old = news.block("a")["facts"]
    news.calls()
    text = ["What a says of the bridge and of the town."] * 21
    news.web.page(f"{SITE}/a", article_html(title="a", paragraphs=text))
    news.run("--force")
    assert news.calls() == ["a"]
    assert news.block("a")["facts"]["words"] == old["words"] + 10
    assert news.block("a")["facts"]["madeFrom"] != old["madeFrom"]


def test_a_new_version_makes_all_anew(portal: Callable[..., Portal]) -> None:
    news = portal("ab")
    news.run()
    news.calls()
    (news.folder / "version").write_text("2")
    news.run()
    assert news.calls() == ["a", "b"]


def test_with_the_ledger_lost_results_are_taken_over_from_the_files(
    portal: Callable[..., Portal],
) -> None:
    news = portal("ab")
    news.run()
    before = news.files()
    news.calls()
    shutil.rmtree(news.folder / "out/.crawler")
    assert news.run().code == 0
    assert news.calls() == []
    assert news.files() == before


def test_results_are_read_and_exported(
    portal: Callable[..., Portal], run_crawler: Callable[..., Outcome]
) -> None:
    news = portal()
    news.run()
    facts = news.block("a")["facts"]
    assert read_enriched(news.folder / "out/items/a.md").results == {"facts": facts}
    assert run_crawler("export", "-o", news.folder / "out", cwd=news.folder).code == 0
    rows = (news.folder / "export/links.jsonl").read_text("utf-8").splitlines()
    own, gone = map(json.loads, rows)
    assert json.loads(own["results"]) == {"facts": facts}
    assert gone["results"] is None


def test_without_the_enricher_its_results_go_and_come_back(portal: Callable[..., Portal]) -> None:
    news = portal()
    news.run()
    before = news.files()
    news.run(enrichers={})
    assert "facts" not in news.block("a")
    news.calls()
    news.run()
    assert news.files() == before
    assert news.calls() == []


def test_items_in_place_are_enriched_and_stripped(
    portal: Callable[..., Portal], run_crawler: Callable[..., Outcome]
) -> None:
    news = portal()
    item = news.folder / "items/a.md"
    original = item.read_bytes()
    assert news.run("--in-place").code == 0
    assert news.block("a", "items")["facts"]["category"] == "news"
    run_crawler("strip", news.folder / "items", "-o", news.folder / "out", "--write")
    assert item.read_bytes() == original


def test_failures_are_told_and_fatal_to_nothing(portal: Callable[..., Portal]) -> None:
    news = portal("abcde")
    done = news.run(
        enrichers={"bad": "ours:bad", "facts": "ours:facts"}, CRAWLER_ENRICHER_SECONDS=3
    )
    assert done.code == 0
    for name, told in {
        "a": "a.md: bad ValueError: no \uff5b% good %",
        "b": "b.md: bad was not done within 3 seconds",
        "c": "c.md: bad its process ended with 3",
        "d": "d.md: bad gave list, and no mapping",
    }.items():
        assert told in done.stderr
        assert "bad" not in news.block(name)
    assert news.block("e")["bad"]["ok"] is True
    assert news.calls() == list("abcde")
    assert "enricher bad: 4 of 5 articles failed" in done.stderr


def test_what_cannot_be_written_is_refused(portal: Callable[..., Portal]) -> None:
    news = portal("ab")
    done = news.run(enrichers={"keys": "ours:keys"})
    assert "a.md: keys gave what cannot be written: not a plain camelCase key" in done.stderr
    assert "b.md: keys gave more than 65536 bytes" in done.stderr
    assert "keys" not in news.block("a")


def test_one_that_fails_in_a_row_is_left_alone_until_the_next_run(
    portal: Callable[..., Portal],
) -> None:
    news = portal("abcdefg")
    done = news.run(enrichers={"broken": "ours:broken"})
    assert done.code == 0
    told = "enricher broken: 5 of 5 articles failed; it is left alone until the next run"
    assert told in done.stderr


def test_a_run_gives_no_more_articles_than_it_may(portal: Callable[..., Portal]) -> None:
    news = portal("abcde")
    news.run(CRAWLER_ENRICHER_LIMIT=2)
    assert len(news.calls()) == 2
    news.run(CRAWLER_ENRICHER_LIMIT=2)
    assert len(news.calls()) == 2
    news.run()
    assert len(news.calls()) == 1


def test_one_that_has_nothing_to_give_now_is_asked_again(portal: Callable[..., Portal]) -> None:
    news = portal()
    (news.folder / "later").touch()
    done = news.run(enrichers={"later": "ours:later"})
    assert "later" not in news.block("a")
    assert "failed" not in done.stderr
    (news.folder / "later").unlink()
    news.run(enrichers={"later": "ours:later"})
    assert news.block("a")["later"]["now"] is True


def test_a_command_reads_json_and_writes_json(portal: Callable[..., Portal]) -> None:
    news = portal("abc")
    script = news.folder / "count"
    script.write_text(
        "#!/usr/bin/env python3\n"
        "import json, sys\n"
        "told = json.load(sys.stdin)\n"
        "sys.exit(4) if told['article']['title'] == 'b' else None\n"
        "print(' ' * 2_000_000) if told['article']['title'] == 'c' else None\n"
        "print(json.dumps({'letters': len(told['article']['text']), 'by': sys.argv[1]}))\n"
    )
    script.chmod(0o755)
    done = news.run(enrichers={"count": f"command: {script} --short"})
    assert news.block("a")["count"]["by"] == "--short", done.stderr
    assert news.block("a")["count"]["letters"] > 800
    assert "b.md: count ended with 4" in done.stderr
    assert "c.md: count said too much" in done.stderr


@pytest.mark.parametrize(
    ("enrichers", "told"),
    [
        ({"topics": "ours:facts"}, "topics: is a field of ours"),
        ({"my facts": "ours:facts"}, "my facts: not a plain camelCase key"),
        ({"x": "nowhere:facts"}, "x: nowhere:facts cannot be loaded: ModuleNotFoundError"),
        ({"x": "ours:none"}, "x: ours:none cannot be loaded: AttributeError"),
        ({"x": "ours:no_function"}, "x: ours:no_function is no function"),
        ({"x": "command: /no/such/program"}, "x: there is no program '/no/such/program'"),
        ({"x": "unknown"}, "x: 'unknown' is neither package.module:function nor"),
    ],
)
def test_one_that_cannot_be_used_ends_the_run_before_it_begins(
    portal: Callable[..., Portal], enrichers: dict[str, str], told: str
) -> None:
    news = portal()
    done = news.run(enrichers=enrichers)
    assert done.code == 2
    assert f"CRAWLER_ENRICHERS: {told}" in done.stderr
    assert not (news.folder / "out").exists()


SLOW = """#!/usr/bin/env python3
import os, sys, time
with open(sys.argv[1], "a") as file:
    print(os.getpid(), [name for name in os.environ if "WEBHOOK" in name], file=file)
time.sleep(60)
"""


def test_a_stop_ends_enrichers_with_the_run_and_the_run_is_remembered(
    portal: Callable[..., Portal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRAWLER_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    news = portal("ab")
    script, asked = news.folder / "slow", news.folder / "asked"
    script.write_text(SLOW)
    script.chmod(0o755)
    done = news.run(
        "--json",
        enrichers={"slow": f"command: {script} {asked}"},
        CRAWLER_MAX_RUN_SECONDS=4,
        CRAWLER_STOP_GRACE=2,
    )
    assert done.json["ended"] == "out of time", done.stderr
    last = (news.folder / "out/.crawler/runs.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["ended"] == "out of time"
    pid, secrets = asked.read_text().splitlines()[0].split(" ", 1)
    assert not Path(f"/proc/{pid}").exists()
    assert secrets == "[]"
