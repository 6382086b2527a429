"""A report as one document: a verdict, what to do, what became of the sources, sites and runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from crawler import __version__
from crawler.ledger.events import EventKind
from crawler.report.facts import MEANINGS
from crawler.run_log import versions
from crawler.states import State
from crawler.timestamps import moment
from crawler.urls.registered_domain import site_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crawler.report.facts import Facts, Link
    from crawler.report.notes import ItemNotes

SCHEMA_VERSION: Final = 1
TASKS_TOLD: Final = 10
_GROUPED: Final = 3  # links of one site that fail the same way have one cause
_RUNS_TOLD: Final = 60
_LINKS_OF_TASK: Final = 20
_NOTES_TOLD: Final = 200
_FILES_TOLD: Final = 20
_AGES: Final = (("day", 1), ("week", 7), ("month", 31), ("quarter", 92))  # days, below
HEADINGS: Final = {
    EventKind.LOST: "Newly lost",
    EventKind.FAILING: "Newly failing",
    EventKind.BACK: "Back",
    EventKind.CHANGED: "Changed",
}
"""What people read above what happened, in this order."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sources a report lists; the verdict and the states are about all.

    Attributes:
        states: those whose last visit ended in one of these, also where it did not ask; empty: in
            any.
        hosts: those of these sites; empty: of any.
    """

    states: frozenset[State] = frozenset()
    hosts: frozenset[str] = frozenset()

    def has(self, link: Link) -> bool:
        """Whether a source is listed."""
        by_state = not self.states or bool({link.state, link.tried} & self.states)
        return by_state and (not self.hosts or link.site in self.hosts)


def report_document(facts: Facts, chosen: Selection | None = None) -> dict[str, Any]:
    """Return the report as a JSON object; docs/report.md has its keys."""
    wanted = chosen or Selection()
    links = [link for link in facts.links if wanted.has(link)]
    keys = {link.key: link for link in links}
    events = [event for event in facts.events if event.key in keys]
    counts = Counter(event.kind for event in events)
    todo = tasks(links)
    return {
        "schema": SCHEMA_VERSION,
        "madeDateTime": facts.made_at,
        "sinceDateTime": facts.since,
        "output": facts.output,
        "versions": versions(),
        "verdict": _verdict(facts, counts),
        "sources": {
            "total": len(facts.links),
            "failing": sum(link.is_failing for link in facts.links),
            "states": {
                str(state or "not-visited"): count for state, count in facts.states.most_common()
            },
            "lastGood": _ages(facts.links, facts.made_at),
        },
        "items": {"new": facts.new_items, **_notes(facts.notes, keys)},
        "tasks": todo[:TASKS_TOLD],
        "taskCount": len(todo),
        **{
            str(kind): [
                event.as_json() | _where(keys[event.key]) for event in events if event.kind is kind
            ]
            for kind in EventKind
        },
        "links": [link.as_json() for link in links if link.needs_work],
        "sites": _sites(links, facts),
        "runs": [_run(run) for run in facts.runs[-_RUNS_TOLD:]],
        "problems": list(facts.runs[-1].get("problems", ())) if facts.runs else [],
    }


def _ages(links: Sequence[Link], now: str) -> dict[str, int]:
    """Count the sources by how long ago they last gave what is asked of them."""
    counts = dict.fromkeys([*(name for name, _ in _AGES), "older", "never"], 0)
    at = moment(now)
    for link in links:
        good = link.since if link.is_failing else link.checked_at
        if good is None or (link.is_failing and link.title is None):
            counts["never"] += 1
            continue
        days = (at - moment(good)).days
        counts[next((name for name, most in _AGES if days < most), "older")] += 1
    return counts


def _where(link: Link) -> dict[str, Any]:
    return {"url": link.url, "places": list(link.places)}


def _verdict(facts: Facts, counts: Counter[EventKind]) -> dict[str, Any]:
    total = len(facts.links)
    there = sum(link.state is not None and not link.is_failing for link in facts.links)
    last = facts.runs[-1] if facts.runs else None
    ended = None if last is None else str(last.get("ended"))
    failed = [] if last is None else last.get("failedMonitors", [])
    is_fine = ended == "finished" and not counts[EventKind.LOST] and not counts[EventKind.FAILING]
    is_fine = is_fine and not failed
    if last is None:
        begin = "No run is known yet"
    elif ended != "finished":
        begin = f"The last run did not finish ({ended})"
    elif failed:
        begin = "Something is wrong with the last run"
    else:
        begin = "The last run is fine" if is_fine else "The last run is over, and links need a look"
    told = [
        f"{there} of {total} sources give what is asked of them",
        f"{counts[EventKind.LOST]} newly lost",
        f"{counts[EventKind.FAILING]} newly failing",
        f"{counts[EventKind.BACK]} back",
        f"{counts[EventKind.CHANGED]} changed since {facts.since[:10]}",
    ]
    return {"isFine": is_fine, "text": f"{begin}: {', '.join(told)}.", "failedMonitors": failed}


def tasks(links: Sequence[Link]) -> list[dict[str, Any]]:
    """Return what there is to do: what is dead for good first, and what many links share once."""
    by_cause: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        if link.needs_work:
            by_cause[link.site, _cause(link)].append(link)
    made = []
    for (site, cause), of_cause in by_cause.items():
        if len(of_cause) >= _GROUPED:
            made.append(_task(site, cause, of_cause))
        else:
            made += [_task(site, cause, [link]) for link in of_cause]
    return sorted(made, key=lambda task: (_rank(task["cause"]), -task["count"], task["site"]))


def _cause(link: Link) -> str:
    return str(link.state) if link.is_failing else "moved"


def _task(site: str, cause: str, links: list[Link]) -> dict[str, Any]:
    since = [link.since for link in links if link.since is not None]
    if cause == "moved":
        meaning = "the article is at another address now"
        advice = "Look whether it is the same article, and write the address that it leads to."
    else:
        state = State(cause)
        meaning = MEANINGS[state]
        advice = _advice(state, links)
    if any(link.suggestion for link in links):
        advice = "Write the suggested address: crawler fix ITEMS --write does it."
    return {
        "site": site,
        "cause": cause,
        "meaning": meaning,
        "advice": advice,
        "since": min(since, default=None),
        "count": len(links),
        "links": [_task_link(link) for link in links[:_LINKS_OF_TASK]],
    }


def _task_link(link: Link) -> dict[str, Any]:
    return replace(link, title=None, words=0).as_json()


def _advice(state: State, links: list[Link]) -> str:
    if any(link.archive_url for link in links):
        return "Link to the archived copy, or take the link out."
    if state.is_lost:
        return "Find where the article is now, or take the link out."
    if state.is_transient:
        return "Nothing yet: it is tried again by itself. Look at it if it lasts."
    return "Look at the page in a browser, and decide whether the link is to stay."


def _rank(cause: str) -> int:
    if cause == "moved":
        return 1
    state = State(cause)
    if state.is_lost or state is State.ARCHIVED:
        return 0
    return 3 if state.is_transient else 2


def _notes(notes: ItemNotes, keys: Collection[str]) -> dict[str, Any]:
    """Return what the items could be better at, of the sources that are listed."""
    conflicts = [one for one in notes.conflicts if one.key in keys]
    duplicates = [one for one in notes.duplicates if one.key in keys]
    return {
        "conflictCounts": dict(notes.counts.most_common()),
        "conflicts": [
            {
                "place": one.place,
                "url": one.url,
                "field": one.field,
                "item": one.item,
                "page": one.page,
            }
            for one in conflicts[:_NOTES_TOLD]
        ],
        "duplicates": [
            {"url": one.url, "places": list(one.places), "duplicateOf": one.best}
            for one in duplicates[:_NOTES_TOLD]
        ],
        "missing": {
            name: {"count": len(files), "files": files[:_FILES_TOLD]}
            for name, files in notes.missing.items()
        },
    }


def _sites(links: Sequence[Link], facts: Facts) -> list[dict[str, Any]]:
    """Return a row for each site, the worst first."""
    runs = facts.runs
    pauses = {site_of(f"https://{host}"): pause for host, pause in facts.pauses.items()}
    tried = {host["host"]: host for host in (runs[-1].get("hosts", ()) if runs else ())}
    of_site: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        of_site[link.site].append(link)
    rows = []
    for site, its_links in of_site.items():
        failing = [link for link in its_links if link.is_failing]
        row: dict[str, Any] = {"site": site, "sources": len(its_links), "failing": len(failing)}
        if failing:
            causes = Counter(link.state for link in failing)
            row["fails"] = {str(state): count for state, count in causes.most_common()}
        if site in tried:
            tally = tried[site]
            row |= {"tries": tally["tries"], "failures": tally["failures"]}
            row["meanSeconds"] = round(tally["seconds"] / max(tally["tries"], 1), 3)
        if site in pauses:
            row["pausedUntil"], row["pauseReason"] = pauses[site]
        if site in facts.robots:
            row["robotsStatus"] = facts.robots[site]
        rows.append(row)
    return sorted(rows, key=lambda row: (-row["failing"], -row["sources"], row["site"]))


def _run(run: dict[str, Any]) -> dict[str, Any]:
    held = run.get("sources", {}).get("held", {})
    happened = run.get("happened", {})
    return {
        "startedDateTime": run["startedDateTime"],
        "seconds": run.get("seconds", 0.0),
        "ended": run.get("ended", ""),
        "sources": sum(held.values()),
        "ok": held.get("ok", 0),
        **{str(kind): happened.get(str(kind), 0) for kind in EventKind},
        "version": run.get("versions", {}).get("crawler", __version__),
    }
