"""The dashboard for Grafana asks for what a real Prometheus has of a real watch."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from crawler.watch.metrics import Metrics
from tests.watch.conftest import wait_for
from tests.web.item_files import write_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.watch.conftest import Watching
    from tests.web.local_web import LocalWeb

FILE = Path(__file__).parents[2] / "docs/examples/grafana/crawler.json"
DASHBOARD = json.loads(FILE.read_text("utf-8"))
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
EMPTY_AT_FIRST = ("crawler_posts_total",)  # nobody has posted anything
# What Grafana puts in: https://grafana.com/docs/grafana/latest/dashboards/variables/
RATE_INTERVAL = "1m"


def test_each_panel_has_a_place_and_a_number_of_its_own() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [
        (x, y)
        for panel in panels
        for grid in [panel["gridPos"]]
        for x in range(grid["x"], grid["x"] + grid["w"])
        for y in range(grid["y"], grid["y"] + grid["h"])
    ]
    assert len(set(places)) == len(places)
    assert max(x for x, _ in places) == 23, "a row has 24 columns"


def test_the_dashboard_knows_no_data_source_but_the_one_that_is_chosen() -> None:
    sources = [panel["datasource"]["uid"] for panel in DASHBOARD["panels"]]
    sources += [t["datasource"]["uid"] for panel in DASHBOARD["panels"] for t in panel["targets"]]
    assert set(sources) == {"${datasource}"}
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["query"]) == ("datasource", "prometheus")


def test_the_dashboard_asks_for_metrics_that_there_are() -> None:
    told = {sample.name for metric in Metrics().registry.collect() for sample in metric.samples}
    families = {metric.name for metric in Metrics().registry.collect()}
    counters = {f"{metric.name}_total" for metric in Metrics().registry.collect()}
    asked = {name for query in QUERIES for name in re.findall(r"crawler_\w+", query)}
    assert asked <= told | families | counters


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Callable[[int], int]]:
    """Start Prometheus on a target's port; give its own port."""
    started: list[subprocess.Popen[bytes]] = []

    def start(target: int) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        job = {"job_name": "crawler", "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}
        config = tmp_path / "prometheus.json"  # JSON is YAML, too
        config.write_text(
            json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": [job]})
        )
        started.append(
            subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={config}",
                    f"--storage.tsdb.path={tmp_path / 'data'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=error",
                ]
            )
        )
        return port

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


@pytest.mark.skipif(shutil.which("prometheus") is None, reason="Prometheus is not installed")
@pytest.mark.timeout(120)
def test_a_real_prometheus_answers_all_that_the_dashboard_asks(
    watch: Callable[..., Watching],
    prometheus: Callable[[int], int],
    items: Path,
    web: LocalWeb,
    article_html: Callable[..., str],
) -> None:
    web.page("http://first.example/a", article_html())
    write_item(items, "first", original_url="http://first.example/a")
    write_item(items, "lost", original_url="http://lost.example/a")
    watching = watch("--http", 0)
    (listening,) = watching.await_events("listening")
    watching.await_runs(1)
    port = prometheus(listening["port"])

    def ask(query: str) -> list[Any]:
        query = query.replace("$__rate_interval", RATE_INTERVAL)
        url = f"http://127.0.0.1:{port}/api/v1/query?{urlencode({'query': query})}"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(url, timeout=10) as answer:
            document = json.load(answer)
        assert document["status"] == "success"
        found: list[Any] = document["data"]["result"]
        return found

    def has_two_samples() -> bool:
        try:
            return int(ask("count_over_time(crawler_items[1h])")[0]["value"][1]) > 1
        except (OSError, IndexError):  # it still starts
            return False

    wait_for(has_two_samples)
    for query in QUERIES:
        is_empty = any(name in query for name in EMPTY_AT_FIRST)
        assert bool(ask(query)) is not is_empty, query
    (good,) = ask(QUERIES[0])
    assert good["value"][1] == "0.5"
