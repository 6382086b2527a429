from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from crawler.downloader.browser import find_chromium
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb

NEWS = "http://news.example/app"
SHELL = "<!DOCTYPE html><html><head><title>App</title></head><body><script src=/app.js></script>"
SCRIPT = """fetch("/api").then(r => r.json()).then(t => {
document.body.innerHTML = "<main><article><h1>App</h1>" + t.map(p => "<p>" + p + "</p>").join("");
});"""
TEXT = "The lighthouse keeper counted the boats that came home before the storm broke. " * 3
pytestmark = [
    pytest.mark.skipif(find_chromium() is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.xdist_group("heavy"),
]


@pytest.mark.parametrize(
    ("way", "rule", "state"),
    [
        ("rules", "true", "ok"),
        ("rules", "false", "empty"),
        ("empty", "false", "ok"),
        ("off", "true", "empty"),
    ],
)
def test_scripts_are_run_where_a_rule_or_the_setting_says_so(
    web: LocalWeb,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
    way: str,
    rule: str,
    state: str,
) -> None:
    items, rules = tmp_path / "items", tmp_path / "rules.toml"
    write_item(items, "a", original_url=NEWS)
    rules.write_text(f'[[rule]]\ndomain = "news.example"\njavascript = {rule}\n')
    web.page(NEWS, SHELL)
    web.page("http://news.example/app.js", SCRIPT, headers={"Content-Type": "text/javascript"})
    json = {"Content-Type": "application/json"}
    web.page("http://news.example/api", f'["{TEXT}", "{TEXT}"]', headers=json)
    settings = {"CRAWLER_RULES": rules, "CRAWLER_JAVASCRIPT": way}
    outcome = run_crawler("run", items, "-o", tmp_path / "out", web=web, settings=settings)
    assert f"INFO {state} {NEWS}" in outcome.stderr, outcome.stderr
    assert ("its scripts were run" in outcome.stderr) == (state == "ok")
    assert (web.count("http://news.example/api") == 1) == (state == "ok")
    assert web.count(NEWS) == 1
    written = next((tmp_path / "out" / "items").rglob("*.md")).read_text()
    assert ("lighthouse keeper" in written) == (state == "ok")


def test_what_scripts_ask_for_is_asked_with_the_manners_of_the_crawl(
    web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> None:
    web.page(NEWS, SHELL)
    web.page("http://news.example/app.js", SCRIPT, headers={"Content-Type": "text/javascript"})
    web.page("http://news.example/api", f'["{TEXT}"]')
    web.page("http://news.example/robots.txt", "User-agent: *\nDisallow: /api", headers={})
    settings = {"CRAWLER_JAVASCRIPT": "empty"}
    tried = run_crawler("try", NEWS, "--json", web=web, settings=settings)
    assert (tried.code, tried.json["state"]) == (1, "empty"), tried.stderr
    assert tried.json["detail"] == "its scripts were run and left it empty"
    assert web.count("http://news.example/app.js") == 1
    assert web.count("http://news.example/api") == 0

    web.page("http://news.example/robots.txt", "", headers={})
    tried = run_crawler("try", NEWS, "--json", web=web, settings=settings)
    assert (tried.code, tried.json["state"]) == (0, "ok"), tried.stderr
    (body,) = (row["value"] for row in tried.json["fields"] if row["field"] == "body")
    assert body.startswith("The lighthouse keeper")


@pytest.mark.parametrize(
    ("page", "is_asked"),
    [(NEWS, False), ("http://93.184.216.34/a", False), ("http://10.1.2.3/a", True)],
)
def test_scripts_of_the_internet_reach_no_allowed_network(
    web: LocalWeb, run_crawler: Callable[..., Outcome], page: str, is_asked: bool
) -> None:
    inside = "http://10.0.0.5/people.txt"
    asks = (
        f"fetch('{inside}', {{mode: 'no-cors'}}); "
        f"document.write('<script src={inside}><' + '/script>'); fetch('/elsewhere')"
    )
    web.page(page, f"<body><script>{asks}</script>")
    web.page(inside, TEXT, headers={"Content-Type": "text/javascript"})
    web.redirect(page.rpartition("/")[0] + "/elsewhere", inside)
    settings = {"CRAWLER_JAVASCRIPT": "empty", "CRAWLER_ALLOWED_NETWORKS": "10.0.0.0/8"}
    run_crawler("try", page, "--json", web=web, settings=settings)
    assert web.count(page) == 1
    assert (web.count(inside) > 0) == is_asked
    assert (web.count("http://10.0.0.5/robots.txt") > 0) == is_asked


def test_scripts_of_a_page_tell_no_other_site_where_they_are(
    web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> None:
    other = "http://api.example/data"
    web.page(
        NEWS,
        f"<body><script>fetch('{other}').then(r => r.text()).then(t => {{"
        "document.body.innerHTML = '<article><h1>App</h1><p>' + t; })</script>",
    )
    allowed = {"Content-Type": "text/plain", "Access-Control-Allow-Origin": "http://news.example"}
    web.page(other, TEXT * 3, headers=allowed)
    settings = {"CRAWLER_JAVASCRIPT": "empty"}
    tried = run_crawler("try", NEWS, "--json", web=web, settings=settings)
    assert tried.json["state"] == "ok", tried.stderr
    (asked,) = [one for one in web.requests if one.host == "api.example" and one.path == "/data"]
    assert asked.headers["Origin"] == "http://news.example"
    assert "Referer" not in asked.headers


def test_a_page_whose_scripts_lead_elsewhere_is_as_it_was(
    web: LocalWeb,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
    article_html: Callable[..., str],
    tmp_path: Path,
) -> None:
    items, output = tmp_path / "items", tmp_path / "out"
    write_item(items, "a", original_url=NEWS)
    web.page(NEWS, article_html(title="Kept"))
    settings = {"CRAWLER_JAVASCRIPT": "empty"}
    run_crawler("run", items, "-o", output, web=web, settings=settings)
    web.page(NEWS, "<body><div id=root></div><script>location = '/place'</script>")
    again = run_crawler("run", items, "-o", output, "--force", web=web, settings=settings)
    assert f"INFO empty {NEWS}" in again.stderr
    assert "they lead to http://news.example/place" in again.stderr
    assert web.count("http://news.example/place") == 0
    assert "Kept" in next((output / "items").rglob("*.md")).read_text()


def test_scripts_that_could_not_be_run_say_nothing_of_an_article(
    web: LocalWeb, run_crawler: Callable[..., Outcome]
) -> None:
    web.page(NEWS, "<body><div id=root></div><script>for (;;) {}</script>")
    settings = {"CRAWLER_JAVASCRIPT": "empty", "CRAWLER_BROWSER": "/bin/false"}
    tried = run_crawler("try", NEWS, "--json", web=web, settings=settings)
    assert tried.json["state"] == "internal-error"
    assert tried.json["detail"].startswith("its scripts were not run: ")


def test_a_script_that_never_ends_holds_up_no_stop_and_teaches_nothing(
    web: LocalWeb,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
) -> None:
    items, output = tmp_path / "items", tmp_path / "out"
    write_item(items, "a", original_url=NEWS)
    web.page(NEWS, f"{SHELL}<script>for (;;) {{}}</script>")
    web.page("http://news.example/app.js", "", headers={"Content-Type": "text/javascript"})
    settings = {"CRAWLER_JAVASCRIPT": "empty", "CRAWLER_STOP_GRACE": 1}
    crawl = subprocess.Popen(
        arguments("run", items, "-o", output, settings=settings), env=environment(web)
    )
    try:
        until = time.monotonic() + 30
        while web.count("http://news.example/app.js") == 0 and time.monotonic() < until:
            time.sleep(0.05)
        crawl.send_signal(signal.SIGINT)
        assert crawl.wait(timeout=10) == 130
    finally:
        crawl.kill()
        crawl.wait()
    due = run_crawler("run", items, "-o", output, "--dry-run")
    assert due.stdout == f"new\t{NEWS}\n"


def test_where_there_is_no_browser_that_is_told(
    web: LocalWeb,
    write_item: Callable[..., Path],
    run_crawler: Callable[..., Outcome],
    tmp_path: Path,
) -> None:
    items, rules = tmp_path / "items", tmp_path / "rules.toml"
    write_item(items, "a", original_url=NEWS)
    rules.write_text('[[rule]]\ndomain = "news.example"\njavascript = true\n')
    web.page(NEWS, SHELL)
    settings = {"CRAWLER_RULES": rules, "CRAWLER_BROWSER": "/nowhere/chromium"}
    words = ("run", items, "-o", tmp_path / "out")
    outcome = run_crawler(*words, web=web, settings=settings)
    assert "rules ask for JavaScript, but there is no browser" in outcome.stderr
    assert f"INFO empty {NEWS} (HTTP 200, rules.toml:1: needs JavaScript)" in outcome.stderr
    settings["CRAWLER_JAVASCRIPT"] = "empty"
    refused = run_crawler(*words, web=web, settings=settings)
    assert refused.code == 2
    assert "CRAWLER_JAVASCRIPT: needs Chromium and the extra" in refused.stderr
