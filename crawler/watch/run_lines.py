"""The log's lines for the begin and the end of a run."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.watch.agenda import Job
    from crawler.watch.child_run import RunOutcome

logger = logging.getLogger("crawler.watch")


def log_begin(job: Job) -> None:
    """Tell that a run begins."""
    facts = {"event": "run-begun", "trigger": str(job.trigger)}
    if job.files is None:
        logger.info("a run of all items begins (%s)", job.trigger, extra=facts)
    else:
        count = len(job.files)
        text = "a run of %d files begins (%s)"
        logger.info(text, count, job.trigger, extra=facts | {"files": count})


def log_end(job: Job, outcome: RunOutcome) -> None:
    """Tell how it ended."""
    facts = {"event": "run-ended", "trigger": str(job.trigger), "exitCode": int(outcome.code)}
    if outcome.summary is None:
        logger.error("the run could not be done: exit code %d", outcome.code, extra=facts)
        return
    summary = outcome.summary
    more = {"visited": summary.done, "written": summary.written, "seconds": summary.seconds}
    text = "the run ended: %d items, %d sources visited, %d files written, exit code %d"
    counts = (summary.items, summary.done, summary.written, outcome.code)
    logger.info(text, *counts, extra=facts | more)
