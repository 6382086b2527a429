"""A report as Markdown, for a job summary or an issue; strangers' texts come out inert."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from crawler.report.document import HEADINGS
from crawler.sanitize import code_text, markdown_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ROWS: Final = 100  # of a section; a job summary takes 1 MiB


def markdown_report(document: Mapping[str, Any]) -> str:
    """Return a report (see `crawler.report.document`) as GitHub-flavoured Markdown."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    verdict = document["verdict"]
    yield f"## {'✅' if verdict['isFine'] else '❌'} {markdown_text(verdict['text'])}"
    yield from _failed(verdict["failedMonitors"])
    if document["tasks"]:
        yield from ("", "### What to do", "")
        for task in document["tasks"]:
            yield from _task(task)
        if (left := document["taskCount"] - len(document["tasks"])) > 0:
            yield f"- … and {left} more"
    for name, heading in HEADINGS.items():
        if rows := document[name]:
            yield from ("", f"### {heading} ({len(rows)})", "")
            yield from map(_event, rows[:_ROWS])
            if len(rows) > _ROWS:
                yield f"- … and {len(rows) - _ROWS} more"
    yield from _items(document["items"])
    if worst := [site for site in document["sites"] if site["failing"]][:_ROWS]:
        yield from ("", "### Sites that fail", "", "| site | sources | failing | why |")
        yield "|---|---:|---:|---|"
        for site in worst:
            why = ", ".join(f"{state} {count}" for state, count in site["fails"].items())
            counts = f"{site['sources']} | {site['failing']}"
            yield f"| {markdown_text(site['site'])} | {counts} | {why} |"


def _failed(monitors: list[dict[str, str]]) -> Iterator[str]:
    if monitors:
        yield ""
    for failed in monitors:
        yield f"- **{markdown_text(failed['name'])}**: {markdown_text(failed['message'])}"


def _items(notes: Mapping[str, Any]) -> Iterator[str]:
    told = [
        f"- item and page disagree on {field}: {count}"
        for field, count in notes["conflictCounts"].items()
    ]
    told += [f"- copies of other articles: {len(notes['duplicates'])}"] * bool(notes["duplicates"])
    told += [f"- without {field}: {lacks['count']}" for field, lacks in notes["missing"].items()]
    if told:
        yield from ("", "### Items", "", *told)


def _task(task: Mapping[str, Any]) -> Iterator[str]:
    since = f", since {task['since'][:10]}" if task["since"] else ""
    cause = f"{task['meaning']} ({task['cause']}{since})"
    yield f"- **{markdown_text(task['site'])}**: {cause}. {task['advice']}"
    for link in task["links"]:
        places = ", ".join(_code(place) for place in link.get("places", ()))
        suggestion = f" → {_code(link['suggestion'])}" if "suggestion" in link else ""
        why = f" ({markdown_text(link['why'])})" if "why" in link else ""
        yield f"  - {places} {_code(link['url'])}{suggestion}{why}"


def _event(event: Mapping[str, Any]) -> str:
    title = f" {markdown_text(event['title'])}" if event.get("title") else ""
    told = event["state"]
    if event["event"] == "changed":
        told = f"{' and '.join(event['fields'])}, {event['wordsBefore']} → {event['words']} words"
    elif event.get("since"):
        told += f", {'had failed ' if event['event'] == 'back' else ''}since {event['since'][:10]}"
    places = ", ".join(_code(place) for place in event["places"][:3])
    return f"- {_code(event['url'])}{title} ({told}) {places}".rstrip()


def _code(text: str) -> str:
    """Return a code span that shows a text, whatever backticks are in it."""
    code = " ".join(code_text(text).split())
    ticks = "`" * (1 + max(map(len, re.findall("`+", code)), default=0))
    space = " " if "`" in code else ""
    return f"{ticks}{space}{code}{space}{ticks}"
