"""A report as one HTML file, which needs no network and no script to be read.

All that strangers wrote passes Jinja2's escaping, addresses the filter `href`, and a
Content-Security-Policy lets nothing run or load but our own script and style (by their hashes) and
the articles' images.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment
from markupsafe import Markup

from crawler.report.document import HEADINGS, Selection, report_document
from crawler.report.facts import MEANINGS
from crawler.sanitize import http_url, visible
from crawler.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Template

    from crawler.report.facts import Facts, Link

_AGES: Final = {  # tone, and words
    "day": (0, "within a day"),
    "week": (0, "within a week"),
    "month": (1, "within a month"),
    "quarter": (2, "within three months"),
    "older": (3, "longer ago"),
    "never": (4, "never"),
}
_MOST_TOPICS: Final = 200
_CHART: Final = (220, 48)  # width and height, in units of its own


def html_report(facts: Facts, chosen: Selection | None = None, *, live: str | None = None) -> str:
    """Return a report as a whole HTML document.

    Args:
        live: where its server says how the run is that goes on; None: it has none.
    """
    wanted = chosen or Selection()
    document = report_document(facts, wanted)
    articles = [link for link in facts.links if link.title and wanted.has(link)]
    style, script = _asset("page.css.jinja"), _asset("page.js.jinja")
    connect = "connect-src 'self'; "
    page: str = _template().render(
        report=document,
        articles=articles,
        headings=HEADINGS,
        meanings={str(state): meaning for state, meaning in MEANINGS.items()},
        bar=_bar(document["sources"]["states"]),
        ages=_age_bar(document["sources"]["lastGood"]),
        charts=_charts(document["runs"]),
        languages=sorted({link.language for link in articles if link.language}),
        topics=_topics(articles),
        live=live,
        style=Markup(style),  # noqa: S704 - our own
        script=Markup(script),  # noqa: S704 - our own
        policy=(
            "default-src 'none'; img-src http: https:; "
            f"{'' if live is None else connect}"
            f"style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
    )
    return page


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"href": _href, "shown": _shown}
    return environment.from_string(_asset("page.html.jinja"))


def _asset(name: str) -> str:
    return files("crawler.report").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _href(url: str | None) -> str:
    """Return a URL that a click may follow, or else nothing."""
    return (http_url(url) or "") if url else ""


def _shown(text: object) -> str:
    """Return a text without what reorders or hides what is around it."""
    return visible(str(text))


def _topics(articles: Sequence[Link]) -> dict[str, int]:
    """Return the commonest topics by name, each with its place in the list to choose from."""
    counts = Counter(topic for link in articles for topic in link.topics)
    names = sorted((name for name, _ in counts.most_common(_MOST_TOPICS)), key=str.casefold)
    return {name: place for place, name in enumerate(names, 1)}


def _bar(states: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the parts of the stacked bar, 0 to 100; what is good comes first."""
    total = sum(states.values()) or 1
    parts, at = [], 0.0
    for name, count in sorted(states.items(), key=lambda part: (_tone(part[0]), -part[1])):
        width = 100 * count / total
        part = {"state": name, "count": count, "x": at, "width": width, "tone": _tone(name)}
        parts.append(part)
        at += width
    return parts


def _age_bar(ages: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the parts of the bar of how long ago sources were last good, 0 to 100."""
    total = sum(ages.values()) or 1
    parts, at = [], 0.0
    for name, count in ages.items():
        width = 100 * count / total
        tone, words = _AGES[name]
        parts.append({"words": words, "count": count, "x": at, "width": width, "tone": tone})
        at += width
    return [part for part in parts if part["count"]]


def _tone(name: str) -> int:
    """0: good, 1: may pass, 2: another failure, 3: lost, 4: not visited."""
    if name not in set(State):
        return 4
    state = State(name)
    if state.is_good and state is not State.ARCHIVED:
        return 0
    if state.is_lost or state is State.ARCHIVED:
        return 3
    return 1 if state.is_transient else 2


def _charts(runs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what is drawn of the runs: a title, the last and the highest value, and points."""
    series = {
        "ok, per cent": [100 * run["ok"] / (run["sources"] or 1) for run in runs],
        "newly lost": [run["lost"] for run in runs],
        "articles changed": [run["changed"] for run in runs],
        "duration, seconds": [run["seconds"] for run in runs],
    }
    return [_chart(title, values) for title, values in series.items()] if len(runs) > 1 else []


def _chart(title: str, values: Sequence[float]) -> dict[str, Any]:
    width, height = _CHART
    highest = max(*values, 1)
    points = " ".join(
        f"{width * number / (len(values) - 1):.1f},{height - height * value / highest:.1f}"
        for number, value in enumerate(values)
    )
    return {"title": title, "points": points, "last": round(values[-1], 1), "highest": highest}
