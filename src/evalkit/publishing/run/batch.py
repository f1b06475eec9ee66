"""The batch run: makes the pages of all regions, notebooks and languages; a failure affects its own region only."""

import datetime as dt
import importlib.metadata
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from evalkit.analysis.revisions import Origin, extended
from evalkit.errors import InputError, one_line
from evalkit.files import atomic, run_cache
from evalkit.files.atomic import write_text
from evalkit.files.hashes import sha256
from evalkit.panel import consistency, observations
from evalkit.project import last_run
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.project.last_run import Figure
from evalkit.publishing.downloads import file_names, region_files
from evalkit.publishing.downloads.region_files import Delivery, Parcel
from evalkit.publishing.preflight import PROGRAMME, notebooks_of
from evalkit.publishing.run import kernels, manifests, results_csv, safe_path, shared_parameters, site_contents, task
from evalkit.publishing.run.page_task import TIMEOUT, Outcome, Task
from evalkit.publishing.run.results_csv import Merged
from evalkit.publishing.run.run_keys import Key
from evalkit.publishing.run.signals import Interruption, interruptible
from evalkit.publishing.run.workers import LOST, Workers, workers


@dataclass(frozen=True, slots=True)
class Published:
    """The result of a run, by region.

    Attributes:
        made, fresh, failed: made, already up to date, failed with the reason.
        left: neither, as the run was stopped before.
        signal: the number of the signal that stopped it; 0 where none did.
        why: the `state` of every region that was to be made.
        removed: files that left site/, as the assessment no longer asks for them.
        withdrawn: how many files left it, as they were made for other readers or under another rule of disclosure.
    """

    made: tuple[str, ...]
    fresh: tuple[str, ...]
    failed: dict[str, str]
    left: tuple[str, ...] = ()
    signal: int = 0
    why: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a run.

    Attributes:
        timeout: seconds per notebook.
        memory: GiB per notebook (Linux).
        failures: number of failed regions after which the run stops; None for no limit.
    """

    timeout: float = TIMEOUT
    memory: float = 4.0
    failures: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An assessment to publish.

    Attributes:
        keys: what each region's pages rest on (`run_keys`), by region.
        languages: of the pages to make.
    """

    evaluation: Evaluation
    keys: Mapping[str, Key]
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a run does for an order: `states` by region, the regions `todo`, and what has left site/ before."""

    order: Order
    states: Mapping[str, str]
    todo: Sequence[str]
    withdrawn: int
    removed: Sequence[str]

    def tasks(self, timeout: float) -> list[Task]:
        """Every page to make."""
        evaluation, languages = self.order.evaluation, tuple(self.order.languages)
        about = evaluation.root, evaluation.assessment.name
        with_programme = PROGRAMME in self.todo
        return [
            Task(*about, region, notebook, lang, languages, timeout, with_programme)
            for region in self.todo
            for notebook in notebooks_of(evaluation, region)
            for lang in languages
        ]

    def outcome(self, done: Mapping[tuple[str, str], str], signal: int) -> Published:
        """The result, from the reason of each region's failure (empty where it did not fail)."""
        name = self.order.evaluation.assessment.name
        own = {region: done[name, region] for region in self.todo if (name, region) in done}
        return Published(
            tuple(region for region, reason in own.items() if not reason),
            tuple(region for region in self.order.keys if region not in self.todo),
            {region: reason for region, reason in own.items() if reason},
            tuple(region for region in self.todo if region not in own),
            signal,
            {region: self.states[region] for region in self.todo},
            tuple(self.removed),
            self.withdrawn,
        )


@dataclass(slots=True)
class _Region:
    """Progress of one region in a run: pages, result rows, errors, timings."""

    order: Order
    name: str
    outcomes: list[Outcome] = field(default_factory=list)
    merged: Merged | None = None
    errors: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def merge(self) -> None:
        """Merge the result rows of all pages, once all are made."""
        self.errors = {f"{one.task.notebook} ({one.task.lang})": one.error for one in self.outcomes if one.error}
        self.seconds = {f"{one.task.notebook}.{one.task.lang}": round(one.seconds, 2) for one in self.outcomes}
        if not self.errors:
            self.merged = results_csv.merge([one.rows for one in self.outcomes if one.rows])
            self.errors = {"results": self.merged.conflict} if self.merged.conflict else {}


def publish(
    orders: Sequence[Order],
    jobs: int,
    force: bool = False,
    tell: Callable[[Outcome | None, int], None] = lambda outcome, total: None,
    limits: Limits = Limits(),
    scheduler: str = "",
) -> list[Published]:
    """Make every page that is not up to date, move complete regions into site/, write results.csv.

    On a signal to stop, the current write is completed; the same call resumes from there.

    Args:
        orders: assessments of one project; the processes of the run work on all of them.
        tell: called once with the number of pages to make, then with each outcome.
        scheduler: address of a Dask cluster that makes the pages; processes of this machine where it is empty.

    Raises:
        InputError: where pages would stay that were made from other parameters.
    """
    for order in orders:
        site_contents.refuse_mixture(order.evaluation, tuple(order.keys), order.languages)
    plans = [_plan(order, force) for order in orders]
    tasks = [task for plan in plans for task in plan.tasks(limits.timeout)]
    tell(None, len(tasks))
    stale = [plan.order for plan in plans if plan.todo]
    done, came = _make(stale, tasks, jobs, limits, scheduler, tell) if tasks else ({}, Interruption())
    for order in orders:
        results_csv.assemble(order.evaluation)
    return [plan.outcome(done, came.number) for plan in plans]


def _plan(order: Order, force: bool) -> _Plan:
    """What is to be made, once what must not stay has left."""
    evaluation = order.evaluation
    site_contents.remove_links(evaluation.reports)
    atomic.remove_unfinished(evaluation.reports.parent)  # the index of all assessments
    atomic.remove_unfinished(evaluation.reports, "**/.*")
    run_cache.remove_left(evaluation.reports / "work")
    withdrawn, removed = site_contents.withdraw(evaluation), site_contents.tidy(evaluation)
    states = {region: manifests.state(evaluation, region, key, order.languages) for region, key in order.keys.items()}
    todo = [region for region, state in states.items() if force or state != manifests.FRESH]
    return _Plan(order, states, todo, withdrawn, removed)


def _make(
    orders: Sequence[Order],
    tasks: Sequence[Task],
    jobs: int,
    limits: Limits,
    scheduler: str,
    tell: Callable[[Outcome | None, int], None],
) -> tuple[dict[tuple[str, str], str], Interruption]:
    """Make all pages; why each region failed that was done (empty where it did not), and the signal that came."""
    safe_path.shorten_temporary_folder()
    os.environ |= {kernels.MEMORY: str(limits.memory), **safe_path.environment()}
    done: dict[tuple[str, str], str] = {}
    stops: list[Callable[[], None]] = []
    with ExitStack() as kept:
        kept.enter_context(run_cache.for_a_while())
        came = kept.enter_context(interruptible(lambda: _call(stops)))
        kept.enter_context(_shared(*(order.evaluation for order in orders), across_machines=bool(scheduler)))
        pool = kept.enter_context(_pool(orders[0].evaluation, min(jobs, len(tasks)), scheduler, limits))
        stops.append(pool.stop)
        if came.number:
            return {}, came
        for made in _regions(pool, tasks, orders, lambda outcome: tell(outcome, len(tasks))):
            evaluation, key = made.order.evaluation, made.order.keys[made.name]
            try:
                failed = _finish(evaluation, made, key)
            except OSError as error:
                failed = f"cannot be written: {one_line(error)}"
            done[evaluation.assessment.name, made.name] = failed
            if limits.failures and sum(map(bool, done.values())) >= limits.failures:
                pool.stop()
    return done, came


def _call(each: Iterable[Callable[[], None]]) -> None:
    for one in each:
        one()


def _shared(*evaluations: Evaluation, across_machines: bool = False) -> AbstractContextManager[None]:
    """Fill the run cache with the data of all pages and the findings of data checks, for all processes."""
    for evaluation in evaluations:
        _read(evaluation)
    return run_cache.shared(evaluations[0].reports / "work", across_machines)


def _read(evaluation: Evaluation) -> None:
    from evalkit.analysis.data_checks import diagnostics  # slow to load, and a run with nothing to do needs none
    from evalkit.analysis.programme import borrowed
    from evalkit.analysis.programme.headlines import headlines

    evaluation.once(run_cache.PARAMETERS, lambda: evaluation)
    for one in filter(None, (evaluation, evaluation.earlier)):
        for region in one.regions[:1]:
            observations.read(of_region(one, region))
    every = observations.read(evaluation, every=True)
    diagnostics.diagnose(every, evaluation)
    borrowed.hold(observations.read(evaluation), evaluation)
    headlines(observations.read(evaluation), evaluation)
    consistency.findings(every, evaluation)


def _pool(evaluation: Evaluation, jobs: int, scheduler: str, limits: Limits) -> AbstractContextManager[Workers]:
    if not scheduler:
        return workers(jobs, limits.timeout)
    from evalkit.publishing.run import cluster

    return cluster.workers(scheduler, evaluation.reports)


def _regions(
    pool: Workers, tasks: Sequence[Task], orders: Iterable[Order], tell: Callable[[Outcome], None]
) -> Iterator[_Region]:
    """Yield regions in completion order; once all pages of a region are made, its downloads are made from them.

    Regions are not kept after that: the rows of thousands of reports would fill the memory.
    """
    by_name = {order.evaluation.assessment.name: order for order in orders}
    awaited = Counter((one.assessment, one.region) for one in tasks)
    regions = {(name, region): _Region(by_name[name], region) for name, region in awaited}
    for one in tasks:
        pool.ask(task.run, one, lost=Outcome(one, LOST))
    for answer in pool.answers():
        if isinstance(answer, Delivery):
            made = regions.pop((answer.parcel.assessment, answer.parcel.region))
            made.seconds["downloads"] = round(answer.seconds, 2)
            made.errors |= {"downloads": answer.error} if answer.error else {}
            yield made
            continue
        tell(answer)
        key = answer.task.assessment, answer.task.region
        made = regions[key]
        made.outcomes.append(answer)
        if len(made.outcomes) == awaited[key]:
            made.merge()
            if parcel := _parcel(made.order.evaluation, made):
                pool.ask(region_files.make, parcel, lost=Delivery(parcel, LOST), first=True)
            else:
                yield regions.pop(key)


def _parcel(evaluation: Evaluation, made: _Region) -> Parcel | None:
    """The downloads to make for a region; None if it failed."""
    if made.errors or made.merged is None:
        return None
    reports = [one.task for one in made.outcomes if one.task.notebook == file_names.REPORT]
    pages = {one.lang: one.work / file_names.parts(one.page) for one in reports}
    return region_files.parcel(evaluation, made.name, pages, results_csv.as_csv(made.merged.table))


def _finish(evaluation: Evaluation, made: _Region, key: Key) -> str:
    """Move a complete region into site/, or keep the published one; return the reason of a failure, else ""."""
    log = _log(evaluation, made)
    failed = "; ".join(f"{name}: {error}" for name, error in sorted(made.errors.items()))
    work, before = manifests.work_folder(evaluation, made.name), manifests.read(evaluation, made.name)
    files: dict[str, str] = {}
    if not failed and made.merged is not None:
        # Until the new one is written, nothing vouches for the files: a run killed here leaves none that seem to fit.
        (work / manifests.FILE).unlink(missing_ok=True)
        try:
            files = _move(evaluation, made)
        except OSError:
            if before:  # what was published is still there, and its hashes tell whether a file was replaced
                manifests.write(evaluation, made.name, before)
            raise
        table = made.merged.table
        if log:
            write_text(work / last_run.FILE, log)
    else:
        table = results_csv.failure(evaluation, made.name, failed)
        before = _without_outdated(evaluation, made.name, before)
    rows = results_csv.as_csv(table)
    write_text(work / results_csv.FILE, rows)
    left = _manifest(evaluation, made, key, files, before) | {"failed": failed, "results": sha256(rows)}
    manifests.write(evaluation, made.name, left)
    _note(evaluation, made, str(left["finished"]))
    return failed


def _manifest(
    evaluation: Evaluation, made: _Region, key: Key, files: Mapping[str, str], before: Mapping[str, Any]
) -> dict[str, Any]:
    """What the next run has to know. Files of another language may be an earlier run's; each keeps its own key."""
    pages = [name for name in files if name.endswith(".html")]
    downloads = [name for name in files if name not in pages]
    digest = shared_parameters.digest(evaluation, made.name)
    software = {name: importlib.metadata.version(name) for name in ("evalkit", "pandas", "statsmodels", "papermill")}
    return {
        "assessment": evaluation.assessment.name,
        "region": made.name,
        "pages": {**before.get("pages", {}), **dict.fromkeys(pages, key.whole)},
        "downloads": {**before.get("downloads", {}), **dict.fromkeys(downloads, key.whole)},
        "frames": {**before.get("frames", {}), **dict.fromkeys(files, digest)},
        "hashes": {**before.get("hashes", {}), **files},
        "shared": dict(shared_parameters.of(evaluation, made.name)),
        "key": asdict(key),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": made.seconds,
        "software": software,
        "summary": next((one.summary for one in made.outcomes if one.summary), {}),
    }


def _without_outdated(evaluation: Evaluation, region: str, left: Mapping[str, Any]) -> dict[str, Any]:
    """What was left before, without the files that would not agree with the others: these leave site/."""
    places = manifests.files(evaluation, region, evaluation.assessment.languages)
    outdated = {name for name in manifests.made(left) if not manifests.fits(evaluation, region, left, name)}
    for name in outdated & places.keys():
        places[name].unlink(missing_ok=True)
    names = ("pages", "downloads", "frames", "hashes")
    return {one: {name: of for name, of in left.get(one, {}).items() if name not in outdated} for one in names}


def _note(evaluation: Evaluation, made: _Region, when: str) -> None:
    """Append a line per page to the region's log: time, duration, errors."""
    lines = [f"{when} {name}: {seconds} s" for name, seconds in made.seconds.items()]
    lines += [f"{when} {name} failed: {error}" for name, error in made.errors.items()]
    with (manifests.work_folder(evaluation, made.name) / "log.txt").open("a", encoding="utf-8") as log:
        log.writelines(f"{line}\n" for line in lines)


def _move(evaluation: Evaluation, made: _Region) -> dict[str, str]:
    """Put pages and downloads in their places; returns the hash of each."""
    languages = dict.fromkeys(one.task.lang for one in made.outcomes)
    work, hashes = manifests.work_folder(evaluation, made.name), {}
    for name, target in manifests.files(evaluation, made.name, languages).items():
        source = work / name if name.endswith(".html") else work / file_names.FOLDER / name
        hashes[name] = sha256(source.read_bytes())
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
    return hashes


def _log(evaluation: Evaluation, made: _Region) -> str:
    """The figures to be published, and which of them were others before; a region whose log was damaged fails.

    Only what is marked as final is published: a draft that changes is no revision.
    """
    found = next((one for one in made.outcomes if one.figures is not None), None)
    if found is None or found.figures is None:
        return ""
    try:
        before = last_run.read(evaluation.root, evaluation.assessment.name, made.name)
    except InputError as error:
        made.errors["revisions"] = " ".join(str(error).split())
        return ""
    if evaluation.assessment.state != "final":
        return ""
    hidden = frozenset((indicator, period) for indicator, period in found.hidden)
    now = Origin(found.inputs, evaluation.assessment.hides, hidden)
    run = extended(before, found.data, [Figure.model_validate(one) for one in found.figures], now)
    return run.model_dump_json(indent=1) + "\n"
