"""One run over items, a ledger and an output folder, without the web and without Scrapy."""

from __future__ import annotations

import logging
import sqlite3
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from crawler.exceptions import Problem
from crawler.extraction.article import Article
from crawler.images.copies import keep_copy, record_of
from crawler.items.intake import Intake, IntakeCount, absolute
from crawler.ledger.better import as_it_counted
from crawler.ledger.database import is_damage
from crawler.ledger.ledger import DueSource, Ledger, Wanted
from crawler.ledger.revisit import RevisitPolicy
from crawler.ledger.set_aside import open_or_renew, set_ledger_aside
from crawler.monitors import RUNS_COMPARED, MonitorLimits, failed_monitors
from crawler.output.adoption import Adoption
from crawler.output.atomic import refuse_outside, sweep_leftovers
from crawler.output.layout import Layout, lock_output
from crawler.output.publish import Publisher
from crawler.run_log import append_run, latest_done, run_record
from crawler.sanitize import plain_text
from crawler.summary import INTERRUPTED, ExitCode, RunSummary, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from crawler.images.policy import ImagePolicy
    from crawler.images.size import ImageFacts
    from crawler.ledger.records import ImageRecord, ItemRecord, Visit
    from crawler.options import CrawlOptions
    from crawler.output.enriched import Additions

logger = logging.getLogger("crawler.run")


@dataclass(slots=True)
class WantedImages:
    """URLs of images by the key of their source; `last` is where to go on, None: nowhere."""

    last: int | None
    urls: dict[str, list[str]] = field(default_factory=dict)


_BATCH: Final = 200  # sources a transaction
_ALWAYS_WRITTEN: Final = 20  # items of a visit, also while the run is being stopped


class NoItemsError(RuntimeError):
    """There is no item below the paths of a run, or none that is like its globs."""


class RunSession:
    """The bookkeeping of a run: read items, plan, settle visits, bring files up to date.

    Synchronous and used by one thread at a time; the caller visits the sources that `due`
    gives and hands each visit to `store_visit`.

    Args:
        on_problem: is told each defect of an input or a file, once.
        should_stop: asked between items; True ends long work early.
        revisit: when sources are due again.
        limits: what the monitors allow.
        duplicates: whether copies of articles are looked for.
        additions: what is written beyond what every item gets.
        anew: put the ledger aside that is there, and make it from what was written.

    Raises:
        OutputBusyError: another run holds the output folder (unless options say to wait).
        UnsafePathError: the books of the output folder are symlinks.
    """

    def __init__(
        self,
        options: CrawlOptions,
        *,
        on_problem: Callable[[str], None],
        should_stop: Callable[[], bool],
        revisit: RevisitPolicy | None = None,
        limits: MonitorLimits | None = None,
        duplicates: bool = True,
        additions: Additions | None = None,
        anew: bool = False,
    ) -> None:
        self.options = options
        self._duplicates = duplicates
        self._revisit = revisit or RevisitPolicy()
        self._limits = limits or MonitorLimits.from_settings({})
        self.summary = RunSummary()
        self.layout = Layout(options.output, in_place=options.in_place)
        self._report = on_problem
        self._has_items = False
        self._taken: tuple[Path, ...] = ()
        self._should_stop = should_stop
        self.record: dict[str, Any] = {}  # in the log of runs, once it has ended
        self._started = time.monotonic()
        self._started_at = datetime.now(UTC)
        self.layout.refuse_links()
        self._lock = lock_output(self.layout, wait=options.wait)
        try:
            if anew and self.layout.ledger.is_file():
                kept = set_ledger_aside(self.layout.ledger)
                self.on_problem(f"the earlier ledger is kept as {kept.name}")
            self.ledger: Ledger = open_or_renew(self.layout.ledger, self.on_problem)
        except BaseException:
            self._lock.release()
            raise
        self._additions = additions
        self._is_damaged = False
        self._begin()

    def _begin(self) -> None:
        """Make ready what works on the ledger."""
        self._adoption = Adoption(self.ledger, self.layout, on_problem=self.on_problem)
        self._publisher = Publisher(
            self.ledger,
            self.layout,
            on_problem=self.on_problem,
            additions=self._additions,
            adoption=self._adoption,
            overwrite_edited=self.options.overwrite_edited,
            should_stop=self._should_stop,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def plan(self) -> int:
        """Take the items, derive what is due for them and return how many sources are.

        Raises:
            ItemsNotFoundError: a path among the items does not exist.
            NoItemsError: there is no item, as in a folder whose disk is not mounted.
        """
        try:
            return self._plan()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._renew_ledger(error)
            return self._plan()

    def _plan(self) -> int:
        if not self._has_items:
            self._refuse_nothing(self.take(self.options.items))
        wanted = Wanted(
            force=self.options.force,
            retry=self.options.retry,
            older_than=self.options.older_than,
            revisit=self._revisit,
        )
        self.summary.due = self.ledger.plan(wanted, limit=self.options.limit)
        self._publisher.forget_owners()
        self.summary.items = self.ledger.selected()
        return self.summary.due

    def _refuse_nothing(self, counted: IntakeCount) -> None:
        """See that there are items; a list of files may be empty, and a stop may come before any.

        Raises:
            NoItemsError: there are none.
        """
        options = self.options
        is_listed = options.files is not None
        if counted.invalid or is_listed or options.allow_empty or self._should_stop():
            return
        below = ", ".join(map(str, options.items))
        if not counted.found:
            raise NoItemsError(f"there is no item below {below}; --allow-empty lets that be")
        if options.only and not counted.items:
            raise NoItemsError(f"no item below {below} is like {', '.join(options.only)}")

    def _renew_ledger(self, error: sqlite3.DatabaseError) -> None:
        """Put a ledger aside that proves to be damaged, and begin anew with what was written."""
        self.ledger.close()
        kept = set_ledger_aside(self.layout.ledger)
        self.on_problem(
            f"{self.layout.ledger} is damaged ({error}); it is kept as {kept.name}, "
            "and made anew from what was written"
        )
        self.ledger = open_or_renew(self.layout.ledger, self.on_problem)
        self.summary.changed = self.summary.invalid = 0
        self._begin()
        self.take(self._taken or self.options.items)

    def note_damage(self, error: sqlite3.Error) -> None:
        """Note that the ledger fails; one that is damaged is put aside when the run ends."""
        self._is_damaged = self._is_damaged or is_damage(error)

    def take(self, paths: Sequence[Path]) -> IntakeCount:
        """Take the items at and below these paths into the ledger, and into this run.

        Raises:
            ItemsNotFoundError: one of the paths does not exist.
        """
        self._has_items = True
        self._taken = (*self._taken, *paths)
        roots = [absolute(path) for path in paths]
        is_first = not all(map(self.ledger.is_taken, roots))
        intake = Intake(
            self.ledger,
            base=self.options.output,
            only=self.options.only,
            has_files=self._may_have_files(),
            on_problem=self.on_problem,
            should_stop=self._should_stop,
        )
        self._publisher.forget_owners()
        counted = intake.take(paths, exclude=self.options.output, files=self.options.files)
        self.summary.changed += counted.changed
        self.summary.invalid += counted.invalid
        self._adoption.adopt_new(self._should_stop)
        if is_first and self.ledger.has_unvisited():
            self._adoption.adopt_strays(self._should_stop)
        if counted.is_whole and not self._should_stop():
            # Only now: a run that ends before begins the next one with the files again.
            for root in roots:
                self.ledger.put_taken(root)
        self._mend()
        return counted

    def _may_have_files(self) -> bool:
        folders = (self.layout.items, self.layout.sources)
        return self.options.in_place or any(folder.is_dir() for folder in folders)

    def _mend(self) -> bool:
        """Make good, from what was written, the records that were found damaged."""
        broken = self.ledger.take_broken()
        for key, reason in broken.items():
            told = f"the record of {key} is damaged ({reason}), and made anew from what was written"
            self.on_problem(Problem(str(self.layout.ledger), 1, told))
            for item in self.ledger.items_naming(key):
                self._adoption.adopt_item(item, anew=True)
        return bool(broken)

    def rebuild(self) -> dict[str, int]:
        """Take all items and what was written of them, and nothing else; return what came of it."""
        self.plan()
        self._prepare_copies()
        states = self.ledger.states()
        unknown = states.pop(None, 0)
        known = sum(states.values())
        sources = {"sources": known + unknown, "takenOver": known, "unknown": unknown}
        return {"items": self.summary.items, **sources}

    def tidy(self) -> None:
        """Sweep what a killed run left and bring items up to date that wait for nothing."""
        self._sweep()
        self._prepare_copies()
        for item in self.ledger.waiting_for_nothing():
            if self._should_stop():
                return
            self._publish(item)
        for key in sorted(self._publisher.renewed):  # other items that were right until then
            for item in self.ledger.finished_items(key):
                self._publish(item)

    def _prepare_copies(self) -> None:
        """Look for copies also in what was settled before that was wanted, or otherwise done."""
        self.ledger.prepare_copies(wanted=self._duplicates)
        while not self._should_stop() and self.ledger.catch_up_copies(_BATCH):
            pass

    def _sweep(self) -> None:
        layout, items = self.layout, self.options.items if self.options.in_place else ()
        own = {path if path.is_dir() else path.parent: path.is_dir() for path in items}
        folders = dict.fromkeys((layout.items, layout.sources, layout.images), True) | own
        for folder, recursive in folders.items():
            try:
                if folder not in own:
                    refuse_outside(folder / "any", self.options.output)
                sweep_leftovers(folder, recursive=recursive)
            except OSError as error:
                self.on_problem(Problem(str(folder), 1, f"leftovers not removed: {error}"))

    def due(self, after: int, count: int) -> list[DueSource]:
        """Return up to `count` due sources from position `after` of the plan."""
        due = self.ledger.due(after, count)
        return self.ledger.due(after, count) if self._mend() else due

    def store_visit(self, key: str, visit: Visit) -> Visit:
        """Store a visit, then write every item that waited for it alone.

        Returns the visit as it counts, see `crawler.ledger.better`.
        """
        settled = as_it_counted(self.ledger.store_visit(key, visit), visit)
        self.summary.add_visit(settled, self.ledger.events.of_visit(key, visit.at))
        self.publish_finished(key)
        return settled

    def article(self, key: str) -> dict[str, Any] | None:
        """Return an article as it is written, see `Publisher.article`."""
        return self._publisher.article(key)

    def publish_finished(self, key: str) -> None:
        """Write the items that waited for a source; where they are many, a stop leaves the rest.

        The next run finds those as it finds all that is not as the ledger has it.
        """
        for number, item in enumerate(self.ledger.finished_items(key)):
            if number >= _ALWAYS_WRITTEN and self._should_stop():
                return
            self._publish(item)

    def _publish(self, item: ItemRecord) -> None:
        """Bring an item's files up to date; an error of ours with one is told, and no other's."""
        try:
            self._publisher.publish_item(item)
            while self._mend():  # each time of another source
                self._publisher.publish_item(item)
        except sqlite3.Error:
            raise  # of all that follows, too
        except Exception as error:
            logger.exception("an internal error with %s", item.origin)
            told = plain_text(f"{type(error).__name__}: {error}")
            self.on_fault(Problem(item.origin, 1, f"not written: {told}"))

    def tell_copies(self) -> None:
        """Write the items whose articles have got other copies since they were written."""
        count = self._publisher.count
        unchanged = count.unchanged
        for item in self.ledger.items_with_other_copies():
            if self._should_stop():
                return
            self._publish(item)
            count.unchanged = unchanged  # what is right was counted when it was first looked at

    def images_wanted(self, policy: ImagePolicy, after: int, count: int) -> WantedImages:
        """Return which images are to be asked for, of up to `count` sources above an id.

        Sources whose images are all known are brought up to date on the way.
        """
        sources = self.ledger.sources_with_article(after, count)
        wanted = WantedImages(sources[-1][0] if sources else None)
        now = datetime.now(UTC)
        for _, key in sources:
            article = self._article(key)
            known = self.ledger.images(image.url for image in article.images)
            urls = policy.wanted(article, known, now, is_there=self._is_in_output)
            if urls:
                wanted.urls[key] = urls
            else:
                self.store_images(key, policy)
        return wanted

    def image_record(self, facts: ImageFacts, data: bytes | None) -> ImageRecord:
        """Return what is to be remembered of an image; with its `data` a copy is kept.

        Raises:
            OSError: the copy cannot be written.
        """
        return record_of(facts) if data is None else keep_copy(self.options.output, facts, data)

    def store_images(self, key: str, policy: ImagePolicy) -> None:
        """Have what is known of a source's images written, where no item waits for more.

        What another article had asked is left out, and what was written before stays: or else it
        would depend on which of the two was settled first.
        """
        record, article = self.ledger.source(key), self._article(key)
        told = {*policy.of_interest(article), *(() if record is None else record.images)}
        urls = [image.url for image in article.images if image.url in told]
        if self.ledger.put_images_of(key, self.ledger.images(urls)):
            self.publish_finished(key)

    def _article(self, key: str) -> Article:
        record = self.ledger.source(key)
        held = None if record is None else record.held
        return Article() if held is None or held.article is None else held.article

    def _is_in_output(self, name: str) -> bool:
        return (self.options.output / name).is_file()

    def finish(self, ended: str, *, could_go_on: bool = True) -> RunSummary:
        """Complete the summary, and remember the run in the log of runs.

        Args:
            could_go_on: False where the run ended since it could not be done.
        """
        count = self._publisher.count
        self.summary.written, self.summary.unchanged = count.written, count.unchanged
        self.summary.unwritten = count.failed
        self.summary.edited = len(count.edited)
        self.summary.outdated = sum(count.edited.values())
        try:
            self.summary.held = self.ledger.states()
        except sqlite3.DatabaseError as error:  # why, if it is, has been said
            self.note_damage(error)
        self.summary.seconds = time.monotonic() - self._started
        self.summary.ended = ended
        if could_go_on and ended != INTERRUPTED:
            self._monitor()
        code = exit_code_of(self.summary) if could_go_on else ExitCode.NOT_DONE
        started = self._started_at
        self.record = run_record(self.options, self.summary, started=started, exit_code=code)
        try:
            append_run(self.layout.run_log, self.record)
            self.ledger.events.put_run(self.record)
        except sqlite3.Error as error:
            self.note_damage(error)
        except OSError as error:
            self.on_problem(Problem(str(self.layout.run_log), 1, f"not written: {error.strerror}"))
        return self.summary

    def _monitor(self) -> None:
        earlier = latest_done(self.layout.run_log, RUNS_COMPARED)
        try:
            self.summary.failed_monitors = failed_monitors(self.summary, earlier, self._limits)
        except Exception:  # the run is to be remembered all the same, and looked at
            logger.exception("the monitors failed")
            self.on_fault(Problem(str(self.layout.run_log), 1, "the monitors could not be asked"))
        for failed in self.summary.failed_monitors:
            facts = {"event": "monitor-failed", "monitor": failed.name}
            logger.error("monitor %s: %s", failed.name, failed.message, extra=facts)

    def close(self) -> None:
        """Close the ledger and let the next run have the folder."""
        self.ledger.close()
        try:
            if self._is_damaged:
                kept = set_ledger_aside(self.layout.ledger)
                self.on_problem(f"the damaged ledger is kept as {kept.name}")
        finally:
            self._lock.release()

    def on_fault(self, problem: Problem | str) -> None:
        """Note an error of our own that no source's state tells; the exit code does."""
        self.summary.faults += 1
        self.on_problem(problem)

    def on_problem(self, problem: Problem | str) -> None:
        """Note a defect and tell it."""
        self.summary.add_problem(str(problem))
        self._report(str(problem))
